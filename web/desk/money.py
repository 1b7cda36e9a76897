"""Fees as the desk needs them: invoices to confirm, and what the bank's newest file said."""

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from station.languages import gettext as _
from station.languages import ngettext
from station.members import Person
from station.membership.bank import UNSETTLED, BankImport, BankLine, Finding
from station.membership.invoices import Invoice, InvoiceState

SHOWN = 60
LINES_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Invoices:
    """Some invoices, and how many there are."""

    shown: tuple[Invoice, ...]
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a bank's file, with the invoice it was for where it is known."""

    line: BankLine
    invoice: Invoice | None


def invoices(session: Session, words: str) -> Invoices:
    """The invoices that wait for their fee; with words, all that hold them, whatever their state.

    Words are part of a reference, a name or an address.
    """
    where: sa.ColumnElement[bool] = Invoice.state == InvoiceState.DUE
    if words:
        parts = (Invoice.reference, Person.name, Person.email)
        where = sa.or_(*(part.icontains(words, autoescape=True) for part in parts))
    some = sa.select(Invoice).join(Person, Person.id == Invoice.person_id).where(where)
    count = some.with_only_columns(sa.func.count(), sa.func.sum(Invoice.cents))
    number, cents = session.execute(count).one()
    query = some.options(joinedload(Invoice.person)).order_by(Invoice.due_at, Invoice.id)
    return Invoices(tuple(session.scalars(query.limit(SHOWN))), number, int(cents or 0))


def newest_file(session: Session) -> list[Told]:
    """What became of the lines of the bank's file that was read last, in its order."""
    newest = sa.select(sa.func.max(BankLine.imported_at)).scalar_subquery()
    return _told(session, BankLine.imported_at == newest)


def unsettled(session: Session) -> list[Told]:
    """The bank's lines that paid nothing and wait for the operator."""
    return _told(session, BankLine.finding.in_(UNSETTLED))


def said(read: BankImport) -> str:
    """What an import did, in a few sentences."""
    findings = Counter(line.finding for line in read.lines)
    paid, debits = findings[Finding.PAID], read.debits
    left = sum(findings[one] for one in UNSETTLED)
    parts = [
        (paid, ngettext("%(num)s line paid its invoice.", "%(num)s lines paid theirs.", paid)),
        (left, ngettext("%(num)s line is left to you.", "%(num)s lines are left to you.", left)),
        (
            read.repeated,
            ngettext(
                "%(num)s line was read before.",
                "%(num)s lines were read before.",
                read.repeated,
            ),
        ),
        (
            debits,
            ngettext(
                "%(num)s line is not money that came.",
                "%(num)s lines are not money that came.",
                debits,
            ),
        ),
    ]
    told = [sentence for count, sentence in parts if count] or [_("It has no payments.")]
    return " ".join([_("The bank's file is read."), *told])


def _told(session: Session, where: sa.ColumnElement[bool]) -> list[Told]:
    query = (
        sa.select(BankLine, Invoice)
        .outerjoin(Invoice, Invoice.id == BankLine.invoice_id)
        .options(joinedload(Invoice.person))
        .where(where)
        .order_by(BankLine.id)
        .limit(LINES_SHOWN)
    )
    return [Told(line, invoice) for line, invoice in session.execute(query)]
