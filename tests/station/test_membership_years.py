from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from station import books, rights, using
from station.airtime import Week
from station.errors import Refusal
from station.ledger import Right, held
from station.letters import Letter
from station.market import gifts, offers, sales
from station.members import AccountKind, Applicant, Person, station_account
from station.membership import applications, fees, upkeep, years
from station.membership.invoices import Invoice, InvoiceState
from station.membership.years import Membership, MembershipState
from station.money import MoneyEntry

SAID = "I tell stories of our street and want to be heard."
DAY = timedelta(days=1)


@pytest.fixture
def member(database, settings, now):
    """A member whose year begins with week 2026-W49 and ends with 2027-W47."""
    with database.writing() as session:
        who = Applicant("Thandi", "thandi@example.org")
        application = applications.apply(session, settings, who, SAID, None, now)
        fees.confirm(session, settings, application.invoice.reference, now)
        return application.person


@pytest.fixture
def tend(database, settings):
    def tended(at):
        with database.writing() as session:
            return upkeep.look_after(session, settings, at)

    return tended


@pytest.fixture(autouse=True)
def whole_books(database):
    yield
    with database.reading() as session:
        assert books.verify(session) == []


def start_of(settings, label):
    return Week.parse(label, settings.zone).span.start


def renewal(session, member):
    return session.get_one(Invoice, years.current(session, member.id).renewal_invoice_id)


def newest_letter(session, member):
    query = sa.select(Letter).where(Letter.person_id == member.id).order_by(Letter.id.desc())
    return session.scalars(query).first()


def test_the_next_fee_is_asked_for_in_good_time_and_once(database, settings, member, tend):
    # Eight weeks are left from W40 on: W40 … W47.
    assert tend(start_of(settings, "2027-W40") - timedelta(seconds=1)) == 0
    assert tend(start_of(settings, "2027-W40")) == 1
    assert tend(start_of(settings, "2027-W41")) == 0
    with database.reading() as session:
        invoice = renewal(session, member)
        assert invoice.due_at == start_of(settings, "2027-W48")
        assert invoice.reference in newest_letter(session, member).body


def test_a_renewed_year_follows_without_gap_or_overlap(database, settings, member, tend):
    tend(start_of(settings, "2027-W40"))
    with database.writing() as session:
        paid_at = start_of(settings, "2027-W42")
        fees.confirm(session, settings, renewal(session, member).reference, paid_at)
        year = years.current(session, member.id)
        assert (year.first_week, year.last_week) == ("2027-W48", "2028-W47")
        weeks = [right.week for right in held(session, member.account_id)]
        assert len(weeks) == len(set(weeks)) == 104
        assert session.get_one(Person, member.id).account.kind == AccountKind.MEMBER
    assert tend(start_of(settings, "2027-W48")) == 0


def test_a_fee_that_comes_in_the_last_days_buys_no_week_that_has_closed(
    database, settings, member, tend
):
    tend(start_of(settings, "2027-W40"))
    with database.writing() as session:
        # W48 closes two days before it begins.
        paid_at = start_of(settings, "2027-W48") - DAY
        fees.confirm(session, settings, renewal(session, member).reference, paid_at)
        assert years.current(session, member.id).first_week == "2027-W49"


def test_a_year_that_is_not_renewed_ends_and_its_place_is_free(database, settings, member, tend):
    tend(start_of(settings, "2027-W40"))
    with database.reading() as session:
        invoice_id = renewal(session, member).id
    assert tend(start_of(settings, "2027-W48") - timedelta(seconds=1)) == 0
    assert tend(start_of(settings, "2027-W48")) == 1
    with database.reading() as session:
        assert years.current(session, member.id) is None
        assert session.get_one(Person, member.id).account.kind == AccountKind.BUYER
        assert session.get_one(Invoice, invoice_id).state == InvoiceState.CANCELLED
        assert "Your year ended on 28 November 2027" in newest_letter(session, member).body


def test_a_renewal_that_is_paid_after_the_year_ended_begins_a_new_one_while_there_is_room(
    database, settings, member, tend
):
    tend(start_of(settings, "2027-W40"))
    with database.reading() as session:
        reference = renewal(session, member).reference
    tend(start_of(settings, "2027-W48"))
    with database.writing() as session:
        fees.confirm(session, settings, reference, start_of(settings, "2027-W50"))
        assert years.current(session, member.id).first_week == "2027-W51"


def test_who_steps_back_in_time_gets_their_fee_and_gives_their_weeks_back(
    database, settings, now, member
):
    with database.writing() as session:
        right = held(session, member.account_id)[0]
        using.dedicate(session, settings, right.id, member.account_id, "rain", [], now)
        done = years.cancel(session, settings, member, now + 6 * DAY)
        assert (done.voided, done.refund_cents) == (52, 50000)
        voided = station_account(session, AccountKind.VOIDED)
        assert set(session.scalars(sa.select(Right.account_id))) == {voided}
        assert rights.open_request(session, right.id) is None
        assert session.get_one(Person, member.id).account.kind == AccountKind.BUYER
        assert "R500.00" in newest_letter(session, member).body


def test_what_was_given_away_or_has_closed_is_neither_voided_nor_refunded(
    database, settings, now, member, peter
):
    with database.writing() as session:
        first, second, *_ = held(session, member.account_id)
        given = gifts.give(session, settings, [second.id], member.account_id, peter.email, now)
        gifts.accept(session, settings, given.offer.id, peter, now)
        week = msgspec.structs.replace(settings.week, uploads_close_hours=11 * 24)
        early = msgspec.structs.replace(settings, week=week)
        done = years.cancel(session, early, member, now + DAY)
        # W49 has closed, eleven days before it begins; the right of W50 was given away.
        assert (done.voided, done.refund_cents) == (50, 48077)
        assert session.get_one(Right, first.id).account_id == member.account_id
        assert session.get_one(Right, second.id).account_id == peter.account_id


def test_open_offers_are_taken_back_before_the_weeks_are_voided(
    database, settings, now, member, peter
):
    with database.writing() as session:
        ids = [right.id for right in held(session, member.account_id)]
        gifts.give(session, settings, ids[:2], member.account_id, peter.email, now)
        sales.sell(session, settings, ids[2:5], member.account_id, 9000, now)
        assert years.cancel(session, settings, member, now).voided == 52
        assert offers.offers_from(session, member.account_id) == []


def test_nobody_steps_back_while_a_sale_of_theirs_is_under_way(
    database, settings, now, member, peter
):
    with database.writing() as session:
        ids = [right.id for right in held(session, member.account_id)]
        sale = sales.sell(session, settings, ids[:1], member.account_id, 9000, now)
        sales.reserve(session, settings, sale.id, peter, now)
    with pytest.raises(Refusal, match="sale of yours"), database.writing() as session:
        years.cancel(session, settings, member, now)
    with database.reading() as session:
        assert years.current(session, member.id) is not None


def test_stepping_back_is_possible_in_the_first_days_only_and_once(database, settings, now, member):
    with pytest.raises(Refusal, match="28 November 2026"), database.writing() as session:
        years.cancel(session, settings, member, now + 7 * DAY)
    with database.writing() as session:
        years.cancel(session, settings, member, now)
        with pytest.raises(Refusal, match="no membership"):
            years.cancel(session, settings, member, now)


def test_who_steps_back_can_come_again_and_step_back_again(database, settings, now, member):
    with database.writing() as session:
        years.cancel(session, settings, member, now)
        application = applications.apply(session, settings, member, SAID, None, now + DAY)
        fees.confirm(session, settings, application.invoice.reference, now + DAY)
        assert years.cancel(session, settings, member, now + DAY).refund_cents == 50000
        assert sum(entry.cents for entry in session.scalars(sa.select(MoneyEntry))) == 4 * 50000


def test_who_steps_back_from_a_renewal_keeps_the_rest_of_the_year_before(
    database, settings, member, tend
):
    tend(start_of(settings, "2027-W40"))
    paid_at = start_of(settings, "2027-W42")
    with database.writing() as session:
        fees.confirm(session, settings, renewal(session, member).reference, paid_at)
        done = years.cancel(session, settings, member, paid_at + DAY)
        assert (done.voided, done.refund_cents) == (52, 50000)
        year = years.current(session, member.id)
        assert (year.first_week, year.last_week) == ("2026-W49", "2027-W47")
        assert session.get_one(Person, member.id).account.kind == AccountKind.MEMBER
    # They are not asked again, and leave at the year's end.
    assert tend(paid_at + 2 * DAY) == 0
    assert tend(start_of(settings, "2027-W48")) == 1


def test_a_year_of_a_member_file_has_no_fee_to_refund(database, settings, now, peter):
    with database.writing() as session:
        assert years.cancel(session, settings, peter, now + DAY).refund_cents == 0
        states = session.scalars(sa.select(Membership.state)).all()
        assert MembershipState.CANCELLED in states
