"""What is due by the clock is done once a minute, each thing for itself."""

import threading
import time

import sqlalchemy as sa

from media.worker import STUDIO_FOLDER
from mweya import worker
from station import letters, using
from station.jobs import Job, JobKind, JobState


def test_a_chore_that_fails_keeps_no_other_from_being_done(database):
    done = []

    def broken(_):
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("the disk is full"))

    def whole(_):
        done.append("second")
        return 1

    worker.do_each(database, {"first": broken, "second": whole})
    assert done == ["second"]


def test_every_chore_runs_on_an_empty_station(database, settings, now):
    for chore in worker.due_by_the_clock(settings, now).values():
        assert database.do(chore) == 0


def test_every_kind_of_job_has_one_lane(database, settings):
    known: list[JobKind] = []
    for lane in worker.lanes(settings, database):
        with lane.begin() as duties:
            known += duties
    assert sorted(known) == sorted(JobKind)


def test_a_letter_and_a_silence_are_done_at_once_and_the_worker_stops_when_told(
    database, settings, admit_member, right_of, now
):
    janet = admit_member("Janet")
    right = right_of(janet, "2026-W49")
    with database.writing() as session:
        using.dedicate(session, settings, right.id, janet.account_id, "George Floyd", [], now)
        letters.write(session, janet, "Welcome", "Come in.", now)
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(settings, database, stop.wait))
    working.start()
    try:
        ends = time.monotonic() + 60
        while _states(database) != {JobState.DONE}:
            assert time.monotonic() < ends
            time.sleep(0.05)
    finally:
        stop.set()
        working.join()
    # Every engineer is gone, and its spool.
    assert not list((settings.media_folder / STUDIO_FOLDER).iterdir())


def _states(database):
    with database.reading() as session:
        return set(session.scalars(sa.select(Job.state)))
