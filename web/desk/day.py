"""A day of a grid is a row for each slot, with what every channel has in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Span, Week, local_instant
from station.grid import Grid, Pin, Placement, ReservedBlock, reserved_blocks
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
    """What one channel carries in one slot; `channel` and `start` count from 0.

    A reserved slot is nobody's request.
    """

    channel: int
    start: int
    kind: str
    title: str
    speaker: str
    request_id: int | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One slot; `cells` has one for each channel, `hour` its name where an hour begins with it."""

    start: datetime
    hour: str
    cells: tuple[Cell | None, ...]


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
        if cell.channel < settings.channels:
            at.setdefault(cell.start, [None] * settings.channels)[cell.channel] = cell
    found: list[Row] = []
    empty = (None,) * settings.channels
    before = -1
    for start in starts:
        begins = week.instant(start, settings.slots)
        hour = begins.astimezone(settings.zone).hour
        named = f"{hour:02}" if hour != before else ""
        found.append(Row(begins, named, tuple(at.get(start, empty))))
        before = hour
    return found


def day_span(week: Week, weekday: int) -> Span:
    """A local day of a week, midnight to midnight, in UTC."""
    day = week.monday + timedelta(days=weekday - 1)
    start, end = (
        local_instant(date, time(0), week.zone) for date in (day, day + timedelta(days=1))
    )
    return Span(start, end)


def _placed(session: Session, grid: Grid, first: int, last: int) -> list[Cell]:
    query = (
        sa.select(
            Placement.channel,
            Placement.start,
            Request.kind,
            Request.title,
            Person.name,
            Request.id,
            Pin.request_id.is_not(None),
        )
        .select_from(Placement)
        .join(Request, Request.id == Placement.request_id)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .outerjoin(Pin, Pin.request_id == Request.id)
        .where(Placement.grid_id == grid.id, Placement.start >= first, Placement.start < last)
    )
    return [
        Cell(channel, start, kind, title, name or "", number, pinned)
        for channel, start, kind, title, name, number, pinned in session.execute(query)
    ]


def _reserved(blocks: Iterable[ReservedBlock], first: int, last: int) -> list[Cell]:
    return [
        Cell(block.channel, start, RESERVED, block.label, "")
        for block in blocks
        for start in range(max(block.start, first), min(block.start + block.length, last))
    ]
