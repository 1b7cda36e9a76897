from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from station import books, rights, using
from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.ledger import Right, held
from station.market import deadlines, gifts, offers, sales
from station.members import AccountKind, station_account

WEEK = "2026-W50"


def holder_of(session, right_id):
    return session.get_one(Right, right_id, populate_existing=True).account_id


@pytest.fixture
def gift(database, settings, now, janet, peter, right_of):
    with database.writing() as session:
        right = right_of(janet, WEEK)
        return gifts.give(session, settings, [right.id], janet.account_id, peter.email, now).offer


@pytest.fixture
def listing(database, settings, now, janet, right_of):
    with database.writing() as session:
        right = right_of(janet, WEEK)
        return sales.sell(session, settings, [right.id], janet.account_id, 2500, now)


def test_an_offered_right_lies_in_escrow(database, gift):
    with database.reading() as session:
        assert holder_of(session, gift.rights[0].id) == station_account(session, AccountKind.ESCROW)


def test_an_accepted_gift_belongs_to_its_receiver(database, settings, now, gift, peter):
    with database.writing() as session:
        gifts.accept(session, settings, gift.id, peter, now)
        assert holder_of(session, gift.rights[0].id) == peter.account_id
        assert books.verify(session) == []


@pytest.mark.parametrize("verb", ["refuse", "withdraw"])
def test_a_gift_that_is_refused_or_withdrawn_returns_to_its_giver(
    database, settings, now, gift, janet, peter, verb
):
    with database.writing() as session:
        if verb == "refuse":
            gifts.refuse(session, settings, gift.id, peter, now)
        else:
            offers.withdraw(session, gift.id, janet, now)
        assert holder_of(session, gift.rights[0].id) == janet.account_id
        assert books.verify(session) == []


def test_a_gift_lapses_at_its_deadline(database, settings, now, gift, janet, peter):
    late = gift.deadline
    with database.writing() as session:
        assert deadlines.lapse(session, settings, late - timedelta(seconds=1)) == []
    with pytest.raises(Refusal, match="over"), database.writing() as session:
        gifts.accept(session, settings, gift.id, peter, late)
    with database.writing() as session:
        assert [offer.id for offer in deadlines.lapse(session, settings, late)] == [gift.id]
        assert holder_of(session, gift.rights[0].id) == janet.account_id


def test_only_the_receiver_answers_a_gift_and_only_the_giver_withdraws_it(
    database, settings, now, gift, janet, peter
):
    with database.writing() as session:
        for press in (
            lambda: gifts.accept(session, settings, gift.id, janet, now),
            lambda: gifts.refuse(session, settings, gift.id, janet, now),
            lambda: offers.withdraw(session, gift.id, peter, now),
        ):
            with pytest.raises(Refusal, match="no such offer"):
                press()


def test_an_offered_right_can_be_neither_used_nor_offered_again(
    database, settings, now, gift, janet, peter
):
    with database.writing() as session:
        with pytest.raises(Refusal, match="not in your hands"):
            sales.sell(session, settings, [gift.rights[0].id], janet.account_id, 100, now)
        with pytest.raises(Refusal, match="not in your hands"):
            using.dedicate(session, settings, gift.rights[0].id, janet.account_id, "rain", [], now)


def test_what_a_given_right_asked_for_is_withdrawn(database, settings, now, janet, peter, right_of):
    right = right_of(janet, WEEK)
    with database.writing() as session:
        using.dedicate(session, settings, right.id, janet.account_id, "rain", [], now)
        gifts.give(session, settings, [right.id], janet.account_id, peter.email, now)
        assert rights.open_request(session, right.id) is None


def test_a_gift_needs_a_receiver_who_is_somebody_else(database, settings, now, janet, right_of):
    right = right_of(janet, WEEK)
    with database.writing() as session:
        for email, sentence in (("nobody@example.org", "Nobody here"), (janet.email, "yourself")):
            with pytest.raises(WrongInput, match=sentence):
                gifts.give(session, settings, [right.id], janet.account_id, email, now)
        assert holder_of(session, right.id) == janet.account_id


def test_a_sale_settles_when_the_seller_has_the_money(
    database, settings, now, listing, janet, peter
):
    with database.writing() as session:
        sales.reserve(session, settings, listing.id, peter, now)
        assert holder_of(session, listing.rights[0].id) == station_account(
            session, AccountKind.ESCROW
        )
        sales.received(session, settings, listing.id, janet, now)
        assert holder_of(session, listing.rights[0].id) == peter.account_id
        assert offers.sold_rights(session, WEEK) == {listing.rights[0].id}
        assert books.verify(session) == []


def test_a_reserved_right_returns_when_nobody_paid_in_time(
    database, settings, now, listing, janet, peter
):
    with database.writing() as session:
        sales.reserve(session, settings, listing.id, peter, now)
        deadlines.lapse(session, settings, now + timedelta(days=settings.market.payment_days))
        assert holder_of(session, listing.rights[0].id) == janet.account_id


def test_the_buyer_cant_confirm_the_sellers_money(database, settings, now, listing, peter):
    with database.writing() as session:
        sales.reserve(session, settings, listing.id, peter, now)
        with pytest.raises(Refusal, match="no such offer"):
            sales.received(session, settings, listing.id, peter, now)


@pytest.mark.parametrize("price_cents", [0, -1, sales.HIGHEST_PRICE_CENTS + 1])
def test_a_price_must_make_sense(database, settings, now, janet, right_of, price_cents):
    with pytest.raises(WrongInput, match="price"), database.writing() as session:
        sales.sell(
            session, settings, [right_of(janet, WEEK).id], janet.account_id, price_cents, now
        )


def test_nobody_buys_their_own_offer(database, settings, now, listing, janet):
    with pytest.raises(Refusal, match="your own"), database.writing() as session:
        sales.reserve(session, settings, listing.id, janet, now)


def test_nothing_moves_once_the_week_has_closed(
    database, settings, now, gift, janet, peter, right_of
):
    closed = rights.cutoff(Week.parse(WEEK, settings.zone), settings)
    with pytest.raises(Refusal, match="over"), database.writing() as session:
        gifts.accept(session, settings, gift.id, peter, closed)
    with pytest.raises(Refusal, match="closed"), database.writing() as session:
        own = [right_of(peter, WEEK).id]
        gifts.give(session, settings, own, peter.account_id, janet.email, closed)


def test_however_many_press_buy_at_once_one_gets_it(database, settings, now, listing, admit_member):
    buyers = [admit_member(f"Buyer{n}") for n in range(12)]

    def press(buyer):
        try:
            with database.writing() as session:
                sales.reserve(session, settings, listing.id, buyer, now)
        except Refusal as refusal:
            return refusal.code
        return "bought"

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(press, buyers))
    assert sorted(answers) == ["bought", *["offer-ended"] * 11]


def test_accepting_and_withdrawing_at_once_does_one_of_them(
    database, settings, now, admit_member, right_of
):
    janet, peter = admit_member("Janet", weeks=12), admit_member("Peter")
    with database.writing() as session:
        given = [
            gifts.give(session, settings, [right.id], janet.account_id, peter.email, now).offer
            for right in held(session, janet.account_id)[3:]
        ]

    def press(job):
        verb, gift = job
        try:
            with database.writing() as session:
                if verb == "accept":
                    gifts.accept(session, settings, gift.id, peter, now)
                else:
                    offers.withdraw(session, gift.id, janet, now)
        except Refusal as refusal:
            return refusal.code
        return verb

    jobs = [(verb, gift) for gift in given for verb in ("accept", "withdraw")]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, jobs))
    assert answers.count("offer-ended") == len(given)
    with database.reading() as session:
        assert books.verify(session) == []
        ended = session.scalars(sa.select(offers.Offer.state)).all()
        assert set(ended) <= {"accepted", "withdrawn"}
