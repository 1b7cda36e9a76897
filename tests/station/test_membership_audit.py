"""Each rule of membership and its money is broken behind the station's back, and told alone."""

import pytest
import sqlalchemy as sa

from station import books
from station.members import Account, Applicant
from station.membership import applications, fees, invitations, years
from station.membership.applications import Application
from station.membership.invitations import Invitation
from station.membership.invoices import Invoice, InvoiceState
from station.membership.years import Membership, MembershipState
from station.money import MoneyEntry, MoneyKind, record
from tests.station.behind import drop_guard

SAID = "I tell stories of our street and want to be heard."


@pytest.fixture
def applied(database, settings, now):
    with database.writing() as session:
        who = Applicant("Thandi", "thandi@example.org")
        return applications.apply(session, settings, who, SAID, None, now)


@pytest.fixture
def member(database, settings, now, applied):
    with database.writing() as session:
        fees.confirm(session, settings, applied.invoice.reference, now)
    return applied.person


def told(session):
    """The names of the rules that the audit finds broken."""
    session.flush()
    return {violation.rule for violation in books.verify(session)}


def test_a_fee_that_never_reached_the_money_book(database, member):
    with database.writing() as session:
        drop_guard(session, "money_entries")
        session.execute(sa.delete(MoneyEntry))
        assert told(session) == {"paid-once"}


def test_a_fee_of_another_sum_than_its_invoice(database, member):
    with database.writing() as session:
        drop_guard(session, "money_entries")
        session.execute(sa.update(MoneyEntry).values(cents=1))
        assert told(session) == {"paid-once"}


def test_a_fee_that_is_in_the_money_book_twice(database, now, member, applied):
    with database.writing() as session:
        reference = applied.invoice.reference
        record(session, MoneyKind.FEE, member.account_id, 50000, "ZAR", reference, now)
        assert told(session) == {"paid-once"}


def test_a_fee_of_no_invoice(database, now, member):
    with database.writing() as session:
        record(session, MoneyKind.FEE, member.account_id, 50000, "ZAR", "RF00", now)
        assert told(session) == {"fee-of-paid"}


@pytest.mark.parametrize("kind", [MoneyKind.REFUND_PAID, MoneyKind.REFUND_DUE])
def test_more_is_refunded_than_was_due_or_more_due_than_was_paid(
    database, now, member, applied, kind
):
    with database.writing() as session:
        reference = applied.invoice.reference
        record(session, kind, member.account_id, 50001, "ZAR", reference, now)
        assert told(session) == {"refunds-within"}


def test_a_members_account_whose_years_are_over(database, member):
    with database.writing() as session:
        session.execute(sa.update(Membership).values(state=MembershipState.ENDED))
        (violation,) = books.verify(session)
        assert "thandi@example.org" in violation.sentence


def test_a_year_that_counts_without_a_members_account(database, member):
    with database.writing() as session:
        account = sa.update(Account).where(Account.id == member.account_id)
        session.execute(account.values(kind="buyer"))
        assert told(session) == {"members-have-years"}


def test_a_place_that_waits_for_no_invoice(database, applied):
    with database.writing() as session:
        session.execute(sa.update(Invoice).values(state=InvoiceState.CANCELLED))
        assert told(session) == {"places-are-asked-for"}


def test_a_fee_that_is_due_for_nothing(database, applied):
    with database.writing() as session:
        session.execute(sa.update(Application).values(state="declined"))
        assert told(session) == {"due-for-something"}


def test_an_invitation_that_counts_what_nobody_used(database, settings, now, janet):
    with database.writing() as session:
        invitations.invite(session, settings, janet, 1, now)
        assert told(session) == set()
        session.execute(sa.update(Invitation).values(uses=1))
        assert told(session) == {"uses-counted"}


def test_the_database_itself_refuses_an_invitation_past_its_cap(database, settings, now, janet):
    with pytest.raises(sa.exc.IntegrityError), database.writing() as session:
        invitations.invite(session, settings, janet, 1, now)
        session.execute(sa.update(Invitation).values(uses=2))


def test_the_database_itself_refuses_a_second_year_that_counts(database, now, member):
    with pytest.raises(sa.exc.IntegrityError), database.writing() as session:
        year = years.current(session, member.id)
        session.add(
            Membership(
                person_id=member.id,
                first_week=year.first_week,
                last_week=year.last_week,
                began_at=now.replace(year=2027),
            )
        )
        session.flush()
