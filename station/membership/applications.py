"""Who wants to be a member says who they are; a place is theirs to pay for, or they wait for one.

An applicant is a person of the station from the first day, with an account that holds nothing
yet: they sign in and see where they stand.
"""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.db import STRICT, Base
from station.members import Person
from station.membership.fees import Invoice
from station.membership.invitations import Invitation


class ApplicationState(StrEnum):
    """Where an application stands; the first two are open, the others final."""

    WAITING = "waiting"
    PAYABLE = "payable"
    ADMITTED = "admitted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class Application(Base):
    """One person's wish to be a member, in the order of `id`; payable ones have an invoice."""

    __tablename__ = "applications"
    __table_args__ = (
        sa.Index(
            "uq_applications_open_person",
            "person_id",
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'payable')"),
            postgresql_where=sa.text("state IN ('waiting', 'payable')"),
        ),
        sa.Index("ix_applications_state", "state", "id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    introduction: Mapped[str]
    invitation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitations.id"))
    invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    state: Mapped[str] = mapped_column(default=ApplicationState.WAITING)
    reason: Mapped[str] = mapped_column(default="")
    applied_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    invoice: Mapped[Invoice | None] = relationship()
    invitation: Mapped[Invitation | None] = relationship()
