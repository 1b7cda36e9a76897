"""A step that fails is told of once in a while and tried again; it never takes the others along."""

import time
from collections.abc import Callable

import structlog

from station.errors import Fault, Refusal

TOLD_AGAIN_SECONDS = 30.0

logger = structlog.get_logger()


class Attempts:
    """Remembers what was told, so that a lasting trouble does not fill the log."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._told: dict[tuple[str, str], float] = {}

    def attempt(self, step: str, do: Callable[[], None]) -> bool:
        """Do a step. Whether it went well."""
        try:
            do()
        except (Refusal, Fault) as trouble:
            self._tell(step, str(trouble))
        except Exception as trouble:  # noqa: BLE001  the station stays on air whatever breaks
            # Never all that it knows: it may carry a password.
            self._tell(step, f"{type(trouble).__name__}: {trouble}")
        else:
            return True
        return False

    def _tell(self, step: str, trouble: str) -> None:
        now = time.monotonic()
        if now - self._told.get((step, trouble), float("-inf")) > TOLD_AGAIN_SECONDS:
            self._told[step, trouble] = now
            logger.error("step-failed", step=step, problem=trouble)
