"""The audit of membership and money: one function a rule, each a question to the database."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.errors import Violation
from station.members import Account, AccountKind, Person
from station.membership.applications import Application, ApplicationState
from station.membership.invitations import Invitation
from station.membership.invoices import Invoice, InvoiceState
from station.membership.years import Membership, MembershipState
from station.money import MoneyEntry, MoneyKind


def paid_once(session: Session) -> list[Violation]:
    """Every paid invoice has exactly one fee in the money book, of its sum and its payer's."""
    same = sa.and_(
        MoneyEntry.kind == MoneyKind.FEE,
        MoneyEntry.reference == Invoice.reference,
        MoneyEntry.account_id == Person.account_id,
        MoneyEntry.cents == Invoice.cents,
        MoneyEntry.vat_cents == Invoice.vat_cents,
        MoneyEntry.currency == Invoice.currency,
    )
    query = (
        sa.select(Invoice.reference)
        .join(Person, Person.id == Invoice.person_id)
        .outerjoin(MoneyEntry, same)
        .where(Invoice.state == InvoiceState.PAID)
        .group_by(Invoice.reference)
        .having(sa.func.count(MoneyEntry.id) != 1)
    )
    said = "Invoice {} is paid, and the money book has not one fee of its sum for it."
    return _broken(session, query, "paid-once", said)


def fee_of_paid(session: Session) -> list[Violation]:
    """Every fee in the money book is of a paid invoice."""
    paid = sa.select(Invoice.reference).where(Invoice.state == InvoiceState.PAID)
    query = sa.select(MoneyEntry.id, MoneyEntry.reference).where(
        MoneyEntry.kind == MoneyKind.FEE, MoneyEntry.reference.not_in(paid)
    )
    said = "Money entry {} is a fee for {}, which is no paid invoice."
    return _broken(session, query, "fee-of-paid", said)


def refunds_within(session: Session) -> list[Violation]:
    """For no invoice was more refunded than was due, or more due than was paid."""
    sums = {
        kind: sa.func.sum(sa.case((MoneyEntry.kind == kind, MoneyEntry.cents), else_=0))
        for kind in (MoneyKind.FEE, MoneyKind.REFUND_DUE, MoneyKind.REFUND_PAID)
    }
    query = (
        sa.select(MoneyEntry.reference)
        .where(MoneyEntry.kind.in_(sums))
        .group_by(MoneyEntry.reference, MoneyEntry.account_id, MoneyEntry.currency)
        .having(
            sa.or_(
                sums[MoneyKind.REFUND_PAID] > sums[MoneyKind.REFUND_DUE],
                sums[MoneyKind.REFUND_DUE] > sums[MoneyKind.FEE],
            )
        )
    )
    return _broken(session, query, "refunds-within", "For {} more was refunded than was due.")


def members_have_years(session: Session) -> list[Violation]:
    """Who has a year that counts has a member's account; whose years are all over has none."""
    year = sa.select(Membership.id).where(Membership.person_id == Person.id)
    counts = year.where(Membership.state == MembershipState.ACTIVE).exists()
    member = Account.kind == AccountKind.MEMBER
    query = (
        sa.select(Person.id, Person.email)
        .join(Account, Account.id == Person.account_id)
        .where(sa.or_(sa.and_(member, year.exists(), ~counts), sa.and_(~member, counts)))
    )
    said = "Person {} ({}) has a member's account without a year that counts, or the reverse."
    return _broken(session, query, "members-have-years", said)


def places_are_asked_for(session: Session) -> list[Violation]:
    """A place that waits for its fee has an invoice that is due; an admitted one a paid one."""
    asked = sa.case(
        (Application.state == ApplicationState.PAYABLE, InvoiceState.DUE),
        else_=InvoiceState.PAID,
    )
    query = (
        sa.select(Application.id)
        .outerjoin(Invoice, Invoice.id == Application.invoice_id)
        .where(
            Application.state.in_([ApplicationState.PAYABLE, ApplicationState.ADMITTED]),
            sa.or_(Invoice.id.is_(None), Invoice.state != asked),
        )
    )
    said = "Application {} does not stand as its invoice does."
    return _broken(session, query, "places-are-asked-for", said)


def due_for_something(session: Session) -> list[Violation]:
    """Every invoice that is due is for a place, or for the next year of one that counts."""
    places = sa.select(Application.invoice_id).where(
        Application.state == ApplicationState.PAYABLE, Application.invoice_id.is_not(None)
    )
    years = sa.select(Membership.renewal_invoice_id).where(
        Membership.state == MembershipState.ACTIVE, Membership.renewal_invoice_id.is_not(None)
    )
    query = sa.select(Invoice.reference).where(
        Invoice.state == InvoiceState.DUE, Invoice.id.not_in(places), Invoice.id.not_in(years)
    )
    return _broken(session, query, "due-for-something", "Invoice {} asks for a fee for nothing.")


def uses_counted(session: Session) -> list[Violation]:
    """Every invitation brought as many applications as it counts, and at most its cap."""
    query = (
        sa.select(Invitation.id)
        .outerjoin(Application, Application.invitation_id == Invitation.id)
        .group_by(Invitation.id, Invitation.uses, Invitation.most_uses)
        .having(
            sa.or_(
                Invitation.uses != sa.func.count(Application.id),
                Invitation.uses > Invitation.most_uses,
            )
        )
    )
    return _broken(session, query, "uses-counted", "Invitation {} was used otherwise than counted.")


RULES: tuple[Callable[[Session], list[Violation]], ...] = (
    paid_once,
    fee_of_paid,
    refunds_within,
    members_have_years,
    places_are_asked_for,
    due_for_something,
    uses_counted,
)


def _broken(session: Session, query: sa.Executable, rule: str, said: str) -> list[Violation]:
    """A violation for each row that a question finds, told with what the row names."""
    rows: Iterator[tuple[object, ...]] = map(tuple, session.execute(query))
    return [Violation(rule, said.format(*row), tuple(map(str, row))) for row in rows]
