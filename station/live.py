"""A live show is a presenter's way onto the air, by a password good for one reserved block."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from station import blocks
from station.airtime import Span, Week
from station.blocks import Wanted
from station.db import Base, compare_and_set
from station.errors import WrongInput
from station.grid import ReservedBlock
from station.ledger import lock
from station.settings import Settings

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

    @property
    def wanted(self) -> Wanted:
        """The block that it is heard in."""
        return Wanted(self.channel, self.span, self.title)


def open_show(session: Session, settings: Settings, booking: Booking, now: datetime) -> LiveShow:
    """Reserve a block and let a presenter be heard in it; one that is reserved so far is used.

    Raises WrongInput `text-missing`, `text-long`, `live-times`, `live-over`, Refusal `live-taken`.
    """
    blocks.require_name("presenter", booking.presenter)
    lock(session)
    others = shows_between(session, settings, booking.span)
    for show in others:
        if blocks.wanted_of(settings, show.block) == replace(
            booking.wanted, label=show.block.label
        ):
            raise blocks.taken(settings, show.block)
    block = blocks.reserve(session, settings, booking.wanted, now)
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


def renew(session: Session, settings: Settings, number: int, now: datetime) -> LiveShow:
    """Give a show another password: who has the one before is heard no longer.

    Raises WrongInput `live-unknown`, `live-over`.
    """
    show = close_show(session, number, now)
    span = blocks.span_of(settings, show.block)
    booking = Booking(show.block.channel, span, show.presenter, show.block.label)
    return open_show(session, settings, booking, now)


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


def shows_between(session: Session, settings: Settings, span: Span) -> list[LiveShow]:
    """The shows that can be heard within a span or right beside it, in order of time."""
    first, last = Week.of(span.start, settings.zone), Week.of(span.end, settings.zone)
    query = (
        sa.select(LiveShow)
        .join(LiveShow.block)
        .where(
            ReservedBlock.week.between(str(first.plus(-1)), str(last)),
            ReservedBlock.length > 0,
            LiveShow.withdrawn_at.is_(None),
        )
        .options(joinedload(LiveShow.block))
    )
    shows = [(blocks.span_of(settings, show.block), show) for show in session.scalars(query)]
    near = [(on, show) for on, show in shows if on.start <= span.end and on.end >= span.start]
    return [show for _, show in sorted(near, key=lambda one: (one[0].start, one[1].id))]


def shows_of(session: Session, block_ids: Collection[int]) -> dict[int, LiveShow]:
    """The show of each of some blocks that has one."""
    query = sa.select(LiveShow).where(
        LiveShow.block_id.in_(block_ids), LiveShow.withdrawn_at.is_(None)
    )
    return {show.block_id: show for show in session.scalars(query.order_by(LiveShow.id))}


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


def _free_harbor(settings: Settings, others: Iterable[LiveShow], booking: Booking) -> int:
    """The harbor that the show right before leaves free, or else the one right after."""
    beside = [show for show in others if show.block.channel == booking.channel]
    before = [
        show for show in beside if blocks.span_of(settings, show.block).end == booking.span.start
    ]
    taken = (before or beside)[0].harbor if beside else None
    return next(harbor for harbor in HARBORS if harbor != taken)
