"""A week is built, published, superseded and rolled back; what has aired is never rewritten."""

from datetime import timedelta

import pytest

from scheduler import worker
from scheduler.build import build
from scheduler.publish import SENT_SINCE, publish, rollback
from station import grid, jobs
from station.airtime import Week
from station.errors import Refusal
from station.grid import GridState, Pin
from station.jobs import JobKind
from station.rights import Request, RequestState

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def week(settings):
    return Week.parse("2026-W48", settings.zone)


@pytest.fixture
def built(database, settings, week, now):
    def build_at(at=now):
        return build(database, settings, week, at)

    return build_at


@pytest.fixture
def shown(database, settings, week, now):
    """Publishes the draft; answers where each request is."""

    def publish_at(at=now):
        with database.writing() as session:
            return grid.places(publish(session, settings, week, at))

    return publish_at


def test_a_build_makes_a_draft_with_its_certificate(ask, admit_member, built, database, week):
    number = ask(admit_member("Ada"), wishes=[{"daypart": "breakfast"}])
    problem, plan, version = built()
    (asked,) = problem.requests
    with database.reading() as session:
        draft = grid.newest_draft(session, week)
        assert draft is not None
        (placed,) = draft.placements
        assert (draft.version, draft.certificate["status"]) == (version, "optimal")
        assert (placed.request_id, placed.worth) == (number, 20)
        assert plan.score == 300 + round(asked.owed * 20)


def test_publishing_supersedes_the_version_before_and_edits_none(
    ask, admit_member, built, shown, database, week
):
    ask(admit_member("Ada"))
    built()
    first = shown()
    ask(admit_member("Ben"))
    built()
    second = shown()
    with database.reading() as session:
        versions = grid.versions(session, week)
        assert [one.state for one in versions] == [GridState.SUPERSEDED, GridState.PUBLISHED]
        assert grid.places(versions[0]) == first
    assert first.items() <= second.items()


def test_a_draft_that_lacks_a_newer_request_is_not_published(ask, admit_member, built, shown):
    ask(admit_member("Ada"))
    built()
    late = ask(admit_member("Ben"))
    with pytest.raises(Refusal, match=f"r{late} is neither placed nor bumped") as refused:
        shown()
    assert refused.value.code == "draft-unfit"


def test_a_draft_whose_start_has_passed_is_not_published(
    ask, admit_member, built, shown, database, week
):
    number = ask(admit_member("Ada"))
    with database.writing() as session:
        session.add(Pin(request_id=number, channel=0, start=3))
    built()
    with pytest.raises(Refusal, match="not allowed"):
        shown(week.span.start + AN_HOUR)


def test_nothing_is_published_without_a_draft(shown):
    with pytest.raises(Refusal) as refused:
        shown()
    assert refused.value.code == "nothing-built"


def test_pins_that_clash_make_the_week_impossible_and_are_named(ask, admit_member, built, database):
    ada = admit_member("Ada")
    one, other = ask(ada), ask(admit_member("Ben"))
    with database.writing() as session:
        session.add(Pin(request_id=one, channel=0, start=100))
        session.add(Pin(request_id=other, channel=0, start=100))
    with pytest.raises(Refusal) as refused:
        built()
    assert refused.value.code == "week-impossible"
    assert f"r{one}" in refused.value.sentence
    assert f"r{other}" in refused.value.sentence


def test_a_rebuilt_running_week_leaves_what_has_started_where_it_is(
    ask, admit_member, built, shown, database, settings, week
):
    early = ask(admit_member("Ada"))
    with database.writing() as session:
        session.add(Pin(request_id=early, channel=0, start=3))
    built()
    first = shown()
    with database.writing() as session:
        session.get_one(Request, early).state = RequestState.WITHDRAWN
    ask(admit_member("Ben"))
    built(week.span.start + AN_HOUR)
    second = shown(week.span.start + AN_HOUR)
    assert second[early] == first[early]
    assert len(second) == 2


def test_rolling_back_shows_the_earlier_places_again_as_a_new_version(
    ask, admit_member, built, shown, database, settings, week, now
):
    ada = ask(admit_member("Ada"))
    built()
    first = shown()
    ben = ask(admit_member("Ben"))
    with database.writing() as session:
        session.add(Pin(request_id=ada, channel=2, start=1000))
    built()
    assert shown()[ada] != first[ada]
    with database.writing() as session:
        session.delete(session.get_one(Pin, ada))
    with database.writing() as session:
        again = rollback(session, settings, week, now)
        assert (again.version, again.state) == (3, GridState.PUBLISHED)
        assert grid.places(again) == first
        assert [(bump.request_id, bump.reason) for bump in again.bumps] == [(ben, SENT_SINCE)]
        assert jobs.newest(session, JobKind.EXPLAIN, again.id)


def test_rolling_back_needs_an_earlier_version(
    ask, admit_member, built, shown, database, settings, week, now
):
    ask(admit_member("Ada"))
    built()
    shown()
    with database.writing() as session, pytest.raises(Refusal) as refused:
        rollback(session, settings, week, now)
    assert refused.value.code == "nothing-earlier"


def test_a_promised_build_is_done_by_the_worker(ask, admit_member, database, settings, week, now):
    ask(admit_member("Ada"))
    ask(admit_member("Ben"), master_sha256=None)
    with database.writing() as session:
        jobs.promise(session, JobKind.BUILD, week, now)
    assert jobs.work_once(database, worker.duties(settings, database), lambda: now)
    with database.reading() as session:
        job = jobs.newest(session, JobKind.BUILD, week)
        assert job is not None
        assert job.answer == "Version 1 of 2026-W48: 1 placed, 1 bumped."


def test_more_requests_than_starts_bumps_with_reasons_and_loses_nobody(
    ask, admit_member, database, settings, built, week
):
    numbers = {ask(admit_member(f"M{n}"), adult=False) for n in range(4)}
    with database.writing() as session:
        for channel in range(3):
            # Only the week's last start of each channel but one is left.
            session.add(
                grid.ReservedBlock(
                    week=str(week), channel=channel, start=0, length=2015, label="Maintenance"
                )
            )
    _, plan, _ = built()
    assert (len(plan.placements), len(plan.bumped)) == (3, 1)
    assert "waited as long or longer" in plan.bumped[0].reason
    with database.reading() as session:
        draft = grid.require_version(session, week)
        assert {bump.request_id for bump in draft.bumps} | grid.places(draft).keys() == numbers
