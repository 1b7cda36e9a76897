"""Whoever was not there all the time says nothing of a slot."""

import pytest

from playout.watch.run import Attention

WALL = 1_700_000_000.0


def attended(*moments):
    """Attention after looks at moments, as (seconds by the wall clock, seconds that passed)."""
    attention = Attention()
    for wall, monotonic in moments:
        attention.attend(WALL + wall, 50 + monotonic)
    return attention


def test_one_who_looks_on_listens_since_the_first_look():
    attention = attended(*[(n / 4, n / 4) for n in range(100)])
    assert attention.began(WALL + 25, 50 + 25) == WALL


@pytest.mark.parametrize("moment", [(10, 10), (-3600, 0.25), (5, 0.25)])
def test_an_absence_or_a_stepped_clock_begins_anew(moment):
    attention = attended((0, 0), moment)
    assert attention.began(WALL + moment[0], 50 + moment[1]) == WALL + moment[0]


def test_one_who_stopped_looking_does_not_listen():
    assert attended((0, 0)).began(WALL + 4, 50 + 4) == float("inf")


@pytest.mark.parametrize("set_by", [-3600, -0.2, 0.2, 3600])
def test_a_clock_that_was_set_since_the_last_look_tells_nothing(set_by):
    attention = attended((0, 0))
    assert attention.began(WALL + 0.25, 50 + 0.25) == WALL
    assert attention.began(WALL + 0.25 + set_by, 50 + 0.25) == float("inf")
