from datetime import timedelta

import pytest
import sqlalchemy as sa

from station.books import verify
from station.ledger import held
from station.market.offers import Offer, OfferState
from station.rights import RequestKind, open_request

WEEK = "2026-W49"


@pytest.fixture
def people(admit_member):
    return admit_member("Thandi"), admit_member("Sipho")


@pytest.fixture
def thandi(people, signed_in):
    return signed_in(people[0])


@pytest.fixture
def sipho(people, signed_in):
    return signed_in(people[1])


@pytest.fixture
def right(people, right_of):
    return right_of(people[0], WEEK)


def the_offer(database):
    with database.reading() as session:
        return session.scalars(sa.select(Offer)).one()


def rights_held(database, person):
    with database.reading() as session:
        assert verify(session) == []
        return len(held(session, person.account_id, WEEK))


def test_five_minutes_are_dedicated_to_silence(thandi, right, database):
    thandi.send(f"/member/rights/{right.id}/silence", cause="George Floyd")
    assert "Your five minutes are dedicated to silence for George Floyd." in thandi.page
    assert "Silence for George Floyd." in thandi.page
    with database.reading() as session:
        request = open_request(session, right.id)
        assert request is not None
        assert (request.kind, request.cause) == (RequestKind.SILENCE, "George Floyd")


def test_a_silence_needs_a_cause(thandi, right):
    answer = thandi.send(f"/member/rights/{right.id}/silence", cause="")
    assert answer.status_code == 422
    assert "Please fill in the cause." in thandi.page


def test_a_gift_is_accepted(thandi, sipho, right, people, database):
    thandi.send(f"/member/rights/{right.id}/gift", email="sipho@example.org")
    assert "You give five minutes of the week of 30 November to Sipho" in thandi.page.replace(
        "<b>", ""
    )
    sipho.open("/member/")
    assert "Thandi</b> gives you five minutes" in sipho.page
    sipho.send(f"/member/offers/{the_offer(database).id}/accept")
    assert [rights_held(database, person) for person in people] == [0, 2]
    thandi.open("/member/statement")
    assert "Given to Sipho" in thandi.page


def test_a_gift_is_refused_and_returns(thandi, sipho, right, people, database):
    thandi.send(f"/member/rights/{right.id}/gift", email="sipho@example.org")
    sipho.open("/member/")
    sipho.send(f"/member/offers/{the_offer(database).id}/refuse")
    assert "Refused. It is back with its giver." in sipho.page
    assert [rights_held(database, person) for person in people] == [1, 1]


def test_a_gift_is_taken_back(thandi, right, people, database):
    thandi.send(f"/member/rights/{right.id}/gift", email="sipho@example.org")
    thandi.send(f"/member/offers/{the_offer(database).id}/withdraw")
    assert rights_held(database, people[0]) == 1


def test_a_gift_to_a_stranger_or_oneself_is_refused_in_words(thandi, right):
    for email, sentence in (
        ("who@example.org", "Nobody here has the address “who@example.org”."),
        ("thandi@example.org", "You hold these five minutes yourself."),
    ):
        answer = thandi.send(f"/member/rights/{right.id}/gift", email=email)
        assert answer.status_code == 422
        assert sentence in thandi.page
        assert f'value="{email}"' in thandi.page


def test_a_sale_goes_from_the_market_to_its_buyer(thandi, sipho, right, people, database):
    thandi.send(f"/member/rights/{right.id}/sale", price="R150,50")
    assert "For sale at R150.50: five minutes" in thandi.page
    sipho.open("/market/")
    offer_id = the_offer(database).id
    sipho.send(f"/market/offers/{offer_id}/buy")
    assert f"with the reference <b>MWEYA-{offer_id}</b>" in sipho.page
    assert "thandi@example.org" in sipho.page
    thandi.open("/member/")
    thandi.send(f"/member/offers/{offer_id}/received")
    assert [rights_held(database, person) for person in people] == [0, 2]


@pytest.fixture
def third(admit_member, signed_in):
    return signed_in(admit_member("Naledi"))


def test_what_is_reserved_is_not_sold_again(thandi, sipho, third, right, database):
    thandi.send(f"/member/rights/{right.id}/sale", price="150")
    action = f"/market/offers/{the_offer(database).id}/buy"
    for visitor in (sipho, third):
        visitor.open("/market/")
    assert sipho.send(action).status_code == 200
    answer = third.send(action)
    assert answer.status_code == 409
    assert "This offer is over: it was taken, withdrawn, or ran out." in third.page


def test_nobody_answers_for_somebody_else(thandi, third, right, database):
    thandi.send(f"/member/rights/{right.id}/gift", email="sipho@example.org")
    hidden = next(iter(third.forms.values()))
    for verb in ("accept", "refuse", "withdraw"):
        answer = third.client.post(f"/member/offers/{the_offer(database).id}/{verb}", data=hidden)
        assert answer.status_code == 403
        assert "There is no such offer for you." in answer.text
    assert the_offer(database).state == OfferState.OPEN


@pytest.mark.parametrize("price", ["", "free", "12.345", "-5", "1e3", "٣", "0", "1000001"])
def test_a_price_that_is_none_is_refused(price, thandi, right, database):
    answer = thandi.send(f"/member/rights/{right.id}/sale", price=price)
    assert answer.status_code == 422
    with database.reading() as session:
        assert session.scalars(sa.select(Offer)).all() == []


def test_your_own_offer_has_no_button_on_the_market(thandi, right):
    thandi.send(f"/member/rights/{right.id}/sale", price="150")
    thandi.open("/market/")
    assert "Your own offer" in thandi.page
    assert not any("buy" in action for action in thandi.forms)


def test_a_closed_week_is_not_given_away(thandi, right, clock):
    clock.now += timedelta(days=7)
    answer = thandi.send(f"/member/rights/{right.id}/gift", email="sipho@example.org")
    assert answer.status_code == 409
    assert "nothing in it can change any more" in thandi.page
