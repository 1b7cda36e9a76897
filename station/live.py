"""A live show is a presenter's way onto the air, by a password good for one reserved block."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from station.airtime import Span, Week
from station.db import Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.grid import ReservedBlock, reserved_blocks
from station.ledger import lock
from station.settings import Settings

LONGEST_NAME = 100
PASSWORD_BYTES = 18
HARBORS = (1, 2)


class LiveShow(Base):
    """Who may be heard live in a reserved block, and by which password; random, never chosen.

    `harbor` is which of a channel's two the presenter connects to: neighbours have different ones.
    """

    __tablename__ = "live_shows"

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(sa.ForeignKey("reserved_blocks.id"), index=True)
    presenter: Mapped[str]
    harbor: Mapped[int]
    password: Mapped[str]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    block: Mapped[ReservedBlock] = relationship()


@dataclass(frozen=True, slots=True)
class Booking:
    """What an operator asks for: a stretch of a channel (from 0), whose it is, and its title."""

    channel: int
    span: Span
    presenter: str
    title: str


def open_show(session: Session, settings: Settings, booking: Booking, now: datetime) -> LiveShow:
    """Reserve a block and let a presenter be heard in it; one that is reserved so far is used.

    Raises WrongInput `text-missing`, `text-long`, `live-times`, `live-over`, Refusal `live-taken`.
    """
    _require_name("presenter", booking.presenter)
    _require_name("title", booking.title)
    week, block = _block_of(settings, booking, now)
    # Who asks at the same time sees what the other has reserved.
    lock(session)
    others = shows_between(session, settings, booking.span)
    for other in reserved_blocks(session, week):
        if _is_same(other, block) and all(show.block_id != other.id for show in others):
            other.label, block = block.label, other
        elif other.channel == block.channel and _overlap(other, block):
            raise Refusal("live-taken", **_taken(settings, week, other))
    show = LiveShow(
        block=block,
        presenter=booking.presenter.strip(),
        harbor=_free_harbor(settings, others, booking),
        password=secrets.token_urlsafe(PASSWORD_BYTES),
        made_at=now,
    )
    session.add(show)
    session.flush()
    return show


def close_show(session: Session, number: int, now: datetime) -> LiveShow:
    """End a show's password; its block stays reserved. Raises WrongInput `live-unknown`."""
    mine = LiveShow.id == number
    if not compare_and_set(
        session, LiveShow, mine, LiveShow.withdrawn_at.is_(None), withdrawn_at=now
    ):
        raise WrongInput("live-unknown", number=number)
    show = session.get_one(LiveShow, number)
    session.refresh(show)
    return show


def span_of(settings: Settings, block: ReservedBlock) -> Span:
    """From when until when a block is."""
    first = Week.parse(block.week, settings.zone).first_slot(settings.slots) + block.start
    return Span(settings.slots.start(first), settings.slots.start(first + block.length))


def shows_between(session: Session, settings: Settings, span: Span) -> list[LiveShow]:
    """The shows that can be heard within a span or right beside it, in order of time."""
    first, last = Week.of(span.start, settings.zone), Week.of(span.end, settings.zone)
    query = (
        sa.select(LiveShow)
        .join(LiveShow.block)
        .where(
            ReservedBlock.week.between(str(first.plus(-1)), str(last)),
            LiveShow.withdrawn_at.is_(None),
        )
        .options(joinedload(LiveShow.block))
    )
    shows = [(span_of(settings, show.block), show) for show in session.scalars(query)]
    near = [(on, show) for on, show in shows if on.start <= span.end and on.end >= span.start]
    return [show for _, show in sorted(near, key=lambda one: (one[0].start, one[1].id))]


def changed_at(session: Session) -> datetime | None:
    """When a show was last opened or closed."""
    query = sa.select(sa.func.max(LiveShow.made_at), sa.func.max(LiveShow.withdrawn_at))
    return max(filter(None, session.execute(query).one()), default=None)


def presenters(session: Session, week: Week) -> dict[int, str]:
    """Who may be heard live in a week's blocks, by the block's id."""
    query = (
        sa.select(LiveShow.block_id, LiveShow.presenter)
        .join(ReservedBlock, ReservedBlock.id == LiveShow.block_id)
        .where(ReservedBlock.week == str(week), LiveShow.withdrawn_at.is_(None))
        .order_by(LiveShow.id)
    )
    found = session.execute(query).all()
    return {block_id: presenter for block_id, presenter in found}  # noqa: C416  typed


def _require_name(name: str, text: str) -> None:
    if not text.strip():
        raise WrongInput("text-missing", name=name)
    if len(text.strip()) > LONGEST_NAME:
        raise WrongInput("text-long", name=name, length=len(text.strip()), longest=LONGEST_NAME)


def _block_of(settings: Settings, booking: Booking, now: datetime) -> tuple[Week, ReservedBlock]:
    """The block that a booking asks for, and its week."""
    slots, span = settings.slots, booking.span
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
        channel=booking.channel,
        start=first - week.first_slot(slots),
        length=last - first,
        label=booking.title.strip(),
    )


def _free_harbor(settings: Settings, others: Iterable[LiveShow], booking: Booking) -> int:
    """The harbor that the show right before leaves free, or else the one right after."""
    beside = [show for show in others if show.block.channel == booking.channel]
    before = [show for show in beside if span_of(settings, show.block).end == booking.span.start]
    taken = (before or beside)[0].harbor if beside else None
    return next(harbor for harbor in HARBORS if harbor != taken)


def _is_same(one: ReservedBlock, other: ReservedBlock) -> bool:
    return (one.channel, one.start, one.length) == (other.channel, other.start, other.length)


def _overlap(one: ReservedBlock, other: ReservedBlock) -> bool:
    return one.start < other.start + other.length and other.start < one.start + one.length


def _taken(settings: Settings, week: Week, block: ReservedBlock) -> dict[str, object]:
    start = week.instant(block.start, settings.slots)
    end = week.instant(block.start + block.length, settings.slots)
    return {
        "channel": settings.channel_name(block.channel),
        "label": block.label,
        "start": _clock(settings, start),
        "end": _clock(settings, end),
    }


def _clock(settings: Settings, instant: datetime) -> str:
    return f"{instant.astimezone(settings.zone):%Y-%m-%d %H:%M:%S}"
