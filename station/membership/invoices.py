"""An invoice asks one person for one year's fee, by a reference of its own."""

import secrets
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.db import STRICT, Base, compare_and_set
from station.members import Person
from station.membership.references import reference_of
from station.settings import Settings

WHOLE_PERCENT_HUNDREDTHS = 100_00


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

    person: Mapped[Person] = relationship(lazy="joined")


def ask(
    session: Session, settings: Settings, person: Person, due_at: datetime, now: datetime
) -> Invoice:
    """Ask a person for the year's fee, as the settings have it today."""
    cents = settings.membership.fee_cents
    hundredths = round(settings.membership.vat_percent * 100)
    invoice = Invoice(
        person_id=person.id,
        # Its own reference needs its number, which the database gives it.
        reference=secrets.token_hex(),
        cents=cents,
        vat_percent_hundredths=hundredths,
        vat_cents=vat_within(cents, hundredths),
        currency=settings.station.currency,
        made_at=now,
        due_at=due_at,
    )
    session.add(invoice)
    session.flush()
    invoice.reference = reference_of(invoice.id)
    session.flush()
    return invoice


def vat_within(cents: int, percent_hundredths: int) -> int:
    """The tax that a sum includes, in cents, rounded half up."""
    return share(cents, percent_hundredths, WHOLE_PERCENT_HUNDREDTHS + percent_hundredths)


def share(cents: int, part: int, whole: int) -> int:
    """`part` of `whole` of a sum, in cents, rounded half up."""
    return (2 * cents * part + whole) // (2 * whole)


def pay(session: Session, invoice: Invoice, before: InvoiceState, now: datetime) -> bool:
    """Say that an invoice was paid, once. False when somebody was quicker."""
    return compare_and_set(
        session,
        Invoice,
        Invoice.id == invoice.id,
        Invoice.state == before,
        state=InvoiceState.PAID,
        paid_at=now,
    )


def cancel_due(session: Session, invoice_id: int | None) -> bool:
    """Ask no longer for a fee that is still due. False when it was paid, or nothing was asked."""
    return compare_and_set(
        session,
        Invoice,
        Invoice.id == invoice_id,
        Invoice.state == InvoiceState.DUE,
        state=InvoiceState.CANCELLED,
    )
