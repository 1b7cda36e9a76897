"""The station keeps starts of a week for itself, in blocks that members' pieces give way to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Span, Week, local_instant
from station.db import compare_and_set
from station.errors import Refusal, WrongInput
from station.grid import Grid, GridState, Placement, ReservedBlock, reserved_blocks
from station.ledger import lock
from station.members import Person
from station.rights import Request
from station.settings import Settings

LONGEST_NAME = 100
MOST_WEEKS = 52


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stretch of a channel (from 0), and what listeners read of it."""

    channel: int
    span: Span
    label: str


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A member's piece that is published where a block is."""

    channel: int
    start: datetime
    title: str
    name: str


def reserve(session: Session, settings: Settings, wanted: Wanted, now: datetime) -> ReservedBlock:
    """Keep a stretch; one that is kept as a whole already gets the new label.

    Raises WrongInput `text-missing`, `text-long`, `live-times`, `live-over`, Refusal `live-taken`.
    """
    require_name("title", wanted.label)
    week, block = _block_of(settings, wanted, now)
    # Who asks at the same time sees what the other has reserved.
    lock(session)
    for other in reserved_blocks(session, week):
        if _is_same(other, block):
            other.label = block.label
            return other
        if other.channel == block.channel and _overlap(other, block):
            raise taken(settings, other)
    session.add(block)
    session.flush()
    return block


def give_back(session: Session, settings: Settings, block_id: int, now: datetime) -> ReservedBlock:
    """Keep a block no longer. Raises WrongInput `block-unknown`, Refusal `block-begun`."""
    block = session.get(ReservedBlock, block_id)
    if block is None or not block.length:
        raise WrongInput("block-unknown", number=block_id)
    if span_of(settings, block).start <= now:
        raise Refusal("block-begun", label=block.label)
    mine = ReservedBlock.id == block_id
    compare_and_set(session, ReservedBlock, mine, ReservedBlock.length > 0, length=0)
    session.refresh(block)
    return block


def each_week(settings: Settings, wanted: Wanted, weeks: int) -> list[Wanted]:
    """The same local hours in so many weeks, the first one included.

    Raises WrongInput `weeks-many`.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise WrongInput("weeks-many", weeks=weeks, most=MOST_WEEKS)
    return [
        replace(
            wanted,
            span=Span(*(_later(settings, at, n) for at in (wanted.span.start, wanted.span.end))),
        )
        for n in range(weeks)
    ]


def to_come(session: Session, settings: Settings, now: datetime) -> list[ReservedBlock]:
    """The blocks that are not over, in order of time."""
    this = str(Week.of(now, settings.zone))
    query = sa.select(ReservedBlock).where(ReservedBlock.week >= this, ReservedBlock.length > 0)
    order = ReservedBlock.week, ReservedBlock.start, ReservedBlock.channel
    found = session.scalars(query.order_by(*order))
    return [block for block in found if span_of(settings, block).end > now]


def in_the_way(
    session: Session, settings: Settings, wanted: Iterable[Wanted], now: datetime
) -> list[InTheWay]:
    """The members' pieces to come that are published where blocks are wanted, in order of time."""
    at = [_place(settings, one, now) for one in wanted]
    weeks = sa.select(Grid.id, Grid.week).where(
        Grid.state == GridState.PUBLISHED, Grid.week.in_({week for week, *_ in at})
    )
    week_of = {grid_id: week for grid_id, week in session.execute(weeks)}  # noqa: C416  typed
    ids = {week: grid_id for grid_id, week in week_of.items()}
    here = [
        sa.and_(
            Placement.grid_id == ids[week],
            Placement.channel == channel,
            Placement.start.between(*starts),
        )
        for week, channel, starts in at
        if week in ids
    ]
    query = (
        sa.select(Placement.grid_id, Placement.channel, Placement.start, Request.title, Person.name)
        .join(Request, Request.id == Placement.request_id)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(sa.or_(sa.false(), *here))
    )
    found = [
        InTheWay(channel, _instant(settings, week_of[grid_id], start), title, name or "")
        for grid_id, channel, start, title, name in session.execute(query)
    ]
    return sorted(found, key=lambda one: (one.start, one.channel))


def wanted_of(settings: Settings, block: ReservedBlock) -> Wanted:
    """What a block keeps."""
    return Wanted(block.channel, span_of(settings, block), block.label)


def span_of(settings: Settings, block: ReservedBlock) -> Span:
    """From when until when a block is."""
    first = Week.parse(block.week, settings.zone).first_slot(settings.slots) + block.start
    return Span(settings.slots.start(first), settings.slots.start(first + block.length))


def require_name(name: str, text: str) -> None:
    """See that a name is there and not too long. Raises WrongInput `text-missing`, `text-long`."""
    if not text.strip():
        raise WrongInput("text-missing", name=name)
    if len(text.strip()) > LONGEST_NAME:
        raise WrongInput("text-long", name=name, length=len(text.strip()), longest=LONGEST_NAME)


def taken(settings: Settings, block: ReservedBlock) -> Refusal:
    """That a block is in the way of another, to be raised."""
    span = span_of(settings, block)
    return Refusal(
        "live-taken",
        channel=settings.channel_name(block.channel),
        label=block.label,
        start=_clock(settings, span.start),
        end=_clock(settings, span.end),
    )


def _block_of(settings: Settings, wanted: Wanted, now: datetime) -> tuple[Week, ReservedBlock]:
    """The block that is asked for, and its week."""
    slots, span = settings.slots, wanted.span
    if span.end <= max(span.start, now):
        raise WrongInput("live-over", end=_clock(settings, span.end))
    week = Week.of(span.start, settings.zone)
    first, last = slots.number(span.start), slots.number(span.end)
    whole = slots.start(first) == span.start and slots.start(last) == span.end
    if not whole or span.end > week.span.end:
        ends = {"start": _clock(settings, span.start), "end": _clock(settings, span.end)}
        raise WrongInput("live-times", seconds=slots.seconds, **ends)
    return week, ReservedBlock(
        week=str(week),
        channel=wanted.channel,
        start=first - week.first_slot(slots),
        length=last - first,
        label=wanted.label.strip(),
    )


def _place(settings: Settings, wanted: Wanted, now: datetime) -> tuple[str, int, tuple[int, int]]:
    """A stretch as a week, a channel, and its first and last start that are not over."""
    week = Week.of(wanted.span.start, settings.zone)
    first, end = (
        week.start_at(at, settings.slots) for at in (max(wanted.span.start, now), wanted.span.end)
    )
    return str(week), wanted.channel, (first, end - 1)


def _later(settings: Settings, instant: datetime, weeks: int) -> datetime:
    local = instant.astimezone(settings.zone)
    return local_instant(local.date() + timedelta(weeks=weeks), local.time(), settings.zone)


def _instant(settings: Settings, week: str, start: int) -> datetime:
    return Week.parse(week, settings.zone).instant(start, settings.slots)


def _is_same(one: ReservedBlock, other: ReservedBlock) -> bool:
    return (one.channel, one.start, one.length) == (other.channel, other.start, other.length)


def _overlap(one: ReservedBlock, other: ReservedBlock) -> bool:
    return one.start < other.start + other.length and other.start < one.start + one.length


def _clock(settings: Settings, instant: datetime) -> str:
    return f"{instant.astimezone(settings.zone):%Y-%m-%d %H:%M:%S}"
