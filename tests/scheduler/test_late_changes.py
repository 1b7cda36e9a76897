"""A late change to a published week is repaired as a draft, and publishing it tells the moved."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from scheduler import worker
from scheduler.build import build, repair
from scheduler.publish import publish
from station import grid, jobs
from station.airtime import Week
from station.errors import Refusal
from station.grid import Pin, ReservedBlock
from station.jobs import JobKind
from station.letters import Letter
from station.rights import Request, RequestState


@pytest.fixture
def week(settings):
    return Week.parse("2026-W48", settings.zone)


@pytest.fixture
def asked(ask, admit_member):
    return {name: ask(admit_member(name)) for name in ("Ada", "Ben", "Cleo")}


@pytest.fixture
def shown(database, settings, week, now, asked):
    """The three on show, side by side on the first channel from its second start on."""
    with database.writing() as session:
        for start, number in enumerate(asked.values(), 1):
            session.add(Pin(request_id=number, channel=0, start=start))
    build(database, settings, week, now)
    with database.writing() as session:
        publish(session, settings, week, now)
        session.execute(sa.delete(Pin))


@pytest.fixture
def repaired(database, settings, week, now):
    """Repairs the week and publishes the draft; answers where each is."""

    def repair_at(at=now):
        _, version = repair(database, settings, week, at)
        assert version is not None
        with database.writing() as session:
            return grid.places(publish(session, settings, week, at))

    return repair_at


@pytest.fixture
def letters(database):
    """The bodies of the letters about changes, in order."""

    def read():
        with database.reading() as session:
            query = sa.select(Letter).where(Letter.subject.contains("has changed"))
            return [letter.body for letter in session.scalars(query.order_by(Letter.id))]

    return read


@pytest.fixture
def reserve(database):
    def reserved(start, length):
        with database.writing() as session:
            block = ReservedBlock(
                week="2026-W48", channel=0, start=start, length=length, label="Live hour"
            )
            session.add(block)

    return reserved


def test_a_late_reserved_block_moves_one_and_leaves_the_others(
    shown, asked, reserve, repaired, letters, week, settings
):
    reserve(2, 1)
    places = repaired()
    assert [places[asked[name]].start for name in ("Ada", "Cleo")] == [1, 3]
    (letter,) = letters()
    assert "Hello Ben," in letter
    assert "no longer Monday 23 November 2026, 00:10, One" in letter


def test_a_withdrawn_piece_leaves_its_slot_and_nobody_is_written_to(
    shown, asked, database, repaired, letters
):
    with database.writing() as session:
        session.get_one(Request, asked["Ben"]).state = RequestState.WITHDRAWN
    places = repaired()
    assert places.keys() == {asked["Ada"], asked["Cleo"]}
    assert letters() == []


def test_a_late_request_gets_a_place_and_a_letter(
    shown, asked, ask, admit_member, repaired, letters
):
    late = ask(admit_member("Dan"))
    places = repaired()
    assert late in places
    assert [places[number].start for number in asked.values()] == [1, 2, 3]
    (letter,) = letters()
    assert "“Dan speaks” has a place now" in letter


def test_who_loses_the_place_is_told_why(shown, asked, database, settings, repaired, letters):
    with database.writing() as session:
        session.get_one(Request, asked["Ada"]).master_sha256 = None
    repaired()
    (letter,) = letters()
    assert "“Ada speaks” was to air Monday 23 November 2026, 00:05, One" in letter
    assert "was not ready" in letter


def test_what_begins_too_soon_neither_leaves_nor_is_given_away(
    shown, asked, reserve, repaired, week
):
    reserve(2, 2)
    # Ten minutes' notice: what begins before 00:07 stays as it is.
    places = repaired(week.span.start - timedelta(minutes=3))
    assert places[asked["Ada"]].start == 1
    assert min(places[asked["Ben"]].start, places[asked["Cleo"]].start) > 1


def test_a_block_over_what_is_on_air_already_is_impossible(
    shown, reserve, database, settings, week
):
    reserve(1, 1)
    with pytest.raises(Refusal) as refused:
        repair(database, settings, week, week.span.start + timedelta(hours=1))
    assert refused.value.code == "week-impossible"


def test_a_week_that_fits_is_not_drafted_again(shown, database, settings, week, now):
    _, version = repair(database, settings, week, now)
    assert version is None
    with database.reading() as session:
        assert grid.newest_draft(session, week) is None


def test_there_is_nothing_to_repair_before_a_week_is_published(database, settings, week, now):
    with pytest.raises(Refusal) as refused:
        repair(database, settings, week, now)
    assert refused.value.code == "nothing-published"


def test_a_promised_repair_is_done_by_the_worker(shown, reserve, database, settings, week, now):
    reserve(2, 1)
    with database.writing() as session:
        jobs.promise(session, JobKind.REPAIR, week, now)
    assert jobs.work_once(database, worker.duties(settings, database), lambda: now)
    with database.reading() as session:
        job = jobs.newest(session, JobKind.REPAIR, week)
        assert job is not None
        assert job.answer == "Version 2 of 2026-W48: 1 moved, 0 bumped."
