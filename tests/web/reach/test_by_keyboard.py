"""A member does everything by the keyboard alone, with scripts and without."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from station.letters import Letter
from station.signin import PROOF_LASTS, SignedIn
from tests.web.reach.full import draft_week, phone, signed_in
from tests.web.reach.keys import Keys
from tests.web.reach.pages import AXE, LOOK, drafted
from tests.web.screens import DESKTOP

# Two members who have asked for nothing yet; each travels one of the ways.
SCRIPTED, UNSCRIPTED = "pieter@example.org", "zanele@example.org"


@pytest.fixture
def keys(station, opened, request):
    context = phone(opened, scripts=request.param)
    for script in (AXE, LOOK):
        context.add_init_script(path=script)
    page = context.new_page()
    # A browser that is told only when a file is about to be chosen may be told too late.
    page.on("filechooser", lambda _: None)
    yield Keys(page, judged=request.param)
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
    keys.press("Withdraw it")
    keys.send("Yes, withdraw it")
    keys.reads("Withdrawn")


def dedicate_and_withdraw(keys):
    keys.press("Dedicate to silence")
    keys.type("My own words", "our grandmothers")
    keys.send("Dedicate")
    keys.press("Withdraw it")
    keys.send("Yes, withdraw it")
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


def decide_for_later(keys):
    keys.send("When I send nothing")
    keys.pick("To the station's pool", "Silence for a cause")
    keys.type("My own words", "our grandmothers")
    keys.send("Save")
    keys.send("Back to my airtime")
    keys.send("When I must not air")
    keys.to("Day")
    keys.page.keyboard.type("Fri")
    for name, hours in (("From", "0600PM"), ("To", "0900PM")):
        keys.to(name)
        keys.page.keyboard.type(hours)
    keys.send("Leave this time out")
    keys.reads("Friday, 18:00 to 21:00")
    keys.send("Back to my airtime")


def give_the_rest(keys):
    keys.send("Many weeks at once")
    keys.send("Tick these")
    keys.send("Go on")
    keys.press("Give them to a friend")
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
    decide_for_later(keys)
    give_the_rest(keys)
    keys.send("isiZulu")
    assert keys.page.get_attribute("html", "lang") == "zu"
    keys.send("English")
    keys.send("Statement")
    keys.reads("held")
    keys.send("Sign out")
    keys.reads("You are signed out.")


def test_a_piece_is_dragged_to_a_slot_and_sent_to_another_by_keys(station, opened):
    week, piece = draft_week(station), drafted(station)
    context = phone(opened, signed_in(station, opened, "operator"), DESKTOP)
    page = context.new_page()
    page.goto(f"{station.url}/desk/weeks/{week}/days/1")
    page.locator(f"[data-piece='{piece}']").drag_to(page.locator("#h06 td").nth(2))
    keys = Keys(page)
    keys.reads("All others stay where they are.")
    keys.send("Keep as a new draft")
    keys.reads("06:00, channel Three.")
    keys.to("Channel")
    page.keyboard.press("ArrowUp")
    keys.send("See what that would do")
    keys.send("Keep as a new draft")
    keys.reads("06:00, channel Two.")
    context.close()
