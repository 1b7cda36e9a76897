"""A takedown keeps a slot's piece off the air, from when it is ordered until the slot's end."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.airlog import AirLine
from station.db import STRICT, Base
from station.errors import Refusal
from station.webhooks import HappeningKind, happened


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
