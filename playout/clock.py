"""The wall clock is compared with one that nobody can set, so that a set clock is noticed."""

import time
from pathlib import Path

# A listener's own buffer hides a shorter wait.
SET_BACK_SECONDS = 1.0
# A clock that was set ahead may be wrong. Until so long after, nothing is over by its word alone.
SET_AHEAD_SECONDS = 5.0
UNSURE_SECONDS = 600.0


def clock_offset() -> float:
    """Seconds that change only when somebody sets the clock, or the machine sleeps."""
    return time.time() - time.monotonic()


def was_set_back(before: float, after: float) -> bool:
    """Whether the clock was set back so far, between two offsets, that listeners would notice."""
    return before - after > SET_BACK_SECONDS


def was_set_ahead(before: float, after: float) -> bool:
    """Whether the clock was set ahead, or the machine slept, between two offsets."""
    return after - before > SET_AHEAD_SECONDS


class Doubt:
    """Whether a clock that was set ahead may still be wrong; a new playout takes the doubt over."""

    def __init__(self, file: Path) -> None:
        """`file` holds the monotonic second until which it lasts, since this machine's start."""
        self._file = file

    def begin(self, monotonic: float) -> None:
        """It lasts for `UNSURE_SECONDS` from now."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(str(monotonic + UNSURE_SECONDS))

    def end(self) -> None:
        """The clock was put right."""
        self._file.unlink(missing_ok=True)

    def lasts(self, monotonic: float) -> bool:
        """Whether it lasts; what was written before the machine was started anew does not count."""
        try:
            until = float(self._file.read_text())
        except (FileNotFoundError, ValueError):
            return False
        return monotonic < until <= monotonic + UNSURE_SECONDS
