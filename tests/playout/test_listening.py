"""A machine's own stalls excuse a late start, and nothing else does."""

import pytest

from tests.playout.listening import Stalls


@pytest.mark.parametrize(
    ("lost", "error", "allowed"),
    [
        ([], 0.25, True),
        ([], 0.3, False),
        ([], -0.3, False),
        ([(99.0, 101.0)], 1.2, True),
        ([(99.0, 101.0)], 2.4, False),
        ([(98.0, 99.5), (100.2, 100.6)], 2.0, True),
        ([(90.0, 96.0)], 0.3, False),
        ([(100.5, 103.0)], 0.3, False),
        ([(99.0, 101.0)], -0.3, False),
    ],
)
def test_a_start_may_be_late_by_what_the_machine_lost_just_before(lost, error, allowed):
    stalls = Stalls()
    stalls.stop()
    stalls.lost = lost
    assert stalls.allowed(100.0, error) is allowed
