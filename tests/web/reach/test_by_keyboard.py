"""A member does everything by the keyboard alone, with scripts and without."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from station.letters import Letter
from station.signin import PROOF_LASTS, SignedIn
from tests.web.reach.full import phone
from tests.web.reach.keys import Keys

# Two members who have asked for nothing yet; each travels one of the ways.
SCRIPTED, UNSCRIPTED = "pieter@example.org", "zanele@example.org"


@pytest.fixture
def keys(station, opened, request):
    context = phone(opened, scripts=request.param)
    yield Keys(context.new_page())
    context.close()


def newest_code(database):
    """The digits in the newest letter that holds a code."""
    with database.reading() as session:
        for body in session.scalars(sa.select(Letter.body).order_by(Letter.id.desc())):
            if found := re.search(r"^(\d{3} \d{3})$", body, re.MULTILINE):
                return found[1]
    raise AssertionError("no letter holds a code")


def forget_proofs(database):
    with database.writing() as session:
        session.execute(sa.update(SignedIn).values(proven_at=datetime.now(UTC) - PROOF_LASTS))


def sign_in(keys, station, email):
    keys.page.goto(f"{station.url}/signin")
    keys.type("Your email address", email)
    keys.send("Send me the code")
    keys.type("The code, six digits", newest_code(station.database))
    keys.send("Sign in")
    keys.reads("You are signed in.")


def send_and_withdraw(keys, voice):
    keys.choose("Your recording", voice)
    keys.type("Title", "The river")
    keys.press("You may air this", "Space")
    keys.send("Send it")
    keys.reads("We have your recording")
    keys.send("Withdraw it")
    keys.reads("Withdrawn")


def dedicate_and_withdraw(keys):
    keys.press("Dedicate to silence")
    keys.type("My own words", "our grandmothers")
    keys.send("Dedicate")
    keys.send("Withdraw it")
    keys.reads("Withdrawn")


def sell_and_take_back(keys, station):
    forget_proofs(station.database)
    keys.press("Sell")
    keys.type("Price in", "150")
    keys.send("Offer for sale")
    keys.reads("One more step")
    keys.type("The code, six digits", newest_code(station.database))
    keys.send("Go on")
    keys.send("Take it back")


def give(keys):
    keys.press("Give to a friend")
    keys.type("Email address of somebody here", "thandi@example.org")
    keys.send("Give")
    keys.reads("Thandi Mokoena")


@pytest.mark.parametrize(
    ("keys", "email"), [(True, SCRIPTED), (False, UNSCRIPTED)], indirect=["keys"]
)
def test_a_member_does_everything_without_a_mouse(keys, email, station, tmp_path):
    voice = tmp_path / "PTT-20261121-WA0007.opus"
    voice.write_bytes(b"OggS" * 999)
    sign_in(keys, station, email)
    send_and_withdraw(keys, voice)
    dedicate_and_withdraw(keys)
    sell_and_take_back(keys, station)
    give(keys)
    keys.send("Statement")
    keys.reads("held")
    keys.send("Sign out")
    keys.reads("You are signed out.")
