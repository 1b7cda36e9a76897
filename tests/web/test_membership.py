"""The membership page: paying, receipts, inviting, stepping back."""

import re
from datetime import timedelta

import pytest

from station.books import verify
from station.ledger import held
from station.membership import applications, fees, years
from station.membership.invoices import ask
from tests.web.seed_membership import MEMBERSHIP

REFERENCE = re.compile(r"RF\d\dMW\d{7}")


@pytest.fixture
def settings(make_settings):
    return make_settings(MEMBERSHIP)


@pytest.fixture
def newcomer(joined, signed_in):
    visitor = signed_in(joined.newcomer)
    visitor.open("/membership/")
    return visitor


def test_who_is_to_pay_reads_how_and_until_when(joined, signed_in):
    payable = signed_in(joined.payable)
    payable.open("/membership/")
    for said in (
        "There is a place for you.",
        "We keep it until Thursday 3 December, 12:00.",
        "R65.22 of it is VAT",
        "Branch 250655",
    ):
        assert said in payable.page
    assert REFERENCE.search(payable.page)
    payable.open("/member/")
    assert "<h1>There is a place for you.</h1>" in payable.page
    assert '<a href="/membership/">To my membership</a>' in payable.page


def test_an_application_is_withdrawn_once(joined, signed_in, database):
    payable = signed_in(joined.payable)
    payable.open("/membership/")
    hidden = payable.forms["/membership/withdrawal"]
    for _ in range(2):
        answer = payable.client.post("/membership/withdrawal", data=hidden)
        assert answer.status_code == 303
    payable.open("/membership/")
    assert "You withdrew your application." in payable.page
    with database.reading() as session:
        assert applications.current(session, joined.payable.id) is None


def test_who_was_declined_or_came_too_late_reads_why(joined, signed_in, database, now):
    with database.writing() as session:
        asked = applications.current(session, joined.waiting.id)
        applications.decline(session, asked.id, "We know you too little yet.", now)
    waiting = signed_in(joined.waiting)
    waiting.open("/membership/")
    assert "We can't make you a member now." in waiting.page
    assert "We know you too little yet." in waiting.page


def test_a_new_member_has_a_receipt_with_its_tax(newcomer, joined, signed_in):
    assert "You are a member until 28 November 2027." in newcomer.page
    path = f"/membership/receipts/{joined.reference}"
    assert path in newcomer.page
    newcomer.open(path)
    for said in ("VAT number 4123456789", "R434.78", "R65.22", "R500.00", "21 November 2026"):
        assert said in newcomer.page
    waiting = signed_in(joined.waiting)
    assert waiting.open(path).status_code == 404


def test_a_receipt_that_is_none_is_not_there(newcomer, joined, signed_in, database):
    assert newcomer.open("/membership/receipts/RF00").status_code == 404
    with database.reading() as session:
        due = next(one for one in fees.due(session) if one.person_id == joined.payable.id)
    payable = signed_in(joined.payable)
    assert payable.open(f"/membership/receipts/{due.reference}").status_code == 409


def test_stepping_back_says_first_what_it_would_do(newcomer, joined, database):
    newcomer.open("/membership/cancellation")
    assert "You give 52 weeks of airtime back, and R500 of your fee come back" in newcomer.page
    with database.reading() as session:
        assert years.current(session, joined.newcomer.id) is not None
        assert len(held(session, joined.newcomer.account_id)) == 52
    newcomer.send("/membership/cancellation")
    assert "Your membership is cancelled: 52 weeks given back, R500 come back" in newcomer.page
    assert "You are no longer a member." in newcomer.page
    with database.reading() as session:
        assert held(session, joined.newcomer.account_id) == []
        assert [one.reference for one in fees.refunds_due(session)][-1] == joined.reference
        assert verify(session) == []


def test_after_a_week_nobody_steps_back(newcomer, clock):
    clock.now += timedelta(days=8)
    newcomer.open("/membership/")
    assert "cancel my membership" not in newcomer.page
    answer = newcomer.open("/membership/cancellation")
    assert answer.status_code == 409
    assert "Not done." in newcomer.page


def test_a_member_invites_a_friend_and_ends_it(newcomer, nobody):
    newcomer.send("/membership/invitations")
    assert "Send this link to your friend." in newcomer.page
    link = re.search(r'value="(http\S+/join/\S+)"', newcomer.page)[1]
    assert "https://wa.me/?text=" in newcomer.page
    path = link.partition("8700")[2]
    nobody.open(path)
    assert "Palesa Ndlovu invites you." in nobody.page
    newcomer.open("/membership/")
    (end,) = [action for action in newcomer.forms if action.endswith("/end")]
    newcomer.send(end)
    assert "That invitation works no more." in newcomer.page
    assert nobody.open(path).status_code == 410
    newcomer.open("/membership/invitation")
    assert "There is no link to show." in newcomer.page


def test_the_invitations_that_run_are_not_without_number(newcomer, database, now, settings):
    most = settings.membership.invitations_per_member
    hidden = newcomer.forms["/membership/invitations"]
    for number in range(most):
        newcomer.client.post("/membership/invitations", data={**hidden, "key": str(number)})
    answer = newcomer.client.post("/membership/invitations", data={**hidden, "key": "more"})
    assert answer.status_code == 409
    newcomer.open("/membership/")
    assert "/membership/invitations" not in newcomer.forms
    assert "You have as many invitations running as can be." in newcomer.page


def test_a_link_that_was_pressed_twice_is_made_once(newcomer):
    hidden = newcomer.forms["/membership/invitations"]
    for _ in range(2):
        newcomer.client.post("/membership/invitations", data=hidden)
    newcomer.open("/membership/")
    assert len([action for action in newcomer.forms if action.endswith("/end")]) == 1


def test_nobody_ends_anothers_invitation(newcomer, joined, signed_in, seeded, database):
    newcomer.send("/membership/invitations")
    newcomer.open("/membership/")
    (end,) = [action for action in newcomer.forms if action.endswith("/end")]
    other = signed_in(seeded.members[1])
    other.open("/membership/")
    hidden = next(iter(other.forms.values()))
    answer = other.client.post(end, data=hidden)
    assert "There is no such invitation of yours." in answer.text
    assert answer.status_code == 403


def test_a_renewal_is_asked_for_with_its_reference(joined, signed_in, database, settings, now):
    member = joined.newcomer
    with database.writing() as session:
        year = years.current(session, member.id)
        year.renewal_invoice_id = ask(session, settings, member, now + timedelta(days=14), now).id
    visitor = signed_in(member)
    visitor.open("/membership/")
    assert "Pay R500 before Saturday 5 December, 12:00 to stay for another year." in visitor.page
    assert "How to pay" in visitor.page
