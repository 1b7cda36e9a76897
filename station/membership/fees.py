"""A fee is asked for by an invoice with a reference of its own, and paid by EFT."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.db import STRICT, Base
from station.members import Person


class InvoiceState(StrEnum):
    """Where an invoice stands."""

    DUE = "due"
    PAID = "paid"
    CANCELLED = "cancelled"


class Invoice(Base):
    """One year's fee; `reference` is what the payer writes on the payment.

    `vat_percent_hundredths` is the rate in hundredths of a percent (15 % is 1500) and
    `vat_cents` the tax that `cents` includes.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        sa.Index("ix_invoices_person_id", "person_id"),
        sa.Index("ix_invoices_state_due_at", "state", "due_at"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    reference: Mapped[str] = mapped_column(unique=True)
    cents: Mapped[int]
    vat_percent_hundredths: Mapped[int] = mapped_column(default=0)
    vat_cents: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(default=InvoiceState.DUE)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
