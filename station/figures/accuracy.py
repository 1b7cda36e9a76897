"""How exactly members' pieces began, and how their slots ended, as reconciling found it."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Span
from station.asrun import Outcome, OutcomeKind
from station.figures.spans import slots_in, weeks_in
from station.settings import Settings

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The members' slots of one channel (None: all) and one week (empty: all) that are over.

    `watched` of the `pieces` were listened to by the station's watch. Median, 99th percentile and
    worst are of the start error's size in ms, early or late, by the nearest rank; None when
    nothing came on air.
    """

    channel: int | None
    week: str
    pieces: int
    watched: int
    aired: int
    late: int
    cut: int
    replaced: int
    missed: int
    taken_down: int
    median_ms: int | None
    p99_ms: int | None
    worst_ms: int | None

    @property
    def as_planned_percent(self) -> float | None:
        """How many of them aired as planned; None of nothing."""
        return HUNDRED * self.aired / self.pieces if self.pieces else None


@dataclass(frozen=True, slots=True)
class AccuracyReport:
    """All slots of a span together, and apart by channel and by week."""

    total: Accuracy
    by_channel: tuple[Accuracy, ...]
    by_week: tuple[Accuracy, ...]


class _Group(NamedTuple):
    """So many outcomes of one kind whose pieces began so far from their time."""

    channel: int
    week: str
    kind: str
    error_ms: int | None
    pieces: int
    watched: int


def accuracy(session: Session, settings: Settings, span: Span) -> AccuracyReport:
    """How exactly the pieces of a span began."""
    groups = _groups(session, settings, span)
    channels = range(settings.channels)
    weeks = sorted({one.week for one in groups})
    return AccuracyReport(
        total=_accuracy(groups),
        by_channel=tuple(
            _accuracy([one for one in groups if one.channel == channel], channel=channel)
            for channel in channels
        ),
        by_week=tuple(
            _accuracy([one for one in groups if one.week == week], week=week) for week in weeks
        ),
    )


def percentile(counted: Iterable[tuple[int, int]], percent: float) -> int | None:
    """The smallest value that at least so many percent do not exceed (nearest rank).

    `counted` are values, each with how often it came; None of nothing.
    """
    ordered = sorted(counted)
    rank = max(math.ceil(sum(times for _, times in ordered) * percent / HUNDRED), 1)
    for value, times in ordered:
        rank -= times
        if rank <= 0:
            return value
    return None


def _groups(session: Session, settings: Settings, span: Span) -> list[_Group]:
    slots, weeks = slots_in(settings.slots, span), weeks_in(settings, span)
    size = sa.func.abs(Outcome.start_error_ms)
    key = Outcome.channel, Outcome.week, Outcome.kind, size
    query = (
        sa.select(*key, sa.func.count(), sa.func.count(Outcome.similarity))
        # The week has an index; the slots say where in it.
        .where(Outcome.week.between(str(weeks[0]), str(weeks[-1])))
        .where(Outcome.slot_number >= slots.start, Outcome.slot_number < slots.stop)
        .group_by(*key)
    )
    return [_Group(*row) for row in session.execute(query)]


def _accuracy(groups: Sequence[_Group], channel: int | None = None, week: str = "") -> Accuracy:
    kinds, sizes, watched = Counter[str](), Counter[int](), 0
    for one in groups:
        kinds[one.kind] += one.pieces
        watched += one.watched
        if one.error_ms is not None:
            sizes[one.error_ms] += one.pieces
    counts = {kind.name.lower(): kinds[kind] for kind in OutcomeKind}
    return Accuracy(
        channel=channel,
        week=week,
        pieces=kinds.total(),
        watched=watched,
        **counts,
        median_ms=percentile(sizes.items(), 50),
        p99_ms=percentile(sizes.items(), 99),
        worst_ms=max(sizes, default=None),
    )
