"""One table says every address of the API: what may be asked, by whom, and what is told."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from station.tokens import Scope
from web.api import everybody, figures, honest, operators

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Route:
    """One address: `view` takes what is asked as a Struct and gives what is told.

    Without a `scope` it is open to all, who may keep its answer for `kept_seconds`.
    """

    method: str
    path: str
    view: Callable[[Any], Any]
    scope: Scope | None = None
    kept_seconds: int = 0
    status: int = 200

    @property
    def name(self) -> str:
        """What names it once: its view's."""
        return self.view.__name__

    @property
    def asked(self) -> Any:
        """The Struct that is asked with."""
        hints = get_type_hints(self.view)
        return next(hint for name, hint in hints.items() if name != "return")

    @property
    def told(self) -> Any:
        """The type that is told."""
        return get_type_hints(self.view)["return"]

    @property
    def words(self) -> tuple[str, str]:
        """What it is in one line, and whatever else there is to say."""
        first, _, rest = inspect.cleandoc(self.view.__doc__ or "").partition("\n")
        return first.rstrip("."), " ".join(rest.split())


ROUTES = (
    Route("GET", "/station", everybody.about, kept_seconds=MINUTE),
    Route("GET", "/channels", everybody.channels, kept_seconds=MINUTE),
    Route("GET", "/now", everybody.playing, kept_seconds=2),
    Route("GET", "/programme/{day}", everybody.programme, kept_seconds=MINUTE),
    Route("GET", "/slots/{channel}/{slot_number}", everybody.slot, kept_seconds=MINUTE),
    Route("GET", "/pieces/{code}", everybody.piece, kept_seconds=MINUTE),
    Route("GET", "/again/{channel}/{day}", everybody.heard_again, kept_seconds=MINUTE),
    Route("GET", "/causes", everybody.listed_causes, kept_seconds=10 * MINUTE),
    Route("GET", "/honesty", honest.honesty, kept_seconds=10 * MINUTE),
    Route("GET", "/weeks/{week}", operators.week, Scope.READ),
    Route("GET", "/weeks/{week}/readiness", operators.ready, Scope.READ),
    Route("GET", "/weeks/{week}/grid", operators.version, Scope.READ),
    Route("GET", "/weeks/{week}/build", operators.building, Scope.READ),
    Route("POST", "/weeks/{week}/build", operators.build, Scope.ACT, status=202),
    Route("GET", "/alarms", operators.alarms_seen, Scope.READ),
    Route("POST", "/alarms/{alarm}/acknowledging", operators.acknowledge, Scope.ACT),
    Route("GET", "/figures/capacity", figures.capacity_of, Scope.READ),
    Route("GET", "/figures/accuracy", figures.accuracy_of, Scope.READ),
    Route("GET", "/figures/dead-air", figures.dead_air_of, Scope.READ),
    Route("GET", "/figures/mix", figures.mix_of, Scope.READ),
    Route("GET", "/figures/listeners", figures.listeners_of, Scope.READ),
    Route("GET", "/trail", operators.deeds, Scope.READ),
)
