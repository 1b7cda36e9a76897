"""A sale from the market to its end, on both sides' pages."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from station.books import verify
from station.closing import close_weeks
from station.ledger import held
from station.market import sales
from station.market.offers import Offer, OfferState
from station.members import AccountKind, Applicant, admit
from tests.web.uploads import WEEK


@pytest.fixture
def seller(sender, right):
    sender.send(f"/member/rights/{right.id}/sale", price="150")
    return sender


@pytest.fixture
def offer(seller, database):
    with database.reading() as session:
        return session.scalars(sa.select(Offer).order_by(Offer.id)).first()


@pytest.fixture
def someone(database, now):
    """Somebody who is no member."""
    with database.writing() as session:
        return admit(session, Applicant("Bongi", "bongi@example.org"), now, AccountKind.BUYER)


@pytest.fixture
def buyer(offer, someone, signed_in):
    """They reserved the offer."""
    visitor = signed_in(someone)
    visitor.open("/market/")
    visitor.send(f"/market/offers/{offer.id}/buy")
    return visitor


@pytest.fixture
def paid(buyer, offer):
    buyer.send(f"/member/offers/{offer.id}/paid")
    return buyer


@pytest.fixture
def disputed(paid, seller, offer):
    seller.open("/member/")
    seller.send(f"/member/offers/{offer.id}/dispute", why="No R150 on my account.")
    return seller


def state(database):
    with database.reading() as session:
        assert verify(session) == []
        return session.scalars(sa.select(Offer.state)).one()


def test_who_is_no_member_reserves_and_reads_how_to_pay(buyer, database):
    assert state(database) == OfferState.RESERVED
    assert "Pay <b>R150</b> to Thandi" in buyer.page
    assert "If you do not, the reservation ends then and the minutes go back." in buyer.page
    buyer.open("/market/")
    assert "You have reserved one offer." in buyer.page


def test_a_buyer_steps_back(buyer, offer, thandi, database):
    buyer.send(f"/member/offers/{offer.id}/release")
    assert "No longer reserved" in buyer.page
    assert state(database) == OfferState.RETURNED


def test_a_sale_is_paid_and_received(paid, seller, offer, someone, database):
    assert "has until Tuesday 24 November, 12:00 to say that it came" in paid.page
    assert f"/member/offers/{offer.id}/release" not in paid.forms
    seller.open("/member/")
    assert "says that <b>R150</b>" in seller.page
    seller.send(f"/member/offers/{offer.id}/received")
    with database.reading() as session:
        assert len(held(session, someone.account_id, WEEK)) == 1
    paid.open("/member/")
    assert "Send your five minutes before" in paid.page


def test_money_that_did_not_come_is_disputed_in_words(disputed, paid, database):
    assert state(database) == OfferState.DISPUTED
    paid.open("/member/")
    for visitor in (disputed, paid):
        assert "“No R150 on my account.”" in visitor.page
        assert "operators ask you and" in visitor.page


def test_a_seller_ends_a_dispute_when_the_money_came_after_all(disputed, offer, database):
    disputed.send(f"/member/offers/{offer.id}/received")
    assert state(database) == OfferState.ACCEPTED


def test_a_buyer_asks_the_operators(paid, offer, database):
    paid.send(f"/member/offers/{offer.id}/dispute", why="Thandi does not answer.")
    assert state(database) == OfferState.DISPUTED


@pytest.mark.parametrize("why", ["", "x" * 5000])
def test_a_dispute_needs_words_that_fit(why, paid, offer, database):
    assert paid.send(f"/member/offers/{offer.id}/dispute", why=why).status_code == 422
    assert f'value="{why}"' in paid.page
    assert state(database) == OfferState.PAID


def test_nobody_disputes_or_pays_for_others(paid, offer, admit_member, signed_in, database):
    stranger = signed_in(admit_member("Rudo"))
    form = {**next(iter(stranger.forms.values())), "why": "Mine!"}
    for verb in ("paid", "release", "received", "dispute"):
        answer = stranger.client.post(f"/member/offers/{offer.id}/{verb}", data=form)
        assert answer.status_code == 403, verb
    assert state(database) == OfferState.PAID


def test_paying_with_one_form_twice_acts_once(buyer, offer, database):
    action = f"/member/offers/{offer.id}/paid"
    form = buyer.forms[action]
    assert [buyer.client.post(action, data=form).status_code for _ in "12"] == [303, 303]
    assert state(database) == OfferState.PAID


def test_paying_too_late_is_refused(buyer, offer, clock, database):
    clock.now += timedelta(days=3)
    answer = buyer.send(f"/member/offers/{offer.id}/paid")
    assert answer.status_code == 409
    assert "This offer is over" in buyer.page


def test_nobody_looks_at_a_reservation_that_ran_out(buyer, database, settings, clock):
    clock.now += timedelta(days=3)
    with database.writing() as session:
        close_weeks(session, settings, clock.now)
    buyer.open("/member/")
    assert "Pay <b>" not in buyer.page


@pytest.fixture
def bundle(admit_member, database, settings, now):
    """Four weeks together from somebody else."""
    rudo = admit_member("Rudo", weeks=6)
    with database.writing() as session:
        ids = [right.id for right in held(session, rudo.account_id)][2:]
        return sales.sell(session, settings, ids, rudo.account_id, 400_00, now)


def test_many_weeks_together_have_one_price(buyer, bundle):
    buyer.open("/market/")
    assert "Five minutes in each of 4 weeks, 30 November to 27 December" in buyer.page
    assert "about R100 each" in buyer.page
    assert "30 November to 6 December; 7 to 13 December;" in buyer.page


@pytest.mark.usefixtures("offer")
@pytest.mark.parametrize(("week", "count"), [("", 2), (WEEK, 2), ("2026-W52", 1), ("2027-W01", 0)])
def test_the_market_is_filtered_by_week(week, count, bundle, someone, signed_in):
    visitor = signed_in(someone)
    assert visitor.open(f"/market/?week={week}").status_code == 200
    assert sum(action.endswith("/buy") for action in visitor.forms) == count


def test_a_week_that_is_none_is_refused_on_the_market(sender):
    assert sender.open("/market/?week=soon").status_code == 404
    assert "“soon” is not a week." in sender.page
