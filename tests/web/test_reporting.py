"""A listener reports what is wrong, without scripts, a name, or a way to flood the station."""

import pytest
import sqlalchemy as sa

from station import shares
from station.airtime import Week
from station.reports import Report
from station.rights import requests_of


@pytest.fixture
def listener(seeded, nobody):
    nobody.open("/report/")
    return nobody


def reports_in(database):
    with database.reading() as session:
        return list(session.scalars(sa.select(Report).order_by(Report.id)))


def test_what_was_heard_a_moment_ago_is_chosen_and_reported(listener, database, settings, now):
    assert "The river behind our school" in listener.page
    heard = f"0-{settings.slots.number(now)}"
    said = {"heard": heard, "kind": "hurtful", "words": "He\ncalls us\nnames.", "email": ""}
    answer = listener.send("/report/", **said)
    assert answer.request.path == "/report/sent"
    assert "Thank you for telling us." in listener.page
    (report,) = reports_in(database)
    assert (report.title, report.words) == ("The river behind our school", "He calls us names.")
    assert (report.channel, report.slot_number) == (0, settings.slots.number(now))


def test_a_piece_is_reported_from_its_own_page(listener, database, settings):
    with database.reading() as session:
        (piece, *_) = requests_of(session, Week.parse("2026-W47", settings.zone))
    code = shares.code_of(settings, piece.id)
    listener.open(f"/p/{code}")
    assert f'href="/report/?piece={code}"' in listener.page
    listener.open(f"/report/?piece={code}")
    listener.send("/report/", kind="copied", words="", email="Ann@example.org")
    (report,) = reports_in(database)
    assert (report.request_id, report.email) == (piece.id, "ann@example.org")


def test_what_is_incomplete_is_kept_in_the_form(listener, database):
    answer = listener.send("/report/", kind="other", heard="0-5", words="Too loud <here>", email="")
    assert answer.status_code == 422
    assert "Please choose what you heard and what is wrong with it." in listener.page
    assert "Too loud &lt;here&gt;" in answer.text
    assert listener.send("/report/", kind="sound", heard="x-9", words="").status_code == 422
    assert listener.send("/report/", kind="sound", piece="1-x", words="").status_code == 422
    assert reports_in(database) == []


def test_the_form_leads_from_the_listeners_page(seeded, nobody):
    nobody.open("/")
    assert 'href="/report/"' in nobody.page
