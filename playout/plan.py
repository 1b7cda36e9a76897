"""The station's tables are read and written here, and nowhere else in playout's control."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playout.compose import Block, Line, Piece, WeekFacts, compose
from playout.moves import SlotFile
from playout.programme import Programme
from station import airlog, grid, live, moderation, recordings
from station.airlog import AirLine
from station.airtime import Week
from station.grid import Grid, Placement
from station.members import Person
from station.recordings import Master, MasterKind
from station.rights import Request, RequestKind
from station.settings import Settings

# A whole week, also when a tenth of it is used up before more is brought, and clocks change.
AHEAD = timedelta(days=8)
# Slots of seconds are for trying things out: so many of them reach far enough.
BRIEF_SECONDS = 60
BRIEF_SLOTS = 2000
# What was on air a moment ago may still be listened to.
PAST_SLOTS = 24


@dataclass(frozen=True, slots=True)
class Due:
    """What the tables want on disk: the slots' files, and the station's own pieces."""

    files: frozenset[SlotFile]
    fills: tuple[str, ...]
    emergencies: tuple[str, ...]


def slots_ahead(settings: Settings) -> int:
    """How many slots from now on lie on playout's disk: never less than a week."""
    seconds = settings.station.slot_seconds
    return BRIEF_SLOTS if seconds < BRIEF_SECONDS else int(AHEAD.total_seconds()) // seconds


def changed_at(session: Session) -> datetime | None:
    """When a grid was last published, a live show opened or closed, or a piece was judged."""
    changes = airlog.changed_at(session), live.changed_at(session), moderation.changed_at(session)
    return max(filter(None, changes), default=None)


def write_air_log(session: Session, settings: Settings, now: datetime) -> list[str]:
    """Bring the air log up to the published grids, for about a week from now.

    A slot that is on air or over keeps the line it had. Returns the weeks that changed.
    """
    this = Week.of(now, settings.zone)
    reach = _reach(session, settings, now)
    changed = []
    for week in (this, this.plus(1)):
        published = grid.published(session, week)
        if published is not None and _write_week(session, settings, week, published, now, reach):
            changed.append(str(week))
    return changed


def due(session: Session, settings: Settings, now: datetime) -> Due:
    """What has to lie on disk, from the slot on air on."""
    first = settings.slots.number(now)
    lines = airlog.lines_between(session, first, first + slots_ahead(settings))
    files = frozenset(
        SlotFile(line.slot_number, line.channel, line.master_sha256, line.silence)
        for line in lines
        if line.master_sha256 is not None and line.channel < settings.channels
    )
    return Due(
        files=files,
        fills=_masters(session, settings, MasterKind.FILL),
        emergencies=_masters(session, settings, MasterKind.EMERGENCY),
    )


def programme(session: Session, settings: Settings, now: datetime) -> Programme:
    """What playout's own disk says of the slots to come, and of those just over."""
    on_air = settings.slots.number(now)
    lines = airlog.lines_between(session, on_air - PAST_SLOTS, on_air + slots_ahead(settings))
    return Programme(tuple(_as_line(line) for line in lines))


def _reach(session: Session, settings: Settings, now: datetime) -> int:
    """The slot that the air log ends before: lengthened once a tenth of it is used up."""
    on_air = settings.slots.number(now)
    ends = airlog.last_slot(session)
    ahead = slots_ahead(settings)
    if ends is not None and ends - on_air > ahead * 9 // 10:
        return ends + 1
    return on_air + ahead


def _write_week(
    session: Session, settings: Settings, week: Week, published: Grid, now: datetime, reach: int
) -> bool:
    old = {
        (line.channel, line.slot_number): _as_line(line)
        for line in airlog.lines_of_week(session, str(week))
    }
    on_air = settings.slots.number(now)
    week_first = week.first_slot(settings.slots)
    # The slot on air gets a line only when it has none yet.
    known = any(slot == on_air for _, slot in old)
    first = max(on_air + 1 if known else on_air, week_first)
    last = min(week_first + week.starts(settings.slots), reach)
    facts = WeekFacts(
        week=str(week),
        grid_id=published.id,
        week_first=week_first,
        first=first,
        last=last,
        channels=settings.channels,
        station_name=settings.station.name,
        pieces=tuple(_pieces(session, settings, published)),
        blocks=tuple(_blocks(session, week)),
        fills=_masters(session, settings, MasterKind.FILL),
    )
    new = {(line.channel, line.slot_number): line for line in compose(facts)}
    if new == {key: line for key, line in old.items() if line.slot_number >= first}:
        return False
    airlog.write(session, str(week), _rows(new.values(), facts), first)
    return True


def _blocks(session: Session, week: Week) -> Iterable[Block]:
    presenters = live.presenters(session, week)
    for block in grid.reserved_blocks(session, week):
        presenter = presenters.get(block.id, "")
        yield Block(block.channel, block.start, block.length, block.label, presenter)


def _rows(lines: Iterable[Line], facts: WeekFacts) -> list[AirLine]:
    return [
        AirLine(
            channel=line.channel,
            slot_number=line.slot_number,
            week=facts.week,
            grid_id=facts.grid_id,
            kind=line.kind,
            request_id=line.request_id,
            master_sha256=line.master_sha256,
            silence=line.silence,
            title=line.title,
            speaker=line.speaker,
        )
        for line in lines
    ]


def _as_line(row: AirLine) -> Line:
    return Line(
        row.channel,
        row.slot_number,
        row.kind,
        row.request_id,
        row.master_sha256,
        row.silence,
        row.title,
        row.speaker,
    )


def _pieces(session: Session, settings: Settings, published: Grid) -> Iterable[Piece]:
    # Columns, not objects: a full week has thousands of pieces, and this is read again and again.
    query = (
        sa.select(
            Placement.channel,
            Placement.start,
            Request.id,
            Request.kind,
            Request.title,
            Request.master_sha256,
            Master.duration_ms,
            Person.name,
        )
        .join(Request, Request.id == Placement.request_id)
        .outerjoin(Master, Master.sha256 == Request.master_sha256)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Placement.grid_id == published.id)
    )
    # What operators held back or refused since it was published makes way for fill.
    kept_off = moderation.kept_off(session, Request.week == published.week)
    slot_ms = settings.station.slot_seconds * 1000
    for channel, start, request_id, kind, title, sha256, duration_ms, name in session.execute(
        query
    ):
        if request_id in kept_off:
            continue
        yield Piece(
            request_id=request_id,
            channel=channel,
            start=start,
            silence=kind == RequestKind.SILENCE,
            master_sha256=sha256 if duration_ms == slot_ms else None,
            title=title,
            speaker=name or "",
        )


def _masters(session: Session, settings: Settings, kind: MasterKind) -> tuple[str, ...]:
    """The station's own masters of exactly one slot."""
    slot_ms = settings.station.slot_seconds * 1000
    found = recordings.masters_of(session, kind)
    return tuple(master.sha256 for master in found if master.duration_ms == slot_ms)
