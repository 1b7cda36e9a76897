"""The desk's pages for members, disputes and causes."""

import pytest

from station.causes import listed, waiting
from station.ledger import held
from station.market import offers
from station.membership import applications
from tests.web.seed_membership import MEMBERSHIP


@pytest.fixture
def settings(make_settings):
    return make_settings(MEMBERSHIP)


@pytest.fixture
def operator(joined, seeded, signed_in):
    return signed_in(seeded.operator)


def test_the_desk_says_how_full_the_station_is_and_who_applies(operator):
    operator.open("/desk/members/")
    assert "14 of 15 places are taken." in operator.page
    assert "invited by Thandi Mokoena" in operator.page
    order = [operator.page.index(name) for name in ("Karabo", "Dineo", "Tariro")]
    assert order == sorted(order)
    assert "I teach mathematics" in operator.page


def decline_form(operator, database, joined):
    with database.reading() as session:
        asked = applications.current(session, joined.waiting.id)
    return f"/desk/members/applications/{asked.id}/declining"


def test_an_application_is_declined_with_a_reason(operator, joined, database):
    operator.open("/desk/members/")
    action = decline_form(operator, database, joined)
    assert operator.send(action, reason=" ").status_code == 422
    assert "Please fill in the reason." in operator.page
    assert "<details open>" in operator.page
    operator.send(action, reason="We know you too little yet.")
    assert "Dineo Maseko is told that it is not possible now." in operator.page
    with database.reading() as session:
        assert applications.current(session, joined.waiting.id) is None


def test_people_are_found_by_a_part_of_their_name_or_address(operator):
    operator.open("/desk/members/?q=PALESA%20ndl")
    assert "1 person" in operator.page
    operator.open("/desk/members/?q=a@example.org")
    assert "palesa@example.org" not in operator.page.partition('id="people-title"')[0]
    operator.open("/desk/members/?q=%25")
    assert "0 people" in operator.page


def test_a_persons_page_has_their_year_and_invoices(operator, joined):
    operator.open(f"/desk/members/{joined.newcomer.id}")
    year = "30 November 2026 to 28 November 2027"
    for said in ("Member. They hold 52 rights.", year, "admitted"):
        assert said in operator.page
    assert joined.reference in operator.page
    operator.open(f"/membership/receipts/{joined.reference}")
    assert "Palesa Ndlovu" in operator.page
    operator.open(f"/desk/members/{joined.newcomer.id}/statement")
    assert "Statement of Palesa Ndlovu" in operator.page
    assert operator.open("/desk/members/999").status_code == 404


def test_operators_invite_many_with_one_link(operator):
    for uses in ("0", "-1", "1001", "many", "²"):
        operator.open("/desk/members/")
        answer = operator.send("/desk/members/invitations", uses=uses)
        assert answer.status_code == 422
        assert "An invitation of yours can work 1 to 1000 times." in operator.page
    operator.send("/desk/members/invitations", uses="40")
    assert "It works 40 times" in operator.page


def the_dispute(database):
    with database.reading() as session:
        (offer,) = offers.disputes(session)
        return offer


@pytest.mark.parametrize(("side", "winner"), [("buyer", 2), ("seller", 6)])
def test_a_dispute_is_decided_once(side, winner, operator, seeded, database):
    offer = the_dispute(database)
    operator.open("/desk/disputes/")
    for said in ("One payment is disputed.", "R150", "lerato@example.org", "naledi@example.org"):
        assert said in operator.page
    assert "the proof of payment is in my mail" in operator.page
    action = f"/desk/disputes/{offer.id}/to-{side}"
    hidden = operator.forms[action]
    for _ in range(2):
        assert operator.client.post(action, data=hidden).status_code == 303
    operator.open("/desk/disputes/")
    assert f"the airtime of {offer.reference} is the {side}'s." in operator.page
    assert "No payment is disputed." in operator.page
    with database.reading() as session:
        mine = held(session, seeded.members[winner].account_id)
        assert {right.id for right in offer.rights} <= {right.id for right in mine}
    answer = operator.client.post(action, data={**hidden, "key": "again"})
    assert answer.status_code == 409
    assert "This offer is over" in answer.text


def test_causes_are_listed_declined_and_added(operator, database):
    operator.open("/desk/causes/")
    assert "One cause waits for your answer." in operator.page
    with database.reading() as session:
        (asked,) = waiting(session)
    operator.send(f"/desk/causes/{asked.id}/listing")
    assert "“everybody who waits for rain” is on the list." in operator.page
    operator.send("/desk/causes/", cause=" our  teachers ")
    assert "“our teachers” is on the list." in operator.page
    answer = operator.send("/desk/causes/", cause="Our Grandmothers")
    assert answer.status_code == 409
    assert 'value="Our Grandmothers"' in operator.page
    operator.send(f"/desk/causes/{asked.id}/declining")
    with database.reading() as session:
        words = [cause.words for cause in listed(session)]
    assert words == ["our grandmothers", "our teachers", "the miners of Marikana"]
