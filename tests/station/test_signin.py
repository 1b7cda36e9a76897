from datetime import timedelta

import pytest
import sqlalchemy as sa

from station import letters, signin
from station.errors import Refusal
from station.jobs import JobKind, work_once


def test_a_link_signs_in_once(database, now, janet):
    with database.writing() as session:
        token = signin.new_link(session, janet, now)
        browser = signin.use_link(session, token, now)
        assert signin.who(session, browser, now).name == "Janet"
        with pytest.raises(Refusal, match="used already"):
            signin.use_link(session, token, now)


def test_a_link_and_a_session_end_with_their_time(database, now, janet):
    with database.writing() as session:
        old = signin.new_link(session, janet, now - signin.LINK_LASTS)
        with pytest.raises(Refusal, match="too old"):
            signin.use_link(session, old, now)
        browser = signin.use_link(session, signin.new_link(session, janet, now), now)
        last = now + signin.SESSION_LASTS
        assert signin.who(session, browser, last - timedelta(seconds=1)) is not None
        assert signin.who(session, browser, last) is None


def test_signing_out_ends_the_session_everywhere(database, now, janet):
    with database.writing() as session:
        browser = signin.use_link(session, signin.new_link(session, janet, now), now)
        signin.sign_out(session, browser, now)
        assert signin.who(session, browser, now) is None


def test_nobody_signs_in_with_what_the_database_holds(database, now, janet):
    with database.writing() as session:
        signin.new_link(session, janet, now)
        stored = session.scalars(sa.select(signin.SignInLink.token_hash)).one()
        with pytest.raises(Refusal):
            signin.use_link(session, stored, now)
        assert signin.who(session, "made-up", now) is None


def test_a_letter_is_filed_once(database, settings, now, janet):
    with database.writing() as session:
        letters.write(session, janet, "Your link", "Here it is.", now)
    shown: list[str] = []
    duties = {JobKind.LETTER: letters.sender(database, settings, shown.append)}
    assert work_once(database, duties, lambda: now)
    assert "Your link\nHere it is." in shown[0]
    (file,) = settings.mail_folder.iterdir()
    assert "To: janet@example.org\nSubject: Your link" in file.read_text()
    assert file.read_text().endswith("Here it is.\n")


def test_a_letter_that_was_sent_leaves_no_way_in_behind(database, settings, now, janet):
    with database.writing() as session:
        link = signin.new_link(session, janet, now)
        letter = letters.write(session, janet, "Your link", link, now)
    shown: list[str] = []
    duties = {JobKind.LETTER: letters.sender(database, settings, shown.append)}
    assert work_once(database, duties, lambda: now)
    with database.reading() as session:
        assert link not in session.get_one(letters.Letter, letter.id).body


def test_a_link_from_the_console_does_not_keep_a_letter_back(database, now, janet):
    with database.writing() as session:
        signin.new_link(session, janet, now, timedelta(hours=12))
        assert not signin.asked_lately(session, janet, now)
        signin.new_link(session, janet, now)
        assert signin.asked_lately(session, janet, now)
