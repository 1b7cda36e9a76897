"""A week is built, watched, stopped and repaired from the desk, and what-ifs stand beside it."""

import pytest

from station import grid, jobs
from station.airtime import Week
from station.jobs import JobKind
from station.rights import RequestState
from station.trail import Deed
from tests.web.seed_building import STEPS, ask_what_ifs

WEEK, ON_AIR = "2026-W48", "2026-W47"
DESK = f"/desk/weeks/{WEEK}"


@pytest.fixture
def operator(seeded, signed_in):
    return signed_in(seeded.operator)


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


@pytest.fixture
def running(operator, database, now):
    """A build that is going on, with what it has found so far."""

    def go_on(steps):
        with database.writing() as session:
            jobs.promise(session, JobKind.BUILD, WEEK, now)
            jobs.claim(session, {JobKind.BUILD: None}, now)
            jobs.go_on(session, JobKind.BUILD, WEEK, steps, now)

    return go_on


def test_a_build_is_watched_as_it_goes_and_stopped(operator, running, database):
    running(STEPS[:1])
    operator.open(DESK)
    assert "The build is running." in operator.page
    assert "Its figures follow." in operator.page
    running(STEPS)
    for page in (f"{DESK}/building", DESK):
        operator.open(page)
        assert (
            f'id="progress" data-fresh data-seconds="1" data-from="{DESK}/building"'
            in operator.page
        )
        for said in (
            "1,150",
            "1,200",
            "4.17 %",
            "After 9 seconds. A build thinks for 30.",
            'class="bound"',
        ):
            assert said in operator.page, said
    assert f"{DESK}/build" not in operator.forms
    operator.send(f"{DESK}/stop")
    assert "It is ending with the best so far." in operator.page
    assert f"{DESK}/stop" not in operator.forms
    with database.reading() as session:
        assert jobs.newest(session, JobKind.BUILD, WEEK).stop_asked_at is not None
        (deed,) = session.query(Deed)
        assert (deed.act, deed.subject) == ("week.stop", WEEK)


def test_a_build_that_has_ended_leads_back_to_its_week(operator, running, database):
    running(STEPS)
    with database.writing() as session:
        job = jobs.newest(session, JobKind.BUILD, WEEK)
        job.state, job.answer = jobs.JobState.DONE, "Version 2: 12 placed."
    operator.open(f"{DESK}/building")
    assert f'data-from="{DESK}"' in operator.page
    operator.open(DESK)
    assert "The last build is done. Version 2: 12 placed." in operator.page
    assert "How it went" in operator.page
    assert "data-from" not in operator.page


def test_what_changed_since_a_week_was_published_offers_a_repair(operator, database, settings, now):
    desk, on_air = f"/desk/weeks/{ON_AIR}", Week.parse(ON_AIR, settings.zone)
    operator.open(desk)
    assert f"{desk}/repair" not in operator.forms
    with database.writing() as session:
        *_, reserved, withdrawn = sorted(
            grid.published(session, on_air).placements, key=lambda placed: placed.start
        )
        withdrawn.request.state = RequestState.WITHDRAWN
        at = {"channel": reserved.channel, "start": reserved.start, "length": 1}
        session.add(grid.ReservedBlock(week=ON_AIR, label="Mentor's hour", **at))
    operator.open(desk)
    assert "Two slots on show can't stay as they are:" in operator.page
    operator.send(f"{desk}/repair")
    assert "The repair is promised and waits for a worker." in operator.page
    with database.writing() as session:
        job = jobs.newest(session, JobKind.REPAIR, ON_AIR)
        assert job.running
        job.state = jobs.JobState.DONE
        grid.draft(session, on_air, [], [], {"repairs": 1}, now)
    operator.open(desk)
    assert "Version 2 sees to what has changed since version 1." in operator.page
    assert "Repair again" in operator.page


def test_what_cant_be_done_is_said_on_the_weeks_page(operator):
    operator.open(DESK)
    token = operator.forms[f"{DESK}/build"]
    for act, sentence in (
        ("stop", "Nothing of week 2026-W48 is being built."),
        ("repair", "Week 2026-W48 has no published version to repair."),
    ):
        answer = operator.client.post(f"{DESK}/{act}", data=token)
        assert answer.status_code == 409
        assert sentence in answer.text


def test_what_ifs_are_asked_stopped_and_shown_beside_today(operator, database, settings, week, now):
    page = f"{DESK}/what-if"
    with database.writing() as session:
        ask_what_ifs(session, settings, week, now)
    operator.open(page)
    for said in (
        "4 channels, without the gap between silences, 9 seconds of ident before each piece",
        "Its pieces take 3 starts more.",
        "184,350",
        "+100",
        "It is being tried.",
        "4.17 %",
    ):
        assert said in operator.page, said
    operator.send(page, channels="3", without=["holder-gap", "reserved-blocks"], ident="")
    assert "It waits for a worker." in operator.page
    operator.open(f"{page}?going=2")
    assert 'id="beside"' not in operator.page
    operator.open(f"{page}?going=3")
    assert 'id="beside"' in operator.page
    operator.send(f"{page}/2/stop")
    operator.send(f"{page}/3/stop")
    with database.writing() as session:
        grid.draft(session, week, [], [], {}, now)
    operator.open(page)
    for said in ("It is ending with the best so far.", "It was stopped before it began."):
        assert said in operator.page
    assert "It was tried before version 2 was there." in operator.page
    assert "+100" not in operator.page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"channels": "3"}, "That is how the week is today."),
        ({"channels": "9"}, "A week can be tried with 3 to 6 channels."),
        ({"ident": "long"}, "“long” is not a number for the length of the ident."),
        ({"ident": "61"}, "An ident can be tried with 1 to 60 seconds."),
    ],
)
def test_what_cant_be_tried_is_said_on_its_page(typed, sentence, operator):
    operator.open(f"{DESK}/what-if")
    answer = operator.send(f"{DESK}/what-if", **typed)
    assert answer.status_code == 422
    assert sentence in operator.page
