"""An operator hears what waits, says yes, not yet or no, and pulls what is on air."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from playout import plan
from station import airlog, jobs, reports, signin, takedowns, trail
from station.airtime import Week
from station.reports import ReportKind, Said
from station.rights import requests_of
from station.trail import Wanted

WEEK = "2026-W48"


@pytest.fixture
def settings(make_settings):
    return make_settings('[station]\nslot_seconds = 300\n[moderation]\napprove = ["all"]\n')


@pytest.fixture
def operator(seeded, signed_in, database, now):
    visitor = signed_in(seeded.operator)
    with visitor.client.session_transaction() as cookie, database.writing() as session:
        signin.prove(session, cookie["token"], now)
    return visitor


@pytest.fixture
def asked(database, settings):
    """What a person asks for in a week."""

    def found(person, label=WEEK):
        with database.reading() as session:
            everything = requests_of(session, Week.parse(label, settings.zone))
            return next(one for one in everything if one.account_id == person.account_id)

    return found


@pytest.fixture
def desk(operator):
    operator.open("/desk/moderation/")
    return operator


def said_of(database):
    with database.reading() as session:
        return [(done.deed.act, done.deed.reason) for done in trail.newest(session, Wanted())]


def test_what_waits_is_listed_with_its_declaration_and_sound(desk, seeded, asked):
    assert "pieces wait to be heard." in desk.page
    assert "What the taxi rank taught me" in desk.page
    assert "isiZulu" in desk.page
    assert "may be aired, they say" in desk.page
    piece = asked(seeded.members[1])
    sound = f"/desk/moderation/pieces/{piece.id}/sound"
    with desk.client.get(sound, headers={"Range": "bytes=0-2"}) as part:
        assert (part.status_code, part.data) == (206, b"ID3")


def test_an_approved_piece_waits_no_longer_and_is_on_record(desk, seeded, asked, database):
    piece = asked(seeded.members[1])
    desk.send(f"/desk/moderation/pieces/{piece.id}/approving")
    assert "“What the taxi rank taught me” is approved." in desk.page
    assert f"/desk/moderation/pieces/{piece.id}/approving" not in desk.forms
    assert said_of(database) == [("moderation.approve", "")]


def test_nothing_is_held_without_a_reason(desk, seeded, asked, database):
    piece = asked(seeded.members[1])
    form = desk.forms[f"/desk/moderation/pieces/{piece.id}/approving"]
    holding = f"/desk/moderation/pieces/{piece.id}/holding"
    answer = desk.client.post(holding, data=form)
    assert answer.status_code == 422
    assert "Please say why: its member reads it." in answer.text
    desk.client.post(holding, data={**form, "reason": "Whose voice is this?"})
    desk.open("/desk/moderation/")
    assert "Held back (1)" in desk.page
    desk.open(f"/desk/moderation/pieces/{piece.id}")
    assert "Held back" in desk.page
    assert "Whose voice is this?" in desk.page
    desk.open(f"/desk/weeks/{WEEK}/readiness/held")
    assert "Held back (1)" in desk.page
    assert f'href="/desk/weeks/{WEEK}/pieces/{piece.id}">What the taxi rank' in desk.page
    assert said_of(database) == [("moderation.hold", "Whose voice is this?")]


def test_refusing_asks_who_it_is_and_the_member_reads_why_on_their_page(
    desk, seeded, asked, signed_in, clock
):
    sipho = seeded.members[1]
    piece = asked(sipho, "2026-W49")
    action = f"/desk/moderation/pieces/{piece.id}/refusing"
    form = {**desk.forms[f"/desk/moderation/pieces/{piece.id}/approving"], "reason": "It is an ad."}
    clock.now += timedelta(hours=1)
    assert desk.client.post(action, data=form).status_code == 403
    clock.now -= timedelta(hours=1)
    answer = desk.client.post(action, data=form, follow_redirects=True)
    assert "is refused, and its member is written to." in answer.text
    member = signed_in(sipho)
    member.open("/member/")
    assert "The station's operators refused it: It is an ad." in member.page
    assert "Send another before Friday 27 November, 24:00" in member.page


def test_a_member_reads_that_their_piece_waits(seeded, signed_in, desk, asked):
    sipho = seeded.members[1]
    member = signed_in(sipho)
    member.open("/member/")
    waits = "“What the taxi rank taught me” waits for the station's operators"
    # One for the week that is built, one for the week that is open.
    assert member.page.count(waits) == 2
    piece = asked(sipho, "2026-W49")
    desk.send(f"/desk/moderation/pieces/{piece.id}/approving")
    member.open("/member/")
    assert member.page.count(waits) == 1


def test_what_is_on_air_is_pulled_with_a_reason(desk, seeded, settings, database, now):
    slot = settings.slots.number(now)
    action = f"/desk/moderation/takedowns/0/{slot}"
    assert f'href="{action}"' in desk.page
    desk.open(action)
    assert "The river behind our school" in desk.page
    desk.send(action, reason="It names a child.")
    assert "is being taken off air: fill is heard at once." in desk.page
    with database.reading() as session:
        taken = takedowns.of_slot(session, 0, slot)
        assert (taken.reason, taken.account_id) == ("It names a child.", seeded.operator.account_id)
    desk.open(action)
    assert "It was taken off air: It names a child." in desk.page
    assert said_of(database) == [("moderation.pull", "It names a child.")]


def test_what_is_over_is_not_pulled(desk, settings, now, clock):
    slot = settings.slots.number(now)
    action = f"/desk/moderation/takedowns/0/{slot}"
    desk.open(action)
    clock.now += timedelta(minutes=6)
    desk.send(action, reason="Too late.")
    assert "That slot is over: there is nothing to take off air." in desk.page


def test_what_is_refused_after_publishing_makes_way_for_fill(
    desk, seeded, asked, database, settings, now
):
    last = seeded.members[-1]
    piece = asked(last, "2026-W47")
    desk.open(f"/desk/moderation/pieces/{piece.id}")
    form = desk.forms[f"/desk/moderation/pieces/{piece.id}/approving"]
    answer = desk.client.post(
        f"/desk/moderation/pieces/{piece.id}/refusing",
        data={**form, "reason": "No permission."},
        follow_redirects=True,
    )
    assert "Its place in 2026-W47 is free now" in answer.text
    with database.writing() as session:
        plan.write_air_log(session, settings, now)
        lines = airlog.lines_of_week(session, "2026-W47")
    assert piece.id not in {line.request_id for line in lines}


def test_a_report_is_heard_and_settled_with_an_answer(desk, database, settings, now):
    slot = settings.slots.number(now)
    with database.writing() as session:
        said = Said(ReportKind.HURTFUL, "<b>He insults us.</b>", "ann@example.org")
        report = reports.of_slot(session, settings, (0, slot), said, "", now)
        reports.of_slot(session, settings, (0, slot), Said(ReportKind.SOUND, "Hiss."), "", now)
    desk.open("/desk/moderation/")
    told = re.search(r"Two reports of listeners wait for you. (\d+) pieces wait", desk.page)
    assert f">Moderation ({2 + int(told[1])})</a>" in desk.page
    assert "1 more report of it is settled with this one" in desk.page
    assert "hurts or threatens people" in desk.page
    assert "<blockquote><b>" not in desk.client.get("/desk/moderation/").text
    action = f"/desk/moderation/reports/{report.id}/settling"
    desk.send(action, upheld="yes", answer="We refused it.")
    assert "2 reports about “The river behind our school” were right." in desk.page
    with database.reading() as session:
        letters = sa.select(jobs.Job).where(jobs.Job.kind == jobs.JobKind.LETTER)
        assert session.scalars(letters.order_by(jobs.Job.id.desc())).first() is not None
    assert said_of(database) == [("moderation.settle", "We refused it.")]
