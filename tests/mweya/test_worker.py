"""What is due by the clock is done once a minute, each thing for itself."""

import sqlalchemy as sa

from mweya import worker


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
