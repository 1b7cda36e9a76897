"""A week is hours by days for each channel: what a start is worth, what is there, what is free."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import worth
from station.airtime import Week
from station.grid import Grid, Placement, ReservedBlock, reserved_blocks
from station.languages import gettext as _
from station.languages import marked, ngettext
from station.market.offers import sold_rights
from station.rights import Request, RequestKind
from station.settings import Settings

HOURS, DAYS = 24, 7
# The deepest of the shades that desk.css has, h0 to h9.
DEEPEST = 9


class Show(StrEnum):
    """What a heat map is about."""

    VALUE = "value"
    KIND = "kind"
    FREE = "free"


SHOWS = {
    Show.VALUE: marked("What a start is worth"),
    Show.KIND: marked("What is there"),
    Show.FREE: marked("What is free"),
}
# What stands out in an hour of ordinary pieces, with its sign: the most frequent one is shown.
SIGNS = {"silence": "○", "sold": "¤", "reserved": "▦"}
PIECES, NOTHING = "·", "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a channel on a day, as a cell: `text` is short, `told` says all of it."""

    text: str
    told: str
    look: str


@dataclass(frozen=True, slots=True)
class Row:
    """An hour of the day, with a cell for each day of the week; None where clocks skip it."""

    hour: int
    cells: tuple[Hour | None, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """One channel's week; `free` counts its starts that nobody has."""

    channel: int
    rows: tuple[Row, ...]
    free: int


@dataclass(slots=True)
class Content:
    """What a channel has in an hour: starts in all, and how many are of each kind."""

    starts: int = 0
    worth: float = 0
    segment: int = 0
    silence: int = 0
    sold: int = 0
    reserved: int = 0

    @property
    def free(self) -> int:
        """The starts that nobody has."""
        return max(0, self.starts - self.segment - self.silence - self.sold - self.reserved)


def heats(
    session: Session, settings: Settings, week: Week, version: Grid, show: Show
) -> list[Heat]:
    """A version's week, channel by channel."""
    contents = _contents(session, settings, week, version)
    most = max((one.worth for one in contents.values()), default=0)
    found = []
    for channel in range(settings.channels):
        rows = tuple(
            Row(
                hour,
                tuple(
                    _cell(contents[channel, day, hour], show, most)
                    if (channel, day, hour) in contents
                    else None
                    for day in range(DAYS)
                ),
            )
            for hour in range(HOURS)
        )
        free = sum(one.free for (where, _, _), one in contents.items() if where == channel)
        found.append(Heat(channel, rows, free))
    return found


def _contents(
    session: Session, settings: Settings, week: Week, version: Grid
) -> Mapping[tuple[int, int, int], Content]:
    """What there is, by channel, day from 0 and local hour; an hour that comes twice is one."""
    per_hour, starts = settings.slots.per_hour, week.starts(settings.slots)
    begins = [
        (week.span.start + timedelta(hours=hour)).astimezone(settings.zone)
        for hour in range(-(-starts // per_hour))
    ]
    values = worth.by_channel(settings, week, worth.read(settings))
    found: dict[tuple[int, int, int], Content] = defaultdict(Content)
    at = [(local.isoweekday() - 1, local.hour) for local in begins]
    for channel in range(settings.channels):
        for hour, where in enumerate(at):
            one = found[channel, *where]
            one.starts += min(per_hour, starts - hour * per_hour)
            one.worth = values[channel][hour]
    for channel, hour, kind, count in _placed(session, version, per_hour):
        if channel < settings.channels and hour < len(at):
            one = found[channel, *at[hour]]
            setattr(one, kind, getattr(one, kind) + count)
    for channel, start in _kept(reserved_blocks(session, week)):
        if channel < settings.channels and start < starts:
            found[channel, *at[start // per_hour]].reserved += 1
    return found


def _placed(session: Session, version: Grid, per_hour: int) -> list[tuple[int, int, str, int]]:
    """How many of each kind a version has in each channel's hours; what was bought is `sold`."""
    hour = (Placement.start // per_hour).label("hour")
    sold = Request.right_id.in_(sold_rights(session, version.week))
    segment = Request.kind == RequestKind.SEGMENT
    kind = sa.case((sa.and_(sold, segment), "sold"), else_=Request.kind).label("kind")
    query = (
        sa.select(Placement.channel, hour, kind, sa.func.count())
        .join(Request, Request.id == Placement.request_id)
        .where(Placement.grid_id == version.id)
        .group_by(Placement.channel, hour, kind)
    )
    return [(channel, at, what, count) for channel, at, what, count in session.execute(query)]


def _kept(blocks: Sequence[ReservedBlock]) -> Iterator[tuple[int, int]]:
    for block in blocks:
        for start in range(block.start, block.start + block.length):
            yield block.channel, start


def _cell(one: Content, show: Show, most: float) -> Hour:
    told = "; ".join(filter(None, _told(one)))
    if show == Show.VALUE:
        return Hour(f"{one.worth:g}", told, _shade(one.worth, most))
    if show == Show.FREE:
        return Hour(str(one.free), told, _shade(one.free, one.starts))
    counts = {name: getattr(one, name) for name in SIGNS}
    name = max(counts, key=lambda kind: counts[kind])
    if not counts[name]:
        return Hour(PIECES, told, "segment") if one.segment else Hour(NOTHING, told, "h0")
    return Hour(f"{SIGNS[name]}{counts[name]}", told, name)


def _told(one: Content) -> Iterator[str]:
    """What an hour has, in words."""
    pieces = one.segment + one.sold
    yield ngettext("%(num)s piece", "%(num)s pieces", pieces) if pieces else ""
    yield _("%(count)s of them sold", count=one.sold) if one.sold else ""
    yield ngettext("%(num)s silence", "%(num)s silences", one.silence) if one.silence else ""
    yield _("%(count)s reserved", count=one.reserved) if one.reserved else ""
    yield _("%(count)s free", count=one.free)
    yield _("worth %(points)s", points=f"{one.worth:g}")


def _shade(part: float, whole: float) -> str:
    """The shade of a part of a whole; none is the lightest."""
    return f"h{round(DEEPEST * min(1, part / whole)) if whole else 0}"
