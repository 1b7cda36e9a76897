"""Every route as every role: nobody sees or changes what is not theirs."""

import html

import pytest

from station.alarms import Alarm
from station.bans import Ban
from station.causes import Cause
from station.codes import Code
from station.fill import FillPiece
from station.grid import Grid, GridState, Pin
from station.jobs import Job
from station.languages import known
from station.ledger import Posting
from station.listen_again import Withheld
from station.members import Person
from station.membership.applications import Application
from station.membership.invitations import Invitation
from station.moderation import Review
from station.money import MoneyEntry
from station.passkeys import Passkey
from station.postcards import Postcard
from station.presentation import Presentation
from station.profiles import Profile
from station.recordings import Recording
from station.reports import Report
from station.rights import Request
from station.takedowns import Takedown
from station.tokens import Token
from station.webhooks import Happening, Webhook

OPEN_TO_ALL = {
    "/",
    "/api/",
    "/api/now.json",
    "/guide",
    "/honesty",
    "/oembed",
    "/language",
    "/signin",
    "/signin/sent",
    "/signin/code",
    "/signin/passkey",
    "/signin/<token>",
    "/signout",
}
OPEN_AREAS = (
    "/static/",
    "/gift/",
    "/join",
    "/p/",
    "/report/",
    "/voice/",
    "/cause/",
    "/again/",
    "/now/",
    "/player/",
    "/calendar/",
    "/manifest.webmanifest",
    "/sw.js",
    "/offline",
)
# What programs may ask for, and how they are told that they may not: tests/web/api.
PROGRAMS = "/api/v1/"
MEMBERS = ("/member/", "/membership/", "/market/", "/receipt/")
OPERATORS = ("/desk/",)
TABLES = (
    *(Posting, Request, Job, Grid, Person, Application, Invitation, Cause, MoneyEntry),
    *(Recording, Presentation, FillPiece, Alarm, Passkey, Code, Profile, Postcard, Withheld),
    *(Token, Webhook, Happening),
    *(Ban, Pin, Review, Report, Takedown),
)
FILLED = {
    "right_id": 1,
    "passkey_id": 1,
    "session_hash": "x",
    "what": "email",
    "offer_id": 1,
    "request_id": 1,
    "swap_id": 1,
    "recording_id": 1,
    "number": 1,
    "way": "plain",
    "token": "x",
    "key": "x",
    "label": "2026-W48",
    "weekday": 1,
    "day": "2026-11-21",
    "card_id": 1,
    "version": 1,
    "state": "missing",
    "code": "1-x",
    "filename": "air.css",
    "language": "en",
    "application_id": 1,
    "invitation_id": 1,
    "person_id": 1,
    "cause_id": 1,
    "blackout_id": 1,
    "line_id": 1,
    "alarm_id": 1,
    "ban_id": 1,
    "block_id": 1,
    "show_id": 1,
    "report_id": 1,
    "token_id": 1,
    "webhook_id": 1,
    "channel": 1,
    "slot": 1,
    "reference": "RF15MW0000017",
}


def routes(app, **other):
    """Every route with its method and an address, with other values in it if need be."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PROGRAMS):
            continue
        values = {name: {**FILLED, **other}[name] for name in rule.arguments}
        for method in sorted(rule.methods & {"GET", "POST", "PATCH", "DELETE"}):
            yield rule.rule, method, adapter.build(rule.endpoint, values, method)


def area_of(rule):
    if rule.startswith(OPEN_AREAS) or rule in OPEN_TO_ALL:
        return "all"
    if rule.startswith(MEMBERS):
        return "members"
    assert rule.startswith(OPERATORS), f"{rule} belongs to no area: who may see it?"
    return "operators"


def state_of(database):
    with database.reading() as session:
        return [session.query(table).count() for table in TABLES] + [
            session.query(Grid).filter_by(state=GridState.PUBLISHED).count()
        ]


@pytest.mark.usefixtures("seeded")
def test_nobody_is_shown_the_way_in(app, nobody, database):
    before = state_of(database)
    nobody.open("/signin")
    token = nobody.forms["/signin"]["csrf_token"]
    for rule, method, path in routes(app):
        if area_of(rule) == "all":
            continue
        answer = nobody.client.open(path, method=method, data={"csrf_token": token})
        if method == "GET":
            assert (answer.status_code, answer.location) == (303, "/signin"), rule
        else:
            assert answer.status_code == 401, (method, rule)
            assert "Please sign in first." in answer.text
    assert state_of(database) == before


def test_a_member_never_reaches_the_desk(app, seeded, signed_in, database):
    member = signed_in(seeded.members[0])
    token = next(iter(member.forms.values()))["csrf_token"]
    before = state_of(database)
    for rule, method, path in routes(app):
        if area_of(rule) != "operators":
            continue
        answer = member.client.open(path, method=method, data={"csrf_token": token})
        assert answer.status_code == 403, (method, rule)
        assert "This page is for the station's operators." in html.unescape(answer.text)
    assert state_of(database) == before


def test_no_post_works_without_its_token(app, seeded, signed_in, database):
    operator = signed_in(seeded.operator)
    before = state_of(database)
    for rule, method, path in routes(app):
        # What a phone shares comes from none of our pages; it waits for a form that has a token.
        if method != "GET" and rule != "/member/share":
            answer = operator.client.open(path, method=method)
            assert answer.status_code == 400, rule
            assert "please load it again and repeat." in answer.text
    assert state_of(database) == before


def test_looking_changes_nothing(app, seeded, signed_in, database):
    operator = signed_in(seeded.operator)
    before = state_of(database)
    for rule, method, path in routes(app):
        if method == "GET" and "<token>" not in rule:
            with operator.client.get(path) as answer:
                assert answer.status_code in (200, 303, 403, 404, 409, 422), rule
    assert state_of(database) == before


def test_of_a_number_that_no_database_holds_there_is_nothing(app, seeded, signed_in):
    operator = signed_in(seeded.operator)
    token = next(iter(operator.forms.values()))["csrf_token"]
    numbers = {name: "9" * 20 for name, said in FILLED.items() if said == 1}
    for rule, method, path in routes(app, **numbers):
        if "<int:" in rule:
            answer = operator.client.open(path, method=method, data={"csrf_token": token})
            assert answer.status_code in (404, 405), (method, rule)


@pytest.mark.parametrize("language", known())
def test_every_page_can_be_said_in_every_language(language, app, seeded, signed_in):
    operator = signed_in(seeded.operator)
    with operator.client.session_transaction() as cookie:
        cookie["language"] = language
    # What is answered to everybody alike is said in the browser's language, or the address's.
    browser = {"Accept-Language": language}
    for rule, method, path in routes(app, language=language):
        if method == "GET":
            with operator.client.get(path, headers=browser) as answer:
                assert answer.status_code < 500, rule
                if answer.mimetype == "text/html" and answer.status_code == 200:
                    assert f'<html lang="{language}">' in answer.text, rule


def test_every_answer_is_guarded(app, seeded, signed_in):
    operator = signed_in(seeded.operator)
    for rule, method, path in routes(app):
        # A channel's player is there to stand within anybody's page.
        framed_by = "*" if rule.startswith("/player/") else "'none'"
        with operator.client.open(path, method=method) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert f"frame-ancestors {framed_by}" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_have_no_script_or_style_of_their_own(app, seeded, signed_in):
    operator = signed_in(seeded.operator)
    for _, method, path in routes(app):
        if method != "GET" or path.startswith(("/static/", "/api/")):
            continue
        with operator.client.get(path) as answer:
            page = answer.text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert page.count("<script") == page.count("<script src=")
