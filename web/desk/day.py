"""A day of a grid is rows of time by channel; a stretch without members' pieces is one row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Span, Week, local_instant
from station.grid import Grid, Placement, ReservedBlock, reserved_blocks
from station.languages import dated
from station.members import Person
from station.rights import Request
from station.settings import Settings

RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class DayName:
    """A day of the week: Wednesday, and Wed where room is scarce."""

    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one channel carries in one slot; `channel` and `start` count from 0."""

    channel: int
    start: int
    kind: str
    title: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Row:
    """One slot, or a stretch of slots that carry the same; `cells` has one for each channel."""

    start: datetime
    end: datetime
    cells: tuple[Cell | None, ...]

    @property
    def long(self) -> bool:
        """Whether it is a stretch of slots, told by its end."""
        return all(cell is None or cell.kind == RESERVED for cell in self.cells)

    @property
    def free(self) -> bool:
        """Whether nothing is placed on any channel."""
        return not any(self.cells)


def day_names(week: Week) -> list[DayName]:
    """A week's days, Monday first."""
    days = [week.monday + timedelta(days=one) for one in range(7)]
    return [DayName(dated(day, "EEEE"), dated(day, "EEE")) for day in days]


def day_rows(
    session: Session, settings: Settings, week: Week, grid: Grid, weekday: int
) -> list[Row]:
    """The rows of a grid's day; `weekday` is ISO, 1 for Monday."""
    span = day_span(week, weekday)
    first, last = (week.start_at(at, settings.slots) for at in (span.start, span.end))
    cells = [
        *_placed(session, grid, first, last),
        *_reserved(reserved_blocks(session, week), first, last),
    ]
    return rows(cells, week, settings, range(first, last))


def rows(cells: Iterable[Cell], week: Week, settings: Settings, starts: Sequence[int]) -> list[Row]:
    """Lay cells out by time and channel."""
    at: dict[int, list[Cell | None]] = {}
    for cell in cells:
        at.setdefault(cell.start, [None] * settings.channels)[cell.channel] = cell
    found: list[Row] = []
    empty = (None,) * settings.channels
    for start in starts:
        span = Span(week.instant(start, settings.slots), week.instant(start + 1, settings.slots))
        row = Row(span.start, span.end, tuple(at.get(start, empty)))
        if found and _goes_on(found[-1], row):
            row = Row(found.pop().start, span.end, row.cells)
        found.append(row)
    return found


def _goes_on(before: Row, row: Row) -> bool:
    """Whether a row only carries on what the one before has: reserved blocks, or nothing."""
    labels = [[cell and cell.title for cell in one.cells] for one in (before, row)]
    return before.long and row.long and labels[0] == labels[1]


def day_span(week: Week, weekday: int) -> Span:
    """A local day of a week, midnight to midnight, in UTC."""
    day = week.monday + timedelta(days=weekday - 1)
    start, end = (
        local_instant(date, time(0), week.zone) for date in (day, day + timedelta(days=1))
    )
    return Span(start, end)


def _placed(session: Session, grid: Grid, first: int, last: int) -> list[Cell]:
    query = (
        sa.select(Placement.channel, Placement.start, Request.kind, Request.title, Person.name)
        .select_from(Placement)
        .join(Request, Request.id == Placement.request_id)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Placement.grid_id == grid.id, Placement.start >= first, Placement.start < last)
    )
    return [
        Cell(channel, start, kind, title, name or "")
        for channel, start, kind, title, name in session.execute(query)
    ]


def _reserved(blocks: Iterable[ReservedBlock], first: int, last: int) -> list[Cell]:
    return [
        Cell(block.channel, start, RESERVED, block.label, "")
        for block in blocks
        for start in range(max(block.start, first), min(block.start + block.length, last))
    ]
