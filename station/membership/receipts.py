"""A receipt has everything that a payer's own books need, the tax and our number included."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.errors import Refusal
from station.membership.invoices import Invoice, InvoiceState
from station.membership.years import Membership
from station.money import shown
from station.rights import local_text
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Receipt:
    """What to print; `cents` is `net_cents` and `vat_cents` together."""

    station: str
    vat_number: str
    reference: str
    name: str
    email: str
    first_week: str
    last_week: str
    cents: int
    net_cents: int
    vat_cents: int
    vat_percent: float
    currency: str
    paid_at: datetime


def receipt_of(session: Session, settings: Settings, invoice: Invoice) -> Receipt:
    """The receipt of a paid invoice. Raises Refusal `invoice-unpaid`."""
    query = sa.select(Membership).where(Membership.invoice_id == invoice.id)
    year = session.scalars(query).one_or_none()
    if invoice.state != InvoiceState.PAID or invoice.paid_at is None or year is None:
        raise Refusal("invoice-unpaid", reference=invoice.reference)
    return Receipt(
        station=settings.station.name,
        vat_number=settings.membership.vat_number,
        reference=invoice.reference,
        name=invoice.person.name,
        email=invoice.person.email,
        first_week=year.first_week,
        last_week=year.last_week,
        cents=invoice.cents,
        net_cents=invoice.cents - invoice.vat_cents,
        vat_cents=invoice.vat_cents,
        vat_percent=invoice.vat_percent_hundredths / 100,
        currency=invoice.currency,
        paid_at=invoice.paid_at,
    )


def lines(receipt: Receipt, settings: Settings) -> list[str]:
    """A receipt as plain text, without the tax where there is none."""
    sums = [f"Paid: {shown(receipt.cents, receipt.currency)}"]
    if receipt.vat_cents:
        sums = [
            f"Without VAT: {shown(receipt.net_cents, receipt.currency)}",
            f"VAT {receipt.vat_percent:g} %: {shown(receipt.vat_cents, receipt.currency)}",
            *sums,
        ]
    return [
        f"{'Tax invoice and receipt' if receipt.vat_number else 'Receipt'} {receipt.reference}",
        f"From: {receipt.station}",
        *([f"VAT number: {receipt.vat_number}"] if receipt.vat_number else []),
        f"For: {receipt.name} <{receipt.email}>",
        f"Membership from week {receipt.first_week} to {receipt.last_week}",
        *sums,
        f"Paid on: {local_text(receipt.paid_at, settings)}",
    ]
