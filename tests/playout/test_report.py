"""A week's start errors are summed up by their size, early or late."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playout.report import SlotReport, percentile, slots_of, summary
from station.airlog import AirLine, LineKind
from station.airtime import Week
from station.grid import draft


def slot(outcome, error_ms):
    at = datetime(2026, 11, 25, tzinfo=UTC)
    return SlotReport(0, 1, 1, "segment", "Hello", at, at, error_ms, outcome, "")


def test_outcomes_are_counted_and_errors_measured():
    told = summary([slot("aired", -9), slot("aired", 3), slot("late", 900), slot("missed", None)])
    assert told.outcomes == {"aired": 2, "late": 1, "missed": 1}
    assert (told.median_error_ms, told.worst_error_ms) == (9, 900)
    assert told.fell_short == 2


@pytest.mark.parametrize("outcome", ["ahead", "undecided"])
def test_what_has_no_outcome_yet_is_no_problem(outcome):
    assert summary([slot(outcome, None)]).fell_short == 0


def test_a_slot_is_ahead_until_it_is_over_and_then_undecided(database, settings, now):
    week, on_air = Week.of(now, settings.zone), settings.slots.number(now)
    with database.writing() as session:
        drawn = draft(session, week, [], [], {}, now)
        for number in (on_air - 1, on_air, on_air + 1):
            named = {"week": str(week), "grid_id": drawn.id, "title": "", "speaker": ""}
            session.add(AirLine(channel=0, slot_number=number, kind=LineKind.SEGMENT, **named))
        told = slots_of(session, settings, week, now)
    assert [slot.outcome for slot in told] == ["undecided", "ahead", "ahead"]


def test_a_week_without_anything_says_so():
    assert summary([]).lines() == ["Nothing is planned in this week."]


@given(st.lists(st.integers(0, 1000), min_size=1).map(sorted))
def test_ninety_nine_percent_do_not_exceed_the_percentile(values):
    value = percentile(values, 99)
    assert sum(each <= value for each in values) >= 0.99 * len(values)
    assert value in values
