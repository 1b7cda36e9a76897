"""The doctor asks the kernel whether anybody corrects the clock."""

import pytest

from mweya.clock import NOBODY_MICROSECONDS, greatest_error_microseconds, is_kept


@pytest.mark.parametrize(
    ("microseconds", "kept"), [(250, True), (1_500_000, True), (NOBODY_MICROSECONDS, False)]
)
def test_a_clock_is_kept_until_its_error_has_grown_for_hours(microseconds, kept):
    assert is_kept(microseconds) is kept


def test_the_kernel_says_how_far_off_it_may_be_unless_it_is_walled_off():
    error = greatest_error_microseconds()
    assert error is None or 0 <= error <= NOBODY_MICROSECONDS
