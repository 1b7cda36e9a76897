import re
from datetime import timedelta

import msgspec
import pytest
import sqlalchemy as sa

from station import tokens, trail
from station.letters import Letter
from station.market import gifts
from station.market.offers import Offer
from station.members import Person
from station.messages import Message
from station.signin import PROOF_LASTS, SignedIn
from tests.web.visitor import Visitor
from web.app import create_app
from web.member.giving import DAY

STEP = "One more step"


def newest_code(database):
    """The digits in the newest letter that holds a code."""
    with database.reading() as session:
        for body in session.scalars(sa.select(Letter.body).order_by(Letter.id.desc())):
            if found := re.search(r"^(\d{3} \d{3})$", body, re.MULTILINE):
                return found[1]
    return ""


def offers_in(database):
    with database.reading() as session:
        return session.query(Offer).count()


@pytest.fixture
def later(sender, clock):
    """A member whose last proof is too old."""
    clock.now += PROOF_LASTS
    sender.open("/member/")
    return sender


def test_a_sale_long_after_signing_in_waits_for_a_code_and_loses_nothing(later, right, database):
    path = f"/member/rights/{right.id}/sale"
    answer = later.send(path, price="99.50")
    assert answer.status_code == 403
    assert STEP in answer.text
    assert offers_in(database) == 0
    assert later.forms[path]["price"] == "99.50"
    answer = later.send(path, proof_code=newest_code(database))
    assert "For sale at R99.50" in answer.text
    assert offers_in(database) == 1


def test_a_wrong_code_sells_nothing_and_may_be_typed_again(later, right, database):
    path = f"/member/rights/{right.id}/sale"
    later.send(path, price="20")
    code = newest_code(database)
    answer = later.send(path, proof_code="000 000" if code != "000 000" else "111 111")
    assert "This code is wrong or too old." in answer.text
    assert offers_in(database) == 0
    later.send(path, proof_code=code)
    assert offers_in(database) == 1


def test_one_code_is_enough_for_a_quarter_of_an_hour(later, right, database, clock):
    path = f"/member/rights/{right.id}/sale"
    later.send(path, price="20")
    later.send(path, proof_code=newest_code(database))
    clock.now += timedelta(minutes=14)
    assert later.open("/member/details/").status_code == 200
    assert STEP not in later.send("/member/details/", **DETAILS).text


def test_several_weeks_are_given_only_with_a_fresh_proof(later, right, database, admit_member):
    admit_member("Sipho")
    later.open(f"/member/bulk/chosen?right={right.id}")
    (path,) = [action for action in later.forms if "gift" in action]
    answer = later.send(path, email="sipho@example.org", right=right.id)
    assert STEP in answer.text
    answer = later.send(path, proof_code=newest_code(database))
    assert "Offered to sipho@example.org" in answer.text
    assert offers_in(database) == 1


@pytest.mark.parametrize(
    ("way", "typed"),
    [("gift", {"email": "sipho@example.org"}), ("link", {"friend": "Rudo"})],
)
def test_the_third_gift_of_a_day_needs_a_fresh_proof(
    way, typed, right_of, signed_in, database, admit_member, clock
):
    admit_member("Sipho")
    lindiwe = admit_member("Lindiwe", weeks=6)
    later = signed_in(lindiwe)
    clock.now += PROOF_LASTS
    weeks = ("2026-W49", "2026-W50", "2026-W51")
    paths = [f"/member/rights/{right_of(lindiwe, week).id}/{way}" for week in weeks]
    later.open("/member/")
    hidden = later.forms[paths[0]]
    forms = {path: {**hidden, "key": path} for path in paths}
    for path in (*paths[:2], paths[1]):
        later.forms = forms
        assert STEP not in later.send(path, **typed).text
    later.forms = forms
    assert STEP in later.send(paths[2], **typed).text
    assert offers_in(database) == 2
    later.send(paths[2], proof_code=newest_code(database))
    assert offers_in(database) == 3
    clock.now += timedelta(days=1)
    with database.reading() as session:
        assert gifts.given_since(session, lindiwe.account_id, clock.now - DAY) == 0


DETAILS = {
    "name": "Thandi Mokoena",
    "place": "Gugulethu",
    "language": "en",
    "email": "thandi@example.org",
    "phone": "+27 82 123 4567",
}


def test_a_new_address_counts_once_the_code_sent_there_is_typed(later, thandi, database):
    later.open("/member/details/")
    later.send("/member/details/", **DETAILS | {"email": "new@example.org"})
    later.send("/member/details/", proof_code=newest_code(database))
    assert "We sent a code to new@example.org." in later.page
    assert 'value="thandi@example.org"' in later.page
    answer = later.send("/member/details/email", code="000000")
    assert "This code is wrong" in answer.text
    later.send("/member/details/email", code=newest_code(database))
    assert "From now on we reach you at new@example.org." in later.page
    with database.reading() as session:
        told = session.scalars(sa.select(Letter).order_by(Letter.id.desc())).first()
    assert (told.to_email, told.subject) == ("thandi@example.org", "Your address was changed")


def test_an_address_of_somebody_else_never_becomes_mine(sender, database, admit_member):
    admit_member("Sipho")
    sender.open("/member/details/")
    sender.send("/member/details/", **DETAILS | {"email": "sipho@example.org"})
    answer = sender.send("/member/details/email", code=newest_code(database))
    assert "sipho@example.org belongs to somebody here already." in answer.text


def test_what_was_typed_wrong_is_still_there(sender):
    sender.open("/member/details/")
    answer = sender.send("/member/details/", **DETAILS | {"phone": "082 123", "place": "Langa"})
    assert "“082 123” is no phone number with its country." in answer.text
    assert 'value="Langa"' in answer.text


def test_a_person_sees_where_they_are_signed_in_and_ends_it(app, thandi, link_of, signed_in):
    here, stolen = signed_in(thandi), Visitor(app.test_client())
    stolen.client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Linux; Android 10; K) Chrome/120.0.0.0 Mobile Safari/537.36"
    )
    stolen.enter(link_of(thandi))
    here.open("/member/security/")
    assert "Chrome, Android" in here.page
    (path,) = [action for action in here.forms if re.search("sessions/.+/end", action)]
    here.send(path)
    assert "1 browser is signed out." in here.page
    assert stolen.open("/member/").request.path == "/signin"
    assert here.open("/member/").request.path == "/member/"


def test_nobody_ends_a_session_of_somebody_else(thandi, signed_in, admit_member, database):
    mine, other = signed_in(thandi), admit_member("Sipho")
    sipho = signed_in(other)
    with database.reading() as session:
        theirs = session.scalars(
            sa.select(SignedIn.token_hash).where(SignedIn.person_id == other.id)
        ).one()
    mine.open("/member/security/")
    token = next(iter(mine.forms.values()))["csrf_token"]
    mine.client.post(f"/member/security/sessions/{theirs}/end", data={"csrf_token": token})
    assert sipho.open("/member/").request.path == "/member/"


def test_operators_sign_a_person_out_everywhere(seeded, signed_in):
    member, operator = signed_in(seeded.members[0]), signed_in(seeded.operator)
    page = f"/desk/members/{seeded.members[0].id}"
    operator.open(page)
    assert "Signed in with 1 browser." in operator.page
    operator.send(f"{page}/sessions/end")
    assert member.open("/member/").request.path == "/signin"


def test_an_operator_who_is_signed_out_everywhere_has_no_token_left(
    seeded, signed_in, database, now
):
    operator, page = signed_in(seeded.operator), f"/desk/members/{seeded.operator.id}"
    with database.writing() as session:
        tokens.make(session, seeded.operator, "The lamp", "act", now)
    operator.open(page)
    assert "1 token of theirs works." in operator.page
    operator.send(f"{page}/sessions/end")
    with database.reading() as session:
        assert tokens.working(session) == []
        (done,) = trail.newest(session, trail.Wanted())
    assert done.deed.said.endswith("1 token of theirs works no more.")


def test_the_proof_comes_to_the_phone_of_whoever_asks_for_it_there(
    settings, database, clock, thandi, right, link_of
):
    ways = msgspec.structs.replace(settings.messages, sms="https://gateway.example/send")
    app = create_app(msgspec.structs.replace(settings, messages=ways), database, clock)
    with database.writing() as session:
        person = session.get_one(Person, thandi.id)
        person.phone, person.phone_proven = "+27821234567", True
    visitor, path = Visitor(app.test_client()), f"/member/rights/{right.id}/sale"
    visitor.enter(link_of(thandi))
    clock.now += PROOF_LASTS
    visitor.send(path, price="150")
    visitor.send(path, proof_way="phone")
    with database.reading() as session:
        code = session.scalars(sa.select(Message.body)).one()[:7]
    assert "For sale at R150" in visitor.send(path, proof_code=code).text
