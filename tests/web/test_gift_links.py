"""A gift by link: made, sent on, opened, and taken or refused by a friend, once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from station.books import verify
from station.ledger import held
from station.letters import Letter
from station.market.offers import Offer, OfferState
from station.members import AccountKind, with_email
from tests.web.uploads import WEEK
from tests.web.visitor import Visitor
from web.app import create_app


@pytest.fixture
def giver(sender, right):
    sender.send(f"/member/rights/{right.id}/link", friend="Naledi")
    return sender


@pytest.fixture
def path(giver):
    """The link's path, as the giver's page shows it."""
    return "/gift/" + giver.page.split("/gift/")[1].split('"')[0]


def the_offer(database):
    with database.reading() as session:
        assert verify(session) == []
        return session.scalars(sa.select(Offer)).one()


def holds(database, email):
    with database.reading() as session:
        return len(held(session, with_email(session, email).account_id, WEEK))


def test_a_link_is_shown_to_copy_and_to_send_on(giver, path, database):
    assert "Send this link to Naledi." in giver.page
    assert "https://wa.me/?text=Hello%20Naledi%21%20I%20give%20you%20five%20minutes" in giver.page
    assert "until Friday 27 November" in giver.page or "until Saturday 28 November" in giver.page
    with database.reading() as session:
        assert path.removeprefix("/gift/") not in str(session.scalars(sa.select(Offer)).all())


def test_only_the_browser_that_made_a_link_shows_it(path, thandi, signed_in):
    other = signed_in(thandi)
    other.open("/member/link")
    assert path not in other.page
    assert "A link is shown once" in other.page


def test_a_lost_link_is_replaced_and_the_old_one_is_worthless(giver, path, nobody, database):
    giver.open("/member/")
    giver.send(f"/member/offers/{the_offer(database).id}/link")
    new = "/gift/" + giver.page.split("/gift/")[1].split('"')[0]
    assert nobody.open(path).status_code == 410
    assert nobody.open(new).status_code == 200


def test_a_friend_who_was_named_with_an_address_is_written_to(sender, right, database):
    sender.send(f"/member/rights/{right.id}/link", friend="Naledi", friend_email="n@example.org")
    with database.reading() as session:
        letter = session.scalars(sa.select(Letter).where(Letter.to_email != "")).one()
        assert (letter.to_name, letter.to_email) == ("Naledi", "n@example.org")
        assert "/gift/" in letter.body


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"friend": " "}, "Please fill in the name of your friend."),
        ({"friend": "Naledi", "friend_email": "no"}, "“no” is not an email address."),
    ],
)
def test_what_is_typed_wrong_is_kept(typed, sentence, sender, right, database):
    answer = sender.send(f"/member/rights/{right.id}/link", **typed)
    assert answer.status_code == 422
    assert sentence in sender.page
    assert all(f'value="{text}"' in sender.page for text in typed.values())
    with database.reading() as session:
        assert session.scalars(sa.select(Offer)).all() == []


def test_opening_a_link_says_who_gives_what_and_uses_nothing_up(path, nobody):
    for _ in range(3):
        assert nobody.open(path).status_code == 200
    assert "Thandi gives you five minutes on Mweya." in nobody.page
    assert "the week of 30 November" in nobody.page
    assert "thandi@example.org" not in nobody.page


def test_a_friend_accepts_is_signed_in_and_gets_a_way_back(path, nobody, database):
    nobody.open(path)
    nobody.send(f"{path}/join", name="Naledi Khumalo", email="Naledi@Example.org")
    assert "Signed in as Naledi Khumalo" in nobody.page
    assert "Yours: five minutes of the week of 30 November." in nobody.page
    assert holds(database, "naledi@example.org") == 1
    with database.reading() as session:
        naledi = with_email(session, "naledi@example.org")
        assert naledi.account.kind == AccountKind.BUYER
        letters = session.scalars(sa.select(Letter).where(Letter.person_id == naledi.id)).all()
        assert any("/signin/" in letter.body for letter in letters)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "", "email": "n@example.org"}, "Please fill in the name."),
        ({"name": "Naledi", "email": "n@example"}, "“n@example” is not an email address."),
    ],
)
def test_a_friend_who_types_wrong_keeps_the_link(typed, sentence, path, nobody, database):
    nobody.open(path)
    assert nobody.send(f"{path}/join", **typed).status_code == 422
    assert sentence in nobody.page
    assert f'value="{typed["email"]}"' in nobody.page
    assert the_offer(database).state == OfferState.OPEN


def test_nobody_is_signed_in_by_an_address_alone(path, nobody, admit_member, database):
    admit_member("Sipho")
    nobody.open(path)
    answer = nobody.send(f"{path}/join", name="Sipho", email="SIPHO@example.org")
    assert answer.status_code == 409
    assert "belongs to somebody here already. Sign in first, then open this link" in nobody.page
    assert "Signed in as" not in nobody.page
    assert the_offer(database).state == OfferState.OPEN


def test_who_is_here_already_accepts_as_themselves(path, admit_member, signed_in, database):
    sipho = signed_in(admit_member("Sipho"))
    sipho.open(path)
    assert f"{path}/join" not in sipho.forms
    sipho.send(f"{path}/accept")
    assert holds(database, "sipho@example.org") == 2
    assert (
        sipho.client.post(f"{path}/accept", data=next(iter(sipho.forms.values()))).status_code
        == 410
    )


def test_accepting_twice_with_one_form_acts_once(path, admit_member, signed_in, database):
    sipho = signed_in(admit_member("Sipho"))
    sipho.open(path)
    form = sipho.forms[f"{path}/accept"]
    said = [sipho.client.post(f"{path}/accept", data=form).status_code for _ in range(2)]
    assert said == [303, 303]
    assert holds(database, "sipho@example.org") == 2


def test_accepting_needs_a_person(path, nobody, database):
    nobody.open(path)
    answer = nobody.client.post(f"{path}/accept", data=nobody.forms[f"{path}/join"])
    assert answer.status_code == 401
    assert the_offer(database).state == OfferState.OPEN


def test_a_giver_does_not_take_their_own_gift(giver, path, database):
    giver.open(path)
    assert "This is your own gift." in giver.page
    answer = giver.client.post(f"{path}/accept", data=next(iter(giver.forms.values())))
    assert answer.status_code == 409


def test_a_friend_says_no(path, nobody, database):
    nobody.open(path)
    nobody.send(f"{path}/refuse")
    assert "Refused. It is back with its giver." in nobody.page
    assert holds(database, "thandi@example.org") == 1


@pytest.fixture(params=["used", "refused", "withdrawn", "lapsed", "wrong"])
def ended(request, path, giver, app, database, clock):
    """A link that works no more, in each way that can happen."""
    friend = Visitor(app.test_client())
    friend.open(path)
    if request.param == "used":
        friend.send(f"{path}/join", name="Naledi", email="naledi@example.org")
    elif request.param == "refused":
        friend.send(f"{path}/refuse")
    elif request.param == "withdrawn":
        giver.open("/member/")
        giver.send(f"/member/offers/{the_offer(database).id}/withdraw")
    elif request.param == "lapsed":
        clock.now += timedelta(days=8)
    return path if request.param != "wrong" else f"{path}x"


def test_a_link_that_is_over_says_so_kindly(ended, app):
    friend = Visitor(app.test_client())
    friend.open("/signin")
    form = friend.forms["/signin"]
    assert friend.open(ended).status_code == 410
    assert "This gift is over." in friend.page
    for verb in ("join", "refuse"):
        answer = friend.client.post(
            f"{ended}/{verb}", data={**form, "name": "Rudo", "email": "rudo@example.org"}
        )
        assert answer.status_code == 410
    assert "Rudo" not in friend.page


def test_a_station_for_members_only_makes_no_links(settings, database, clock, thandi, link_of):
    market = replace(settings.market, receivers="members")
    visitor = Visitor(create_app(replace(settings, market=market), database, clock).test_client())
    visitor.enter(link_of(thandi))
    assert any("/gift" in action for action in visitor.forms)
    assert not any("/link" in action for action in visitor.forms)
