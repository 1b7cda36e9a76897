import pytest
import sqlalchemy as sa

from station import fill
from station.errors import Refusal
from station.fill import FillState
from station.jobs import Job, JobKind, JobState
from station.treatment import FillKind

UPLOAD, SOUND = "ab" * 32, "cd" * 32


@pytest.fixture
def bed(database, now):
    with database.writing() as session:
        return fill.receive(session, FillKind.BED, "  Morning \n bed", UPLOAD, now)


def promised(session):
    jobs = session.scalars(sa.select(Job).where(Job.kind == JobKind.STOCK).order_by(Job.id))
    return [job.state for job in jobs]


def test_what_an_operator_brings_waits_to_be_prepared(database, bed):
    assert (bed.title, bed.state, bed.sound_sha256) == ("Morning bed", FillState.RECEIVED, "")
    with database.reading() as session:
        assert [one.id for one in fill.listed(session)] == [bed.id]
        assert promised(session) == [JobState.WAITING]


def test_a_prepared_piece_is_used_and_prepared_once(database, bed, now):
    with database.writing() as session:
        assert fill.accept(session, bed.id, SOUND, 42_000, {"sentences": []}, now)
        assert not fill.accept(session, bed.id, "ef" * 32, 9, {}, now)
        assert not fill.reject(session, bed.id, {})
        (used,) = fill.in_state(session, FillState.USED)
        assert (used.sound_sha256, used.duration_ms) == (SOUND, 42_000)


def test_each_change_promises_the_stations_fill_anew_once(database, bed, now):
    with database.writing() as session:
        fill.accept(session, bed.id, SOUND, 42_000, {}, now)
        session.execute(sa.update(Job).values(state=JobState.DONE))
        fill.retire(session, bed.id, now)
        assert promised(session) == [JobState.DONE, JobState.WAITING]


def test_a_piece_that_cannot_be_used_says_why_until_it_is_retired(database, bed, now):
    with database.writing() as session:
        fill.reject(session, bed.id, {"sentences": ["The file is empty."]})
        (found,) = fill.listed(session)
        assert (found.state, found.facts["sentences"]) == ("rejected", ["The file is empty."])
        fill.retire(session, bed.id, now)
        assert fill.listed(session) == []


def test_what_is_not_there_can_not_be_retired(database, bed, now):
    with database.writing() as session:
        fill.retire(session, bed.id, now)
        for number in (bed.id, 99):
            with pytest.raises(Refusal, match=f"no piece of fill {number}"):
                fill.retire(session, number, now)


def test_a_piece_needs_a_title(database, now):
    with database.writing() as session, pytest.raises(Refusal, match="fill in the title"):
        fill.receive(session, FillKind.IDENT, " ", UPLOAD, now)
