"""A takedown keeps a slot's piece off the air, from when it is ordered until the slot's end."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from station.airlog import AirLine
from station.db import STRICT, Base
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.members import Person
from station.rights import Request, clean_text, run_of
from station.settings import Settings
from station.webhooks import HappeningKind, happened

LONGEST_REASON = 500


class Takedown(Base):
    """One slot of one channel, taken off air, and why; `account_id` is who ordered it, if known."""

    __tablename__ = "takedowns"
    __table_args__ = (sa.UniqueConstraint("channel", "slot_number"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[int]
    slot_number: Mapped[int]
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("requests.id"))
    reason: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]


def order(
    session: Session,
    channel: int,
    slot_number: int,
    reason: str,
    now: datetime,
    account_id: int | None = None,
) -> Takedown:
    """Take a slot's piece off air. Raises Refusal `takedown-again`."""
    if of_slot(session, channel, slot_number) is not None:
        raise Refusal("takedown-again", channel=channel + 1)
    line = session.get(AirLine, (channel, slot_number))
    takedown = Takedown(
        channel=channel,
        slot_number=slot_number,
        request_id=None if line is None else line.request_id,
        reason=reason,
        account_id=account_id,
        at=now,
    )
    session.add(takedown)
    session.flush()
    place = {"channel": channel, "slot_number": slot_number}
    happened(session, HappeningKind.TAKEDOWN, now, **place, reason=reason)
    return takedown


def pull(
    session: Session,
    settings: Settings,
    place: tuple[int, int],
    reason: str,
    who: Person,
    now: datetime,
) -> str:
    """Take off air what a slot carries, with what is left of its run; returns its title.

    `place` is a channel and a slot number. Raises Refusal `takedown-over` or `takedown-again`,
    WrongInput `reason-missing` or `text-long`.
    """
    if place[1] < settings.slots.number(now):
        raise Refusal("takedown-over")
    if not reason.strip():
        raise WrongInput("reason-missing")
    words = clean_text(reason, _("reason"), LONGEST_REASON)
    order_whole(session, place, words, now, who.account_id)
    line = session.get(AirLine, place)
    return "" if line is None else line.title


def order_whole(
    session: Session,
    place: tuple[int, int],
    reason: str,
    now: datetime,
    account_id: int | None = None,
) -> None:
    """Take a slot's piece off air, with what is left of its run. Raises what `order` does."""
    channel, slot_number = place
    order(session, channel, slot_number, reason, now, account_id)
    for further in _rest_of_run(session, session.get(AirLine, place)):
        if of_slot(session, channel, further) is None:
            order(session, channel, further, reason, now, account_id)


def of_slot(session: Session, channel: int, slot_number: int) -> Takedown | None:
    """What took a slot off air, if anything did."""
    query = sa.select(Takedown).where(
        Takedown.channel == channel, Takedown.slot_number == slot_number
    )
    return session.scalars(query).one_or_none()


def since(session: Session, first: int) -> list[Takedown]:
    """Those of a slot on, in order."""
    query = sa.select(Takedown).where(Takedown.slot_number >= first)
    return list(session.scalars(query.order_by(Takedown.slot_number, Takedown.channel)))


def is_taken() -> sa.ColumnElement[bool]:
    """Whether anything of what airs as one piece with a request was taken off air."""
    taken = sa.select(Takedown.request_id).where(Takedown.request_id.is_not(None))
    part = aliased(Request)
    # A week beside its run: what names a run is only said to be one of its own week.
    run = part.week + " " + part.run
    whole = sa.select(run).where(part.id.in_(taken), part.run.is_not(None))
    of_run = sa.func.coalesce(Request.week + " " + Request.run, "").in_(whole)
    return sa.or_(Request.id.in_(taken), of_run)


def _rest_of_run(session: Session, line: AirLine | None) -> list[int]:
    """The later slots of what airs as one piece with a line, in order."""
    request = None if line is None else session.get(Request, line.request_id or 0)
    if line is None or request is None:
        return []
    whole = [one.id for one in run_of(session, request)]
    query = sa.select(AirLine.slot_number).where(
        AirLine.channel == line.channel,
        AirLine.slot_number > line.slot_number,
        AirLine.request_id.in_(whole),
    )
    return list(session.scalars(query.order_by(AirLine.slot_number)))
