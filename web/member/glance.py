"""A year at a glance: how much was used, given, sold or kept silent, and what lapses when."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from station.airtime import Week
from station.languages import gettext as _
from station.languages import marked
from station.rights import cutoff
from station.settings import Settings
from station.statement import Fate, StatementLine


class Part(StrEnum):
    """What a right went into, in the order that is told."""

    FREE = "free"
    USED = "used"
    SILENT = "silent"
    GIVEN = "given"
    SOLD = "sold"
    OFFERED = "offered"
    POOLED = "pooled"
    NOT_HEARD = "not-heard"
    OVER = "over"

    @property
    def said(self) -> str:
        """In words."""
        return _(SAID[self])


SAID = {
    Part.FREE: marked("still to use"),
    Part.USED: marked("used"),
    Part.SILENT: marked("kept silent"),
    Part.GIVEN: marked("given"),
    Part.SOLD: marked("sold"),
    Part.OFFERED: marked("on offer"),
    Part.POOLED: marked("gone to the pool"),
    Part.NOT_HEARD: marked("did not go out"),
    Part.OVER: marked("ran out"),
}
PARTS = {
    Fate.UNUSED: Part.FREE,
    Fate.RECORDING: Part.USED,
    Fate.PLACED: Part.USED,
    Fate.AIRED: Part.USED,
    Fate.SILENCE: Part.SILENT,
    Fate.GIVEN: Part.GIVEN,
    Fate.SOLD: Part.SOLD,
    Fate.OFFERED: Part.OFFERED,
    Fate.POOLED: Part.POOLED,
    Fate.BUMPED: Part.NOT_HEARD,
    Fate.MISSED: Part.NOT_HEARD,
    Fate.TAKEN_DOWN: Part.NOT_HEARD,
    Fate.LATER: Part.NOT_HEARD,
    Fate.EXPIRED: Part.OVER,
    Fate.VOIDED: Part.OVER,
}


@dataclass(frozen=True, slots=True)
class Lapse:
    """Rights of one week that nothing was done with, and when they lapse."""

    week: Week
    closes: datetime
    right_ids: tuple[int, ...]


def part_of(line: StatementLine) -> Part:
    """What one right went into."""
    part = PARTS[line.fate]
    return Part.SILENT if part is Part.USED and line.silent else part


def figures(lines: Iterable[StatementLine]) -> list[tuple[Part, int]]:
    """How many rights went into what, without what is none."""
    counts = Counter(part_of(line) for line in lines)
    return [(part, counts[part]) for part in Part if counts[part]]


def lapses(lines: Sequence[StatementLine], settings: Settings, now: datetime) -> list[Lapse]:
    """What lapses when, earliest first: each week of which something is still to use."""
    free: dict[str, list[int]] = {}
    for line in lines:
        if line.fate is Fate.UNUSED:
            free.setdefault(line.week, []).append(line.right_id)
    weeks = [(Week.parse(label, settings.zone), ids) for label, ids in sorted(free.items())]
    found = [Lapse(week, cutoff(week, settings), tuple(ids)) for week, ids in weeks]
    return [one for one in found if now < one.closes]
