"""A sale goes from its listing to its settlement, or back, and never both."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from station import books, rights
from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.ledger import held
from station.letters import Letter
from station.market import deadlines, offers, sales
from station.market.limits import closes
from station.market.offers import Offer, OfferState
from station.members import AccountKind, station_account
from station.money import MoneyEntry, MoneyKind

WEEKS = ["2026-W49", "2026-W50"]


@pytest.fixture
def bundle(database, settings, now, janet, right_of):
    with database.writing() as session:
        ids = [right_of(janet, week).id for week in WEEKS]
        return sales.sell(session, settings, ids, janet.account_id, 40_000, now)


@pytest.fixture
def reserved(database, settings, now, bundle, peter):
    with database.writing() as session:
        return sales.reserve(session, settings, bundle.id, peter, now)


@pytest.fixture
def paid(database, settings, now, reserved, peter):
    with database.writing() as session:
        return sales.paid(session, settings, reserved.id, peter, now)


@pytest.fixture
def disputed(database, settings, now, paid, janet):
    with database.writing() as session:
        return sales.dispute(session, settings, paid.id, janet, "Nothing came.", now)


def state_of(session, offer):
    return session.get_one(Offer, offer.id, populate_existing=True).state


def weeks_of(session, person):
    return [right.week for right in held(session, person.account_id)]


def money(session):
    return session.scalars(sa.select(MoneyEntry)).all()


def test_several_weeks_are_sold_together(database, settings, now, paid, janet, peter):
    with database.writing() as session:
        sales.received(session, settings, paid.id, janet, now)
        assert weeks_of(session, janet) == ["2026-W47", "2026-W48"]
        assert [week for week in weeks_of(session, peter) if week in WEEKS] == sorted(WEEKS * 2)
        assert books.verify(session) == []


def test_a_settled_sale_stands_in_the_money_book_once(database, settings, now, paid, janet, peter):
    with database.writing() as session:
        sales.received(session, settings, paid.id, janet, now)
        (line,) = money(session)
        assert (line.kind, line.cents, line.currency) == (MoneyKind.SALE, 40_000, "ZAR")
        assert (line.account_id, line.other_account_id) == (peter.account_id, janet.account_id)
        assert line.reference == paid.reference
    with pytest.raises(Refusal, match="over"), database.writing() as session:
        sales.received(session, settings, paid.id, janet, now)
    with database.reading() as session:
        assert len(money(session)) == 1


def test_a_sale_without_payment_returns_at_its_deadline(
    database, settings, now, reserved, janet, peter
):
    with database.writing() as session:
        deadlines.lapse(session, settings, reserved.deadline)
        assert state_of(session, reserved) == OfferState.RETURNED
        assert len(weeks_of(session, janet)) == 4
        assert len(weeks_of(session, peter)) == 4
        assert money(session) == []


def test_a_payment_is_not_said_after_the_deadline(database, settings, reserved, peter):
    with pytest.raises(Refusal, match="over"), database.writing() as session:
        sales.paid(session, settings, reserved.id, peter, reserved.deadline)


def test_a_paid_sale_is_disputed_when_its_seller_says_nothing(database, settings, paid):
    with database.writing() as session:
        deadlines.lapse(session, settings, paid.deadline)
        (waiting,) = offers.disputes(session)
        assert (waiting.id, waiting.dispute) == (paid.id, deadlines.UNCONFIRMED)


def test_the_seller_may_still_confirm_a_disputed_sale(
    database, settings, now, disputed, janet, peter
):
    with database.writing() as session:
        sales.received(session, settings, disputed.id, janet, now)
        assert len(weeks_of(session, peter)) == 6


@pytest.mark.parametrize(("to_buyer", "with_peter", "lines"), [(True, 6, 1), (False, 4, 0)])
def test_an_operator_decides_a_dispute(
    database, settings, now, disputed, peter, to_buyer, with_peter, lines
):
    with database.writing() as session:
        sales.resolve(session, settings, disputed.id, now, to_buyer=to_buyer)
        assert len(weeks_of(session, peter)) == with_peter
        assert len(money(session)) == lines
        assert books.verify(session) == []
    with pytest.raises(Refusal, match="over"), database.writing() as session:
        sales.resolve(session, settings, disputed.id, now, to_buyer=not to_buyer)


def test_disputed_rights_run_out_when_their_week_closes(
    database, settings, now, disputed, janet, peter
):
    closed = closes(Week.parse("2026-W49", settings.zone), settings)
    with database.writing() as session:
        assert deadlines.expire_disputed(session, settings, closed) == 1
        assert deadlines.expire_disputed(session, settings, closed) == 0
        expired = station_account(session, AccountKind.EXPIRED)
        assert [right.week for right in held(session, expired)] == ["2026-W49"]
        sales.resolve(session, settings, disputed.id, closed, to_buyer=False)
        assert weeks_of(session, janet) == ["2026-W47", "2026-W48", "2026-W50"]
        assert books.verify(session) == []


def test_a_buyer_may_step_back_before_paying_and_not_after(
    database, settings, now, bundle, peter, janet
):
    with database.writing() as session:
        sales.reserve(session, settings, bundle.id, peter, now)
        sales.release_reservation(session, settings, bundle.id, peter, now)
        assert len(weeks_of(session, janet)) == 4
    with pytest.raises(Refusal, match="over"), database.writing() as session:
        sales.paid(session, settings, bundle.id, peter, now)


def test_only_the_two_sides_speak_about_a_sale(database, settings, now, paid, admit_member):
    stranger = admit_member("Stranger")
    with database.writing() as session:
        for press in (
            lambda: sales.dispute(session, settings, paid.id, stranger, "No.", now),
            lambda: sales.received(session, settings, paid.id, stranger, now),
            lambda: sales.paid(session, settings, paid.id, stranger, now),
            lambda: sales.release_reservation(session, settings, paid.id, stranger, now),
        ):
            with pytest.raises(Refusal, match="no such offer"):
                press()


def test_both_sides_are_written_to(database, settings, now, paid, janet, peter):
    with database.reading() as session:
        to = {
            person.name: [
                letter.body
                for letter in session.scalars(
                    sa.select(Letter).where(Letter.person_id == person.id).order_by(Letter.id)
                )
            ]
            for person in (janet, peter)
        }
    assert (
        "Peter reserved five minutes in each of 2 weeks, 30 November to 13 December"
        in to["Janet"][0]
    )
    assert "R400" in to["Janet"][1]
    assert (
        f"Pay R400 to Janet <janet@example.org> with the reference {paid.reference}"
        in (to["Peter"][0])
    )


def test_a_bundle_ends_when_its_first_week_closes(settings, bundle):
    assert bundle.deadline == rights.cutoff(Week.parse("2026-W49", settings.zone), settings)


def test_an_offer_of_nothing_is_refused(database, settings, now, janet):
    with pytest.raises(WrongInput, match="at least one week"), database.writing() as session:
        sales.sell(session, settings, [], janet.account_id, 100, now)


def test_a_bundle_with_one_foreign_right_moves_nothing(
    database, settings, now, janet, peter, right_of
):
    ids = [right_of(janet, WEEKS[0]).id, right_of(peter, WEEKS[0]).id]
    with pytest.raises(Refusal, match="not in your hands"), database.writing() as session:
        sales.sell(session, settings, ids, janet.account_id, 100, now)
    with database.reading() as session:
        assert len(weeks_of(session, janet)) == 4
        assert session.scalars(sa.select(Offer)).all() == []


def test_what_was_bought_cools_before_it_is_sold_again(database, settings, now, paid, janet, peter):
    with database.writing() as session:
        sales.received(session, settings, paid.id, janet, now)
        ids = [right.id for right in paid.rights]
    soon = now + timedelta(hours=settings.market.cooling_off_hours)
    with pytest.raises(Refusal, match="can be passed on from"), database.writing() as session:
        sales.sell(session, settings, ids, peter.account_id, 100, soon - timedelta(seconds=1))
    with database.writing() as session:
        sales.sell(session, settings, ids, peter.account_id, 100, soon)
