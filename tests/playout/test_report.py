"""A week's start errors are summed up by their size, early or late."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from playout.report import SlotReport, percentile, summary


def slot(outcome, error_ms):
    at = datetime(2026, 11, 25, tzinfo=UTC)
    return SlotReport(0, 1, 1, "segment", "Hello", at, at, error_ms, outcome, "")


def test_outcomes_are_counted_and_errors_measured():
    told = summary([slot("aired", -9), slot("aired", 3), slot("late", 900), slot("missed", None)])
    assert told.outcomes == {"aired": 2, "late": 1, "missed": 1}
    assert (told.median_error_ms, told.worst_error_ms) == (9, 900)
    assert told.fell_short == 2


def test_what_is_still_ahead_is_no_problem():
    assert summary([slot("ahead", None)]).fell_short == 0


def test_a_week_without_anything_says_so():
    assert summary([]).lines() == ["Nothing is planned in this week."]


@given(st.lists(st.integers(0, 1000), min_size=1).map(sorted))
def test_ninety_nine_percent_do_not_exceed_the_percentile(values):
    value = percentile(values, 99)
    assert sum(each <= value for each in values) >= 0.99 * len(values)
    assert value in values
