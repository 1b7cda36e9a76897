from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.airtime import Daypart, Slots, Span, Week, parse_local
from station.errors import WrongInput

JOHANNESBURG = ZoneInfo("Africa/Johannesburg")
BERLIN = ZoneInfo("Europe/Berlin")
FIVE_MINUTES = Slots(300)


def test_a_week_has_2016_five_minute_starts():
    assert Week.parse("2026-W48", JOHANNESBURG).starts(FIVE_MINUTES) == 2016


@pytest.mark.parametrize(("label", "starts"), [("2026-W13", 2004), ("2026-W43", 2028)])
def test_the_weeks_when_clocks_change_are_an_hour_shorter_or_longer(label, starts):
    week = Week.parse(label, BERLIN)
    assert week.starts(FIVE_MINUTES) == starts
    assert week.span.seconds == starts * 300


def test_a_week_begins_at_mondays_local_midnight():
    week = Week.parse("2026-W48", JOHANNESBURG)
    assert week.span.start == datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    assert week.instant(0, FIVE_MINUTES) == week.span.start


def test_the_last_instant_of_a_week_belongs_to_it_and_its_end_does_not():
    week = Week.parse("2026-W48", JOHANNESBURG)
    last = week.instant(2015, FIVE_MINUTES)
    assert last in week.span
    assert week.span.end not in week.span
    assert week.start_at(week.span.end, FIVE_MINUTES) == 2016


def test_a_year_with_53_weeks_has_one():
    assert str(Week.parse("2026-W53", JOHANNESBURG).plus(1)) == "2027-W01"


@pytest.mark.parametrize(
    "text", ["2027-W53", "9999-W52", "0001-W01", "2026-W00", "2026-48", "next", "2026-W4", ""]
)
def test_what_is_not_a_week_is_refused_by_name(text):
    with pytest.raises(WrongInput, match="is not a week") as refusal:
        Week.parse(text, JOHANNESBURG)
    assert refusal.value.code == "week-unknown"


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)),
    st.sampled_from(["Africa/Johannesburg", "Europe/Berlin", "Asia/Kathmandu", "Africa/Cairo"]),
    st.sampled_from([5, 60, 300, 900]),
)
def test_every_instant_lies_in_the_slot_and_week_that_it_names(moment, zone, seconds):
    instant, slots = moment.replace(tzinfo=UTC), Slots(seconds)
    week = Week.of(instant, ZoneInfo(zone))
    assert instant in week.span
    start = week.start_at(instant, slots)
    assert 0 <= start < week.starts(slots)
    begins = week.instant(start, slots)
    assert instant in Span(begins, slots.start(slots.number(begins) + 1))


def test_consecutive_weeks_meet_without_a_gap():
    week = Week.parse("2026-W12", BERLIN)
    for _ in range(60):
        assert week.span.end == week.plus(1).span.start
        week = week.plus(1)


def test_a_daypart_lies_on_its_days_in_local_time():
    week = Week.parse("2026-W48", JOHANNESBURG)
    weekday_breakfast = Daypart("breakfast", time(6), time(9), frozenset({1, 5}))
    assert weekday_breakfast.spans(week) == [
        Span(datetime(2026, 11, day, 4, tzinfo=UTC), datetime(2026, 11, day, 7, tzinfo=UTC))
        for day in (23, 27)
    ]


def test_a_daypart_past_midnight_is_clipped_at_both_ends_of_the_week():
    week = Week.parse("2026-W48", JOHANNESBURG)
    spans = Daypart("late", time(21), time(5)).spans(week)
    assert spans[0] == Span(week.span.start, datetime(2026, 11, 23, 3, tzinfo=UTC))
    assert spans[-1].end == week.span.end
    assert len(spans) == 8


def test_a_daypart_keeps_its_local_hours_when_clocks_change():
    week = Week.parse("2026-W13", BERLIN)
    saturday, sunday = Daypart("morning", time(9), time(12)).spans(week)[-2:]
    assert (saturday.start.hour, sunday.start.hour) == (8, 7)


def test_a_local_time_is_read_in_the_stations_zone():
    assert parse_local("2026-11-25T18:35", JOHANNESBURG) == datetime(
        2026, 11, 25, 16, 35, tzinfo=UTC
    )
    for text in ("half past six", "0001-01-01T00:00", "9999-12-31T23:59-12:00"):
        with pytest.raises(WrongInput, match="is not a time"):
            parse_local(text, JOHANNESBURG)
