"""A membership is a year of 52 weeks, begun by a fee; it is renewed, cancelled early, or ends."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.db import STRICT, Base
from station.members import Person
from station.membership.fees import Invoice


class MembershipState(StrEnum):
    """Whether the year counts; `ended` years were not renewed in time."""

    ACTIVE = "active"
    RENEWED = "renewed"
    CANCELLED = "cancelled"
    ENDED = "ended"


class Membership(Base):
    """One year of one member, from `first_week` to `last_week`, both included.

    `invoice_id` is the fee that began it (none when it was settled outside the station, as for
    a member file), `renewal_invoice_id` the fee that would begin the next.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        sa.Index(
            "uq_memberships_active_person",
            "person_id",
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        ),
        sa.UniqueConstraint("person_id", "first_week", "began_at"),
        sa.Index("ix_memberships_state_last_week", "state", "last_week"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    first_week: Mapped[str]
    last_week: Mapped[str]
    invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    renewal_invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    state: Mapped[str] = mapped_column(default=MembershipState.ACTIVE)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    invoice: Mapped[Invoice | None] = relationship(foreign_keys=[invoice_id])
    renewal_invoice: Mapped[Invoice | None] = relationship(foreign_keys=[renewal_invoice_id])
