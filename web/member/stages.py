"""Where a right stands is one of a few stages, each with the words of its card."""

from enum import StrEnum

from station.languages import gettext as _
from station.languages import marked
from station.statement import Fate


class Stage(StrEnum):
    """Where a right stands."""

    EMPTY = "empty"
    CHECKING = "checking"
    REJECTED = "rejected"
    READY = "ready"
    SILENCE = "silence"
    AWAITING = "awaiting"
    PLACED = "placed"
    ON_AIR = "on-air"
    OVER = "over"
    BUMPED = "bumped"
    AIRED = "aired"
    MISSED = "missed"
    TAKEN_DOWN = "taken-down"
    POOLED = "pooled"
    LATER = "later"
    EXPIRED = "expired"
    VOIDED = "voided"

    @property
    def said(self) -> str:
        """In the words of its card."""
        return _(SAID[self])


SAID = {
    Stage.EMPTY: marked("nothing sent"),
    Stage.CHECKING: marked("being checked"),
    Stage.REJECTED: marked("can't air"),
    Stage.READY: marked("ready"),
    Stage.SILENCE: marked("silence"),
    Stage.AWAITING: marked("waits for the operators"),
    Stage.PLACED: marked("planned"),
    Stage.ON_AIR: marked("on air"),
    Stage.OVER: marked("was to air"),
    Stage.BUMPED: marked("not placed"),
    Stage.AIRED: marked("aired"),
    Stage.MISSED: marked("missed"),
    Stage.TAKEN_DOWN: marked("taken down"),
    Stage.POOLED: marked("not used"),
    Stage.LATER: marked("comes back later"),
    Stage.EXPIRED: marked("ran out"),
    Stage.VOIDED: marked("given back"),
}

# What became of a right says it all, except while it is still unused.
STAGES = {
    Fate.UNUSED: Stage.EMPTY,
    Fate.RECORDING: Stage.READY,
    Fate.SILENCE: Stage.SILENCE,
    Fate.PLACED: Stage.PLACED,
    Fate.BUMPED: Stage.BUMPED,
    Fate.AIRED: Stage.AIRED,
    Fate.MISSED: Stage.MISSED,
    Fate.TAKEN_DOWN: Stage.TAKEN_DOWN,
    Fate.POOLED: Stage.POOLED,
    Fate.LATER: Stage.LATER,
    Fate.EXPIRED: Stage.EXPIRED,
    Fate.VOIDED: Stage.VOIDED,
}
GONE = (Fate.POOLED, Fate.LATER, Fate.EXPIRED, Fate.VOIDED)
