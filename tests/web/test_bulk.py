"""Many weeks at once: chosen, then given, sold or kept silent, all of them or none."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from station.books import verify
from station.ledger import held
from station.market import gifts
from station.market.offers import Offer
from station.rights import Request

TICKED = re.compile(r'name="right" value="(\d+)" checked')


@pytest.fixture
def thandi(admit_member):
    return admit_member("Thandi", weeks=12)


@pytest.fixture
def mine(database, thandi):
    """Her rights that can still move, by week."""
    with database.reading() as session:
        return {right.week: right for right in held(session, thandi.account_id)[2:]}


@pytest.fixture
def choose(sender):
    """Ticks weeks and goes on to what can be done with them."""

    def chosen(*rights):
        query = "&".join(f"right={right.id}" for right in rights)
        assert sender.open(f"/member/bulk/chosen?{query}").status_code == 200
        return [str(right.id) for right in rights]

    return chosen


def offers_in(database):
    with database.reading() as session:
        assert verify(session) == []
        return session.scalars(sa.select(Offer)).all()


@pytest.mark.parametrize(
    ("query", "weeks"),
    [
        ("", 0),
        ("every=1", 10),
        ("from=2026-W49&to=2026-W53&every=1", 5),
        ("from=2026-W49&to=2026-W53&every=2", 3),
        ("from=2026-W50&every=3", 3),
        ("every=no", 10),
    ],
)
def test_weeks_are_ticked_by_a_pattern(query, weeks, sender):
    sender.open(f"/member/bulk/?{query}")
    assert len(TICKED.findall(sender.page)) == weeks
    assert sender.page.count('name="right"') == 10


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?from=soon", "“soon” is not a week."),
        ("?from=2027-W40", "Please choose at least one week."),
        ("chosen", "Please choose at least one week."),
        ("chosen?right=x&right=99999999999999999999", "Please choose at least one week."),
    ],
)
def test_a_choice_that_is_none_is_refused(query, sentence, sender):
    assert sender.open(f"/member/bulk/{query}").status_code in (404, 422)
    assert sentence in sender.page


def test_who_holds_nothing_is_told_so(admit_member, signed_in):
    visitor = signed_in(admit_member("Rudo", weeks=1))
    assert visitor.open("/member/bulk/").status_code == 200
    assert "You hold no weeks that can be passed on." in visitor.page


def test_many_weeks_are_given_in_one_go(sender, mine, choose, admit_member, database):
    sipho = admit_member("Sipho", weeks=1)
    ids = choose(*mine.values())
    assert "Five minutes in each of 10 weeks, 30 November to 7 February 2027." in sender.page
    sender.send("/member/bulk/gift", email="sipho@example.org", right=ids)
    assert "Offered to sipho@example.org: five minutes in each of 10 weeks" in sender.page
    (offer,) = offers_in(database)
    assert (offer.receiver_id, len(offer.rights)) == (sipho.account_id, 10)


def test_many_weeks_are_given_by_one_link(sender, mine, choose, nobody, database):
    ids = choose(*mine.values())
    sender.send("/member/bulk/link", friend="Naledi", right=ids)
    path = "/gift/" + sender.page.split("/gift/")[1].split('"')[0]
    nobody.open(path)
    nobody.send(f"{path}/join", name="Naledi", email="naledi@example.org")
    assert "Yours: five minutes in each of 10 weeks" in nobody.page


def test_many_weeks_are_sold_together(sender, mine, choose, database):
    sender.send("/member/bulk/sale", price="500", right=choose(*mine.values()))
    (offer,) = offers_in(database)
    assert (offer.price_cents, len(offer.rights)) == (500_00, 10)


def test_many_weeks_are_kept_silent(sender, mine, choose, database):
    sender.send("/member/bulk/silence", cause="Marikana", right=choose(*mine.values()))
    assert "Silence for Marikana in ten weeks, the first in the week of 30 November." in sender.page
    with database.reading() as session:
        assert [one.cause for one in session.scalars(sa.select(Request))] == ["Marikana"] * 10


@pytest.mark.parametrize(
    ("verb", "typed", "sentence"),
    [
        ("gift", {"email": "who@example.org"}, "Nobody here has the address “who@example.org”."),
        ("link", {"friend": ""}, "Please fill in the name of your friend."),
        ("sale", {"price": "much"}, "“much” is not a number for the price."),
        ("silence", {"cause": ""}, "Please fill in the cause."),
    ],
)
def test_what_is_typed_wrong_is_kept_with_the_weeks(
    verb, typed, sentence, sender, mine, choose, database
):
    ids = choose(*mine.values())
    assert sender.send(f"/member/bulk/{verb}", right=ids, **typed).status_code == 422
    assert sentence in sender.page
    assert f'value="{next(iter(typed.values()))}"' in sender.page
    assert sender.page.count('name="right"') == 4 * len(ids)
    assert offers_in(database) == []


@pytest.mark.parametrize(
    ("verb", "typed"),
    [("sale", {"price": "500"}), ("link", {"friend": "Naledi"}), ("silence", {"cause": "Peace"})],
)
def test_one_week_that_has_gone_stops_all_and_is_named(
    verb, typed, sender, thandi, mine, choose, admit_member, database, settings, now
):
    admit_member("Sipho")
    ids = choose(*mine.values())
    gone = mine["2026-W50"]
    with database.writing() as session:
        gifts.give(session, settings, [gone.id], thandi.account_id, "sipho@example.org", now)
    answer = sender.send(f"/member/bulk/{verb}", right=ids, **typed)
    assert answer.status_code == 409
    assert "2026-W50/" in sender.page.split("Not done.")[1][:80]
    assert "in each of 9 weeks" in sender.page
    assert len(offers_in(database)) == 1


def test_a_week_that_has_closed_is_named(sender, mine, choose, clock, database):
    ids = choose(*mine.values())
    clock.now += timedelta(days=7)
    answer = sender.send("/member/bulk/silence", right=ids, cause="Marikana")
    assert answer.status_code == 409
    assert "Week 2026-W49 closed" in sender.page
    assert offers_in(database) == []


def test_other_peoples_weeks_are_not_sold(sender, admit_member, right_of, choose, mine, database):
    other = right_of(admit_member("Sipho"), "2026-W49")
    ids = [*choose(*mine.values()), str(other.id)]
    assert sender.send("/member/bulk/sale", right=ids, price="500").status_code == 409
    assert offers_in(database) == []


def test_selling_with_one_form_twice_acts_once(sender, mine, choose, database):
    form = {"right": choose(*mine.values()), "price": "5", **sender.forms["/member/bulk/sale"]}
    form["right"] = [str(right.id) for right in mine.values()]
    answers = [sender.client.post("/member/bulk/sale", data=form).status_code for _ in "12"]
    assert answers == [303, 303]
    assert len(offers_in(database)) == 1
