"""What is said about when a verdict will come holds for the queue as it is."""

from datetime import timedelta

import pytest

from station.checking import UNKNOWN, Done, Lately, ahead_of, lately, verdict_in
from station.jobs import JobKind, JobState, claim, newest, promise, settle

SECONDS = timedelta(seconds=1)


def ended(now, *ends, promised=600):
    """Jobs that ended so many seconds ago, all promised long before."""
    return tuple(Done(now - promised * SECONDS, now - end * SECONDS) for end in ends)


@pytest.mark.parametrize(
    ("ahead", "ends", "seconds"),
    [
        (0, (), UNKNOWN.total_seconds()),
        (9, (), 10 * UNKNOWN.total_seconds()),
        (0, (30, 20, 10), 10),
        (1799, (30, 20, 10), 18_000),
        # One that took long is no rule.
        (0, (100, 30, 20, 10), 10),
    ],
)
def test_a_verdict_comes_once_all_before_it_came(ahead, ends, seconds, now):
    assert verdict_in(ahead, Lately(ended(now, *ends), None), now) == seconds * SECONDS


def test_what_was_promised_after_the_last_end_took_no_longer_than_since_then(now):
    first, second = ended(now, 5000), ended(now, 100, promised=108)
    assert verdict_in(0, Lately((*first, *second), None), now) == 8 * SECONDS


def test_while_nothing_ends_nobody_is_told_that_it_goes_fast(now):
    stuck = Lately(ended(now, 920, 910, 900, promised=9999), now - 1200 * SECONDS)
    assert verdict_in(1, stuck, now) == 1800 * SECONDS
    fresh = Lately(stuck.done, now - 3 * SECONDS)
    assert verdict_in(1, fresh, now) == 20 * SECONDS


def test_eighteen_hundred_that_came_in_one_hour_are_checked_in_the_order_they_came(database, now):
    kinds = {JobKind.INGEST: None}
    with database.writing() as session:
        for number in range(1800):
            promise(session, JobKind.INGEST, number, now + 2 * number * SECONDS)
        later = now + timedelta(hours=1)
        for number in range(20):
            job = claim(session, kinds, later + 4 * number * SECONDS)
            assert job.subject == str(number)
            end = later + 4 * (number + 1) * SECONDS
            assert settle(session, job, JobState.DONE, "accepted", end)
        last = newest(session, JobKind.INGEST, 1799)
        found, ahead = lately(session), ahead_of(session, last)
    assert ahead == 1779
    assert verdict_in(ahead, found, later + 80 * SECONDS) == 1780 * 4 * SECONDS
