"""A receipt has everything that a payer's own books need, the tax and our number included."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.errors import Refusal
from station.languages import gettext as _
from station.languages import marked
from station.membership.invoices import Invoice, InvoiceState
from station.membership.years import Membership
from station.moments import first_day, last_day, local_text
from station.money import shown
from station.settings import Settings

RECEIPT = marked("Receipt %(reference)s")
TAX_INVOICE = marked("Tax invoice and receipt %(reference)s")
FROM = marked("From: %(station)s")
VAT_NUMBER = marked("VAT number: %(number)s")
FOR = marked("For: %(name)s <%(email)s>")
YEAR = marked("Membership from %(first)s to %(last)s")
WITHOUT_VAT = marked("Without VAT: %(net)s")
VAT = marked("VAT %(percent)s %%: %(vat)s")
PAID = marked("Paid: %(sum)s")
PAID_ON = marked("Paid on: %(moment)s")


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
    facts = {
        "reference": receipt.reference,
        "station": receipt.station,
        "number": receipt.vat_number,
        "name": receipt.name,
        "email": receipt.email,
        "first": first_day(Week.parse(receipt.first_week, settings.zone)),
        "last": last_day(Week.parse(receipt.last_week, settings.zone)),
        "net": shown(receipt.net_cents, receipt.currency),
        "vat": shown(receipt.vat_cents, receipt.currency),
        "percent": f"{receipt.vat_percent:g}",
        "sum": shown(receipt.cents, receipt.currency),
        "moment": local_text(receipt.paid_at, settings),
    }
    taxed = [WITHOUT_VAT, VAT] if receipt.vat_cents else []
    said = [RECEIPT, FROM, FOR, YEAR, *taxed, PAID, PAID_ON]
    if receipt.vat_number:
        said = [TAX_INVOICE, FROM, VAT_NUMBER, FOR, YEAR, *taxed, PAID, PAID_ON]
    return [_(line, **facts) for line in said]
