"""A bank's file is imported line by line; a line that names an invoice and its sum pays it.

Lines are known again by what they say, so the same file, or one that overlaps with another, may
be imported as often as one likes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.ledger import lock
from station.membership.bank_file import Payment, read_bank_file
from station.membership.fees import confirm, receive
from station.membership.invoices import Invoice, InvoiceState
from station.membership.references import references_in
from station.settings import Settings


class Finding(StrEnum):
    """What became of a line of the bank's file."""

    PAID = "paid"  # it paid its invoice
    UNKNOWN = "unknown"  # it names no invoice of ours
    OTHER_SUM = "other-sum"  # it names an invoice of another sum
    ENDED = "ended"  # its invoice was paid before, or is cancelled
    SETTLED = "settled"  # the operator dealt with it by hand


UNSETTLED = (Finding.UNKNOWN, Finding.OTHER_SUM, Finding.ENDED)


class BankLine(Base):
    """One payment that the bank told of; `digest` knows it again when it is imported twice."""

    __tablename__ = "bank_lines"
    __table_args__ = (sa.Index("ix_bank_lines_finding", "finding"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    day: Mapped[str]  # ISO date, as the bank says it
    cents: Mapped[int]
    description: Mapped[str]
    finding: Mapped[str]
    invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    imported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    invoice: Mapped[Invoice | None] = relationship()


@dataclass(frozen=True, slots=True)
class BankImport:
    """The lines that were new, and how many were imported before or were debits."""

    lines: list[BankLine]
    repeated: int
    debits: int = 0


def import_file(session: Session, settings: Settings, text: str, now: datetime) -> BankImport:
    """Import a bank's file; each new payment that names one due invoice and its sum pays it.

    Raises WrongInput `bank-file-broken` with every line that can't be read; nothing is
    imported then.
    """
    file = read_bank_file(text)
    if file.problems:
        problems = "\n".join(problem.sentence for problem in file.problems)
        raise WrongInput("bank-file-broken", problems=problems)
    lock(session)
    known = _known(session, file.payments)
    new = {digest: payment for digest, payment in _digests(file.payments) if digest not in known}
    invoices = _named(session, new.values())
    lines = list(_found(new, invoices, now))
    session.add_all(lines)
    by_id = {invoice.id: invoice for invoice in invoices.values()}
    paid = {line.invoice_id for line in lines if line.finding == Finding.PAID}
    receive(session, settings, [by_id[key] for key in sorted(filter(None, paid))], now)
    session.flush()
    return BankImport(lines, len(file.payments) - len(new), file.debits)


def unsettled(session: Session) -> list[BankLine]:
    """Every payment that waits for the operator, oldest first."""
    query = sa.select(BankLine).where(BankLine.finding.in_(UNSETTLED))
    return list(session.scalars(query.order_by(BankLine.day, BankLine.id)))


def settle(session: Session, line_id: int, now: datetime) -> BankLine:
    """Say that a payment was dealt with by hand. Raises Refusal `bank-line-settled`."""
    if not compare_and_set(
        session,
        BankLine,
        BankLine.id == line_id,
        BankLine.finding.in_(UNSETTLED),
        finding=Finding.SETTLED,
        settled_at=now,
    ):
        raise Refusal("bank-line-settled", line=line_id)
    return session.get_one(BankLine, line_id, populate_existing=True)


def pay(
    session: Session, settings: Settings, line_id: int, reference: str, now: datetime
) -> BankLine:
    """Let a payment pay an invoice that it did not name, or not rightly.

    Raises Refusal `bank-line-settled`, and whatever `fees.confirm` refuses.
    """
    invoice = confirm(session, settings, reference, now)
    line = settle(session, line_id, now)
    line.invoice_id = invoice.id
    session.flush()
    return line


def _digests(payments: Sequence[Payment]) -> Iterator[tuple[str, Payment]]:
    """Each payment with its hash; the first, second … of those that are all alike differ."""
    alike: Counter[Payment] = Counter()
    for payment in payments:
        alike[payment] += 1
        said = [payment.day.isoformat(), payment.cents, payment.description, alike[payment]]
        yield hashlib.sha256(json.dumps(said).encode()).hexdigest(), payment


def _known(session: Session, payments: Sequence[Payment]) -> set[str]:
    """The hashes of what was imported before of the same days."""
    if not payments:
        return set()
    days = [payment.day.isoformat() for payment in payments]
    query = sa.select(BankLine.digest).where(BankLine.day.between(min(days), max(days)))
    return set(session.scalars(query))


def _named(session: Session, payments: Iterable[Payment]) -> dict[str, Invoice]:
    """The invoices that some payments name, by their references."""
    named = {reference for one in payments for reference in references_in(one.description)}
    query = sa.select(Invoice).where(Invoice.reference.in_(named))
    return {invoice.reference: invoice for invoice in session.scalars(query)}


def _found(
    payments: Mapping[str, Payment], invoices: Mapping[str, Invoice], now: datetime
) -> Iterator[BankLine]:
    """What becomes of each payment; the first that pays an invoice has paid it."""
    due = {key for key, invoice in invoices.items() if invoice.state == InvoiceState.DUE}
    for digest, payment in payments.items():
        named = [key for key in references_in(payment.description) if key in invoices]
        invoice = invoices[named[0]] if named else None
        finding = Finding.UNKNOWN
        if invoice is not None:
            finding = _finding(payment, invoice, len(named), still_due=invoice.reference in due)
        if invoice is not None and finding is Finding.PAID:
            due.discard(invoice.reference)
        yield BankLine(
            digest=digest,
            day=payment.day.isoformat(),
            cents=payment.cents,
            description=payment.description,
            finding=finding,
            invoice_id=None if invoice is None else invoice.id,
            imported_at=now,
        )


def _finding(payment: Payment, invoice: Invoice, named: int, *, still_due: bool) -> Finding:
    if not still_due:
        return Finding.ENDED
    # Whoever pays for several at once names no sum for each: the operator shares it out.
    return Finding.PAID if named == 1 and payment.cents == invoice.cents else Finding.OTHER_SUM
