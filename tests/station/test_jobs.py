from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from station.errors import Fault, WrongInput
from station.jobs import (
    LEASE,
    MOST_ATTEMPTS,
    JobKind,
    JobState,
    claim,
    go_on,
    newest,
    promise,
    stop,
    work_once,
)

KINDS = {JobKind.STOCK: None}


@pytest.fixture
def promised(database, now):
    with database.writing() as session:
        return promise(session, JobKind.STOCK, 7, now)


def work(database, duty, now):
    return work_once(database, {JobKind.STOCK: duty}, lambda: now)


def state(database):
    with database.reading() as session:
        job = newest(session, JobKind.STOCK, 7)
        return job.state, job.attempts, job.answer


def test_a_promised_job_is_done_once(database, now, promised):
    done = []

    def duty(subject, at):
        done.append((subject, at))
        return "sent"

    assert work(database, duty, now)
    assert not work(database, duty, now)
    assert done == [("7", now)]
    assert state(database) == (JobState.DONE, 1, "sent")


def test_promising_what_is_promised_already_adds_nothing(database, now, promised):
    with database.writing() as session:
        assert promise(session, JobKind.STOCK, 7, now).id == promised.id


def test_a_job_is_claimed_by_one_worker_only(database, now):
    with database.writing() as session:
        for subject in range(20):
            promise(session, JobKind.STOCK, subject, now)

    def take(_):
        with database.writing() as session:
            job = claim(session, KINDS, now)
            return None if job is None else job.id

    with ThreadPoolExecutor(8) as pool:
        taken = [job_id for job_id in pool.map(take, range(40)) if job_id is not None]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 20


def test_a_dead_workers_job_is_claimed_again_when_its_lease_ends(database, now, promised):
    with database.writing() as session:
        assert claim(session, KINDS, now) is not None
    with database.writing() as session:
        assert claim(session, KINDS, now + LEASE - timedelta(seconds=1)) is None
        again = claim(session, KINDS, now + LEASE)
        assert (again.id, again.attempts) == (promised.id, 2)


def test_a_fault_that_may_pass_is_tried_again_later_and_then_given_up(database, now, promised):
    def duty(subject, at):
        raise Fault("the disk is full", permanent=False)

    at = now
    for attempt in range(1, MOST_ATTEMPTS):
        assert work(database, duty, at)
        assert not work(database, duty, at)
        assert state(database) == (JobState.WAITING, attempt, "the disk is full")
        at += timedelta(hours=1)
    assert work(database, duty, at)
    assert state(database)[0] == JobState.FAILED


@pytest.mark.parametrize(
    "problem",
    [Fault("no such voice", permanent=True), WrongInput("week-unknown", text="soon")],
)
def test_what_cant_get_better_is_not_tried_again(database, now, promised, problem):
    def duty(subject, at):
        raise problem

    assert work(database, duty, now)
    assert state(database) == (JobState.FAILED, 1, str(problem))


def test_a_letter_waits_for_its_mail_server_for_two_days(database, now):
    def away(subject, at):
        raise Fault("no route to host", permanent=False)

    with database.writing() as session:
        promise(session, JobKind.LETTER, 7, now)
    at = now
    while at < now + timedelta(days=2):
        work_once(database, {JobKind.LETTER: away}, iter([at] * 3).__next__)
        with database.reading() as session:
            job = newest(session, JobKind.LETTER, 7)
        assert job.state == JobState.WAITING
        assert job.due_at - at <= timedelta(hours=1)
        at = job.due_at


def test_a_job_that_kills_its_worker_each_time_is_given_up(database, now, promised):
    at = now
    for _ in range(MOST_ATTEMPTS):
        with database.writing() as session:
            assert claim(session, KINDS, at) is not None
        at += LEASE
    assert work(database, lambda subject, now: pytest.fail("tried again"), at)
    assert state(database)[0] == JobState.FAILED


def test_a_job_that_waits_is_stopped_at_once_and_one_that_runs_when_it_asks(
    database, now, promised
):
    with database.writing() as session:
        assert stop(session, JobKind.STOCK, 7, now)
        assert newest(session, JobKind.STOCK, 7).state == JobState.DONE
        assert not stop(session, JobKind.STOCK, 7, now)
        promise(session, JobKind.STOCK, 7, now)
        assert claim(session, KINDS, now) is not None
        assert go_on(session, JobKind.STOCK, "7", [{"placed": 1}], now + LEASE / 2)
        # It holds the lease for as long as it goes on.
        assert claim(session, KINDS, now + LEASE) is None
        assert stop(session, JobKind.STOCK, 7, now)
        assert not go_on(session, JobKind.STOCK, "7", [], now)
