"""Joining, as somebody new, as somebody known, invited or not."""

import re

import msgspec
import pytest
import sqlalchemy as sa

from station.letters import Letter
from station.members import AccountKind, Applicant, Person, admit, with_email
from station.membership import applications, invitations
from station.sections import MembershipSection
from tests.web.seed_membership import MEMBERSHIP
from tests.web.visitor import Visitor
from web.app import create_app

SAID = "I am Nandi, a nurse from Durban, and would like to read letters from the night shift."


@pytest.fixture
def settings(make_settings):
    return make_settings(MEMBERSHIP)


@pytest.fixture
def invitation(database, settings, seeded, now):
    """Makes the path of an invitation by the first member."""

    def made():
        with database.writing() as session:
            _, token = invitations.invite(session, settings, seeded.members[0], 1, now)
        return f"/join/{token}"

    return made


def filled(**changes):
    form = {"name": "Nandi Zulu", "email": "nandi@example.org", "language": "xh"}
    return {**form, "introduction": SAID, **changes}


def letters_to(database, email):
    with database.reading() as session:
        query = sa.select(Letter).join(Person, Person.id == Letter.person_id)
        return list(session.scalars(query.where(Person.email == email).order_by(Letter.id)))


def applied(database, email="nandi@example.org"):
    with database.reading() as session:
        who = with_email(session, email)
        return None if who is None else applications.current(session, who.id)


@pytest.mark.usefixtures("seeded")
def test_who_is_new_applies_and_follows_the_link_in_the_mail(nobody, database):
    nobody.open("/join")
    assert "3 places are free." in nobody.page
    answer = nobody.send("/join", **filled(phone=" 082  555 0101", place="Durban"))
    assert answer.status_code == 200
    assert "Thank you. Look at your mail." in nobody.page
    (way_in,) = letters_to(database, "nandi@example.org")
    # Made-up addresses take no places: it counts from the moment the letter was answered.
    assert applied(database).state == "unproven"
    link = re.search(r"(/signin/\S+)", way_in.body)[1]
    nobody.open(link)
    nobody.send(link.partition("?")[0], after="/membership/")
    assert letters_to(database, "nandi@example.org")[-1].subject == "There is a place for you"
    assert "There is a place for you." in nobody.page
    assert "First National Bank, account 62 000 111 222" in nobody.page
    assert SAID in nobody.page
    with database.reading() as session:
        who = with_email(session, "nandi@example.org")
        assert (who.phone, who.place, who.language) == ("082 555 0101", "Durban", "xh")


def test_an_invitation_says_who_invites_and_works_once(nobody, invitation, database):
    path = invitation()
    nobody.open(path)
    assert "Thandi Mokoena invites you." in nobody.page
    nobody.send(path, **filled())
    assert applied(database).invitation_id is not None
    answer = nobody.open(path)
    assert answer.status_code == 410
    assert "This invitation has done its work." in nobody.page
    assert "join without an invitation" in nobody.page


def test_an_invitation_that_ended_while_the_form_lay_open_is_told_kindly(
    nobody, invitation, database, seeded, now
):
    path = invitation()
    nobody.open(path)
    with database.writing() as session:
        (running,) = invitations.running(session, seeded.members[0].id, now)
        invitations.end(session, running.id, seeded.members[0], now)
    for form in (filled(), filled(introduction="Hi")):
        nobody.forms = {path: nobody.forms.get(path) or form_of(nobody)}
        assert nobody.send(path, **form).status_code == 410
        assert "This invitation has done its work." in nobody.page
    assert applied(database) is None


def form_of(visitor):
    visitor.open("/join")
    return visitor.forms["/join"]


@pytest.mark.usefixtures("seeded")
def test_where_invitations_are_needed_nobody_applies_without_one(settings, database, clock, nobody):
    hidden = form_of(nobody)
    needed = MembershipSection(invitation_needed=True)
    strict = create_app(msgspec.structs.replace(settings, membership=needed), database, clock)
    cookie = nobody.client.get_cookie(strict.config["SESSION_COOKIE_NAME"])
    nobody.client = strict.test_client()
    nobody.client.set_cookie(cookie.key, cookie.value)
    nobody.open("/join")
    assert "Joining needs an invitation." in nobody.page
    assert "/join" not in nobody.forms
    for email in ("nandi@example.org", "thandi@example.org"):
        answer = nobody.client.post("/join", data={**hidden, **filled(email=email)})
        assert answer.status_code == 409
        assert "Joining needs an invitation. Ask a member for one." in answer.text
    nobody.open("/join/nonsense")
    assert "join without an invitation" not in nobody.page


@pytest.mark.usefixtures("seeded")
def test_nobody_learns_here_whose_address_is_known(nobody, database):
    answers = []
    for email in ("nandi@example.org", "Thandi@example.org", "nandi@example.org"):
        nobody.open("/join")
        answer = nobody.send("/join", follow=False, **filled(email=email))
        answers.append((answer.status_code, answer.location))
    assert answers == [(303, "/join/sent")] * 3
    # A known person gets a way in, and no second one soon after.
    assert [one.subject for one in letters_to(database, "thandi@example.org")][-1:] == [
        "Your way into Mweya"
    ]
    assert len(letters_to(database, "nandi@example.org")) == 1
    assert applied(database, "thandi@example.org") is None


@pytest.mark.usefixtures("seeded")
def test_neither_the_limit_nor_the_cookie_tells_whose_address_is_known(app, now, clock):
    clock.now = now.replace(minute=1)
    told = []
    for email in ("thandi@example.org", "zodwa@example.org"):
        visitor = Visitor(app.test_client())
        visitor.open("/join")
        visitor.send("/join", **filled(email=email))
        with visitor.client.session_transaction() as cookie:
            kept = sorted(cookie)
        for _ in range(5):
            visitor.open("/signin")
            visitor.send("/signin", email=email)
        visitor.open("/join")
        told.append((kept, visitor.send("/join", **filled(email=email)).status_code))
    assert told[0] == told[1]
    assert told[0][1] == 409


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Please fill in the name."),
        ({"email": "nandi"}, "“nandi” is not an email address."),
        ({"language": "klingon"}, "There is no language “klingon” in our list."),
        ({"phone": "0" * 201}, "The phone has 201 characters"),
        ({"introduction": "Hi"}, "Please say in 20 to 2000 characters who you are"),
    ],
)
def test_what_was_typed_is_kept_beside_what_is_wrong(changes, sentence, nobody, database):
    nobody.open("/join")
    form = filled(place="Durban", **changes)
    answer = nobody.send("/join", **form)
    assert answer.status_code == 422
    assert sentence in nobody.page
    assert 'value="Durban"' in nobody.page
    assert f">{form['introduction']}</textarea>" in nobody.page
    assert applied(database) is None


@pytest.mark.usefixtures("seeded")
def test_what_fills_in_the_hidden_field_is_not_a_person(nobody, database):
    nobody.open("/join")
    answer = nobody.send("/join", **filled(website="https://pills.example"))
    assert "Look at your mail." in nobody.page
    assert answer.status_code == 200
    assert applied(database) is None


@pytest.mark.usefixtures("seeded")
def test_who_is_signed_in_applies_as_themselves_once(signed_in, database, now):
    with database.writing() as session:
        friend = admit(session, Applicant("Lindiwe", "l@example.org"), now, AccountKind.BUYER)
    buyer = signed_in(friend)
    buyer.open("/membership/")
    assert "You are not a member." in buyer.page
    buyer.open("/join")
    assert "You apply as Lindiwe, l@example.org." in buyer.page
    hidden = buyer.forms["/join"]
    for _ in range(2):
        answer = buyer.client.post("/join", data={**hidden, "introduction": SAID})
        assert (answer.status_code, answer.location) == (303, "/membership/")
    buyer.open("/join")
    assert "There is a place for you." in buyer.page
    assert applied(database, "l@example.org").introduction == SAID


def test_a_member_is_told_that_they_are_one(seeded, signed_in):
    member = signed_in(seeded.members[0])
    member.open("/join")
    assert "You are a member already." in member.page
    assert "/join" not in member.forms


def test_when_all_places_are_taken_newcomers_wait_in_line(joined, nobody, signed_in):
    nobody.open("/join")
    assert "There is a waiting list." in nobody.page
    waiting = signed_in(joined.waiting)
    waiting.open("/membership/")
    assert "You are number 1 in line." in waiting.page
