"""A fee is paid by EFT and confirmed once: it admits an applicant, or renews a member's year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.languages import speaking
from station.ledger import lock
from station.members import Person
from station.membership import applications, years
from station.membership.applications import Application, ApplicationState
from station.membership.invoices import Invoice, InvoiceState, pay
from station.membership.places import places
from station.membership.receipts import Receipt, lines, receipt_of
from station.membership.references import references_in
from station.membership.tell import News, page, tell
from station.membership.years import Membership, MembershipState, NewYear
from station.moments import first_day, last_day, local_text
from station.money import MoneyEntry, MoneyKind, record, shown
from station.rights import next_open_week
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class RefundDue:
    """What the station owes a person for an invoice, in cents with the tax in it."""

    person: Person
    reference: str
    cents: int
    vat_cents: int
    currency: str


def confirm(session: Session, settings: Settings, reference: str, now: datetime) -> Invoice:
    """Say that a fee has come: its payer is admitted, or their year renewed.

    A fee that comes after its place lapsed, or after its year ended, still counts when a place
    is free and nobody waits for it. Raises WrongInput `reference-unknown`, Refusal
    `invoice-paid`, `invoice-cancelled` or `place-lapsed`.
    """
    lock(session)
    invoice = by_reference(session, reference)
    receive(session, settings, [invoice], now)
    return invoice


def receive(
    session: Session, settings: Settings, invoices: Sequence[Invoice], now: datetime
) -> None:
    """Take several fees at once, as `confirm` does; the caller has locked the issuance."""
    begun = [_take(session, settings, invoice, now) for invoice in invoices]
    years.begin(session, [year for year, _news in begun], now)
    for (year, news), invoice in zip(begun, invoices, strict=True):
        receipt = receipt_of(session, settings, invoice)
        first, last = (
            Week.parse(label, settings.zone) for label in (receipt.first_week, receipt.last_week)
        )
        with speaking(year.person.language):
            days = {"first_day": first_day(first), "last_day": last_day(last)}
            text = "\n".join(lines(receipt, settings))
            tell(session, year.person, news, now, page=page(settings), receipt=text, **days)


def due(session: Session) -> list[Invoice]:
    """Every invoice that waits for its fee, the one due first at the top."""
    query = sa.select(Invoice).where(Invoice.state == InvoiceState.DUE)
    return list(session.scalars(query.order_by(Invoice.due_at, Invoice.id)))


def by_reference(session: Session, reference: str) -> Invoice:
    """The invoice that a text names. Raises WrongInput `reference-unknown`."""
    query = sa.select(Invoice).where(Invoice.reference.in_(references_in(reference)))
    found = list(session.scalars(query))
    if len(found) != 1:
        raise WrongInput("reference-unknown", reference=reference.strip())
    return found[0]


def receipt(session: Session, settings: Settings, invoice: Invoice) -> Receipt:
    """The receipt of a paid invoice. Raises Refusal `invoice-unpaid`."""
    return receipt_of(session, settings, invoice)


def refunds_due(session: Session) -> list[RefundDue]:
    """What the station owes its members, oldest first."""
    return _refunds(session, sa.true())


def refund_paid(session: Session, settings: Settings, reference: str, now: datetime) -> MoneyEntry:
    """Say that a refund was sent. Raises WrongInput `reference-unknown`, Refusal `refund-none`."""
    lock(session)
    invoice = by_reference(session, reference)
    owed = _refunds(session, MoneyEntry.reference == invoice.reference)
    if not owed:
        raise Refusal("refund-none", reference=invoice.reference)
    refund = owed[0]
    facts = {"station": settings.station.name, "refund": shown(refund.cents, refund.currency)}
    tell(session, refund.person, News.REFUNDED, now, **facts)
    return record(
        session,
        MoneyKind.REFUND_PAID,
        refund.person.account_id,
        refund.cents,
        refund.currency,
        refund.reference,
        now,
        vat_cents=refund.vat_cents,
    )


def _take(
    session: Session, settings: Settings, invoice: Invoice, now: datetime
) -> tuple[NewYear, News]:
    """Take one fee into the books; returns the year it begins and the letter about it."""
    late = invoice.state == InvoiceState.CANCELLED
    if late:
        _require_late_place(session, settings, invoice, now)
    before = InvoiceState.CANCELLED if late else InvoiceState.DUE
    if not pay(session, invoice, before, now):
        session.refresh(invoice)
        paid = local_text(invoice.paid_at or now, settings)
        raise Refusal("invoice-paid", reference=invoice.reference, paid=paid)
    session.refresh(invoice)
    record(
        session,
        MoneyKind.FEE,
        invoice.person.account_id,
        invoice.cents,
        invoice.currency,
        invoice.reference,
        now,
        vat_cents=invoice.vat_cents,
    )
    renewed = years.renew(session, settings, invoice, now)
    if renewed is not None:
        return renewed, News.RENEWED
    session.execute(
        sa.update(Application)
        .where(Application.invoice_id == invoice.id)
        .values(state=ApplicationState.ADMITTED, ended_at=now)
    )
    return NewYear(invoice.person, next_open_week(settings, now), invoice), News.ADMITTED


def _require_late_place(
    session: Session, settings: Settings, invoice: Invoice, now: datetime
) -> None:
    """Check that a fee that came too late may still count.

    Raises Refusal `invoice-cancelled` when the place was not lost by lateness alone,
    `place-lapsed` when there is none left.
    """
    lapsed = sa.select(Application.id).where(
        Application.invoice_id == invoice.id, Application.state == ApplicationState.LAPSED
    )
    ended = sa.select(Membership.id).where(
        Membership.renewal_invoice_id == invoice.id, Membership.state == MembershipState.ENDED
    )
    by_lateness = [*session.scalars(lapsed), *session.scalars(ended)]
    here = years.current(session, invoice.person_id) or applications.current(
        session, invoice.person_id
    )
    if here is not None or not by_lateness:
        raise Refusal("invoice-cancelled", reference=invoice.reference)
    if applications.waiting(session, 1) or not places(session, settings, now).left:
        raise Refusal("place-lapsed", reference=invoice.reference)


def _refunds(session: Session, which: sa.ColumnElement[bool]) -> list[RefundDue]:
    sign = sa.case((MoneyEntry.kind == MoneyKind.REFUND_DUE, 1), else_=-1)
    cents = sa.func.sum(MoneyEntry.cents * sign)
    query = (
        sa.select(
            Person,
            MoneyEntry.reference,
            cents,
            sa.func.sum(MoneyEntry.vat_cents * sign),
            MoneyEntry.currency,
        )
        .join(Person, Person.account_id == MoneyEntry.account_id)
        .where(MoneyEntry.kind.in_([MoneyKind.REFUND_DUE, MoneyKind.REFUND_PAID]), which)
        .group_by(Person.id, MoneyEntry.reference, MoneyEntry.currency)
        .having(cents > 0)
        .order_by(sa.func.min(MoneyEntry.id))
    )
    return [
        # PostgreSQL sums to a decimal.
        RefundDue(person, reference, int(owed), int(vat), currency)
        for person, reference, owed, vat, currency in session.execute(query)
    ]
