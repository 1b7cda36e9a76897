from datetime import timedelta

import pytest

from station import grid, jobs, reminders, trail
from station.airtime import Week
from station.rights import requests_of
from station.weeks import WeekState
from web.desk.week.capacity import Demand
from web.desk.week.cutoffs import hours_off, stages

WEEK = "2026-W48"


@pytest.fixture
def operator(seeded, signed_in):
    return signed_in(seeded.operator)


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


def test_the_desk_opens_at_the_week_to_be_built(operator):
    assert "Next week is built." in operator.page
    assert '<li aria-current="step">\n    <b>Built</b>' in operator.page
    assert "See the 1 piece that has no place, then publish version 1." in operator.page


def test_the_strip_counts_the_hours_to_each_cutoff(settings, week):
    def at(hours):
        return week.span.start + timedelta(hours=hours)

    strip = stages(week, settings, WeekState.LOCKED, at(-30))
    told = [hours_off(one.at, at(-30)) for stage in strip for one in stage.cutoffs]
    assert told == ["18 hours ago", "6 hours ago", "in 6 hours", "in 30 hours", "in 198 hours"]
    assert [stage.state for stage in strip if stage.late] == [WeekState.LOCKED]
    assert [stage.state for stage in strip if stage.past] == [WeekState.OPEN]


def test_readiness_is_counted_and_whoever_was_rejected_is_told_of_with_the_reason(operator):
    operator.open("/desk/weeks/2026-W49")
    for said in ("Rejected, with reasons (1)", "Too long by 12 s", "Uploads and transfers close"):
        assert said in operator.page
    operator.open("/desk/weeks/2026-W49/readiness/checking")
    assert "Checking (1)" in operator.page
    assert "Johan van Wyk" in operator.page
    assert operator.open("/desk/weeks/2026-W49/readiness/asleep").status_code == 404


def test_one_press_reminds_everybody_who_is_missing_once_a_day(
    operator, database, settings, now, clock
):
    action = "/desk/weeks/2026-W49/reminders/missing"
    operator.open("/desk/weeks/2026-W49")
    assert "Remind all 6 who are missing" in operator.page
    operator.send(action)
    assert "Letters to 6 people are promised." in operator.page
    assert do_letters(database, settings, now) == "6 letters were written."
    operator.open("/desk/weeks/2026-W49")
    assert action not in operator.forms
    assert "6 were reminded within a day." in operator.page
    operator.open("/desk/weeks/2026-W49/readiness/missing")
    assert operator.page.count("Reminded today, 12:00.") == 6
    clock.now = now + timedelta(days=1, seconds=1)
    operator.open("/desk/weeks/2026-W49")
    assert action in operator.forms


def do_letters(database, settings, now):
    """Let the worker write what was promised; its answer."""
    duty = {jobs.JobKind.REMIND: reminders.writer(database, settings)}
    assert jobs.work_once(database, duty, lambda: now)
    with database.reading() as session:
        return jobs.newest(session, jobs.JobKind.REMIND, "2026-W49 missing").answer


def test_capacity_stands_against_demand_and_full_is_said_in_words(operator):
    assert '<span class="flag">' not in operator.page
    assert "Whole week" in operator.page
    assert Demand(100, 95).full
    assert not Demand(100, 94).full
    assert (Demand(0, 0).percent, Demand(0, 0).full) == (None, False)


def test_a_build_tells_who_was_bumped_and_what_is_proven(operator):
    assert "Amina Patel" in operator.page
    assert "taken by members who had waited longer." in operator.page
    assert "0.03 %" in operator.page
    assert "184,250" in operator.page
    operator.open(f"/desk/weeks/{WEEK}/versions/1/bumped")
    assert "Amina Patel" in operator.page
    assert f'href="/desk/weeks/{WEEK}/pieces/' in operator.page


def test_the_button_promises_a_build_once(operator, database):
    action = f"/desk/weeks/{WEEK}/build"
    form = operator.forms[action]
    for _ in range(2):
        operator.client.post(action, data=form)
    operator.open(f"/desk/weeks/{WEEK}")
    assert "The build is promised and waits for a worker." in operator.page
    assert action not in operator.forms
    with database.reading() as session:
        promised = session.query(jobs.Job).filter_by(kind=jobs.JobKind.BUILD).all()
        assert [job.subject for job in promised] == [WEEK]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (jobs.JobState.CLAIMED, "The build is running."),
        (jobs.JobState.DONE, "The last build is done. Version 2: 12 placed."),
        (jobs.JobState.FAILED, "The last build could not be done. Version 2: 12 placed."),
    ],
)
def test_the_desk_says_how_far_a_build_is(state, said, operator, database, now):
    with database.writing() as session:
        job = jobs.promise(session, jobs.JobKind.BUILD, WEEK, now)
        job.state = state
        job.answer = "" if state == jobs.JobState.CLAIMED else "Version 2: 12 placed."
    operator.open(f"/desk/weeks/{WEEK}")
    assert said in operator.page


@pytest.fixture
def fit_draft(database, settings, week, now):
    """A draft that keeps every rule: only who can be placed is, far apart."""

    def drafted(moved=0):
        with database.writing() as session:
            asked = requests_of(session, week)
            ready = [one for one in asked if one.master_sha256]
            places = [
                grid.Place(one.id, number % 3, 20 + 12 * moved + number * 60)
                for number, one in enumerate(ready)
            ]
            left = [(one.id, "It is not ready.") for one in asked if not one.master_sha256]
            return grid.draft(session, week, places, left, {}, now)

    return drafted


def publish(operator, version, **fields):
    """Look at what a version changes, and publish it."""
    operator.open(f"/desk/weeks/{WEEK}/versions/{version}/changes")
    return operator.send(f"/desk/weeks/{WEEK}/versions/{version}/publish", **fields)


def test_a_draft_is_published_from_the_desk_for_a_reason(operator, fit_draft, database, week):
    version = fit_draft().version
    assert publish(operator, version).status_code == 422
    assert "Please fill in the reason." in operator.page
    assert f"What version {version} changes" in operator.page
    assert "1 piece has no place." in operator.page
    assert "Nobody gets a letter" in operator.page
    answer = publish(operator, version, reason="The first one")
    assert answer.status_code == 200
    assert f"Version {version} of {WEEK} is published." in operator.page
    assert "The first one" in operator.page
    with database.reading() as session:
        published = grid.published(session, week)
        assert published is not None
        assert (published.version, published.reason) == (version, "The first one")
        deed = session.query(trail.Deed).filter_by(act="week.publish").one()
        assert (deed.subject, deed.reason) == (f"{WEEK}, {version}", "The first one")


def test_what_a_version_changes_is_shown_before_it_is_published_and_can_be_taken_back(
    operator, fit_draft, database, week
):
    first = fit_draft().version
    publish(operator, first, reason="The first one")
    second = fit_draft(moved=1).version
    operator.open(f"/desk/weeks/{WEEK}/versions/{second}/changes")
    assert "0 come, 11 move, 0 go." in operator.page
    assert "11 people will be told by letter." in operator.page
    assert f'href="/desk/weeks/{WEEK}/pieces/' in operator.page
    publish(operator, second, reason="Everybody an hour later")
    operator.open(f"/desk/weeks/{WEEK}/versions/{first}/changes")
    operator.send(f"/desk/weeks/{WEEK}/versions/{first}/rollback", reason="It was a mistake")
    assert f"2026-W48 is as in version {first} again" in operator.page
    with database.reading() as session:
        assert grid.published(session, week).reason == "It was a mistake"


def test_publishing_asks_for_a_fresh_proof(operator, fit_draft, database, week, clock):
    version = fit_draft().version
    clock.now += timedelta(minutes=16)
    assert publish(operator, version, reason="Late").status_code == 403
    assert "One more step" in operator.page
    with database.reading() as session:
        assert grid.published(session, week) is None


def test_a_draft_that_was_overtaken_is_not_published(operator, fit_draft, database, week):
    old = fit_draft().version
    operator.open(f"/desk/weeks/{WEEK}/versions/{old}/changes")
    fit_draft()
    answer = operator.send(f"/desk/weeks/{WEEK}/versions/{old}/publish", reason="It is ready")
    assert answer.status_code == 409
    assert "A newer draft of week 2026-W48 was built meanwhile." in operator.page
    assert f"What version {old} changes" in operator.page
    with database.reading() as session:
        assert grid.published(session, week) is None


def test_a_week_without_a_grid_says_so_and_leads_to_where_it_is_built(operator):
    for page in ("grid", "days/1"):
        answer = operator.open(f"/desk/weeks/2026-W49/{page}")
        assert answer.status_code == 409
        assert "Week 2026-W49 is not built yet." in operator.page
        assert 'href="/desk/weeks/2026-W49">Build it on the week' in operator.page
