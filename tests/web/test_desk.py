import pytest

from station import grid, jobs
from station.airtime import Week
from station.rights import requests_of

WEEK = "2026-W48"


@pytest.fixture
def operator(seeded, signed_in):
    return signed_in(seeded.operator)


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


def test_the_desk_opens_at_the_week_to_be_built(operator):
    assert "Next week is built." in operator.page
    assert '<li aria-current="step">built</li>' in operator.page
    assert "It closed yesterday, 24:00 and goes on air Monday 23 November, 00:00" in operator.page


def test_readiness_is_told_by_member(operator):
    operator.open("/desk/weeks/2026-W49")
    for said in ("Rejected (1)", "Checking (1)", "Ready (1)", "Too long by 12 s"):
        assert said in operator.page
    assert "Uploads and transfers close Friday 27 November, 24:00 (in 6 days)." in operator.page


def test_a_build_tells_who_was_bumped_and_what_is_proven(operator):
    assert "Amina Patel" in operator.page
    assert "taken by members who had waited longer." in operator.page
    assert "0.03 %" in operator.page
    assert "184,250" in operator.page


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

    def drafted():
        with database.writing() as session:
            asked = requests_of(session, week)
            ready = [one for one in asked if one.master_sha256]
            places = [
                grid.Place(one.id, number % 3, 20 + number * 60) for number, one in enumerate(ready)
            ]
            left = [(one.id, "It is not ready.") for one in asked if not one.master_sha256]
            return grid.draft(session, week, places, left, {}, now)

    return drafted


def test_a_draft_is_published_from_the_desk(operator, fit_draft, database, week):
    version = fit_draft().version
    operator.open(f"/desk/weeks/{WEEK}")
    answer = operator.send(f"/desk/weeks/{WEEK}/versions/{version}/publish")
    assert answer.status_code == 200
    assert f"Version {version} of {WEEK} is published." in operator.page
    with database.reading() as session:
        published = grid.published(session, week)
        assert published is not None
        assert published.version == version


def test_a_draft_that_was_overtaken_is_not_published(operator, fit_draft, database, week):
    old = fit_draft().version
    operator.open(f"/desk/weeks/{WEEK}")
    fit_draft()
    answer = operator.send(f"/desk/weeks/{WEEK}/versions/{old}/publish")
    assert answer.status_code == 409
    assert "A newer draft of week 2026-W48 was built meanwhile." in operator.page
    with database.reading() as session:
        assert grid.published(session, week) is None


def test_a_week_without_a_grid_says_so(operator):
    answer = operator.open("/desk/weeks/2026-W49/days/1")
    assert answer.status_code == 409
    assert "Week 2026-W49 has not been built." in operator.page
