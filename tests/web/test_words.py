from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from station import lengths, moments, money
from station.airtime import Week
from station.errors import WrongInput
from station.languages import speaking
from web import words

ZONE = ZoneInfo("Africa/Johannesburg")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (300, "five minutes"),
        (60, "one minute"),
        (900, "15 minutes"),
        (6, "six seconds"),
        (90, "90 seconds"),
        (1, "one second"),
    ],
)
def test_a_length_is_said_in_words(seconds, said):
    assert lengths.length(seconds) == said


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (timedelta(0), "over"),
        (timedelta(seconds=59), "in a moment"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=119, seconds=59), "in 119 minutes"),
        (timedelta(hours=2), "in 2 hours"),
        (timedelta(hours=47, minutes=59), "in 47 hours"),
        (timedelta(hours=48), "in 2 days"),
    ],
)
def test_how_far_off_an_instant_is(wait, said):
    assert words.until(NOW + wait, NOW) == said


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 11, 25, 16, 35, tzinfo=UTC), "Wednesday 25 November, 18:35"),
        (datetime(2026, 11, 21, 21, 59, tzinfo=UTC), "today, 23:59"),
        (datetime(2026, 11, 21, 22, 0, tzinfo=UTC), "tomorrow, 00:00"),
        (datetime(2026, 11, 20, 9, 0, 6, tzinfo=UTC), "yesterday, 11:00:06"),
        (datetime(2027, 1, 4, 0, 0, tzinfo=UTC), "Monday 4 January 2027, 02:00"),
    ],
)
def test_a_moment_is_said_in_the_stations_zone(instant, said):
    assert words.moment(instant, ZONE, NOW) == said


def test_a_week_is_said_by_its_days_and_from_now():
    week = Week.of(NOW, ZONE)
    assert moments.week_days(week) == "16 to 22 November"
    assert moments.week_days(week.plus(2)) == "30 November to 6 December"
    named = [moments.week_name(week.plus(n), NOW) for n in (-1, 0, 1, 2)]
    assert named == ["last week", "this week", "next week", "the week of 30 November"]


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        ([1], "five minutes of next week"),
        ([2, 2], "2 times five minutes of the week of 30 November"),
        ([2, 3, 4], "five minutes in each of 3 weeks, 30 November to 20 December"),
        ([2, 2, 7], "3 times five minutes in 2 weeks, 30 November to 10 January 2027"),
    ],
)
def test_airtime_is_said_by_its_weeks(ahead, said):
    weeks = [Week.of(NOW, ZONE).plus(n) for n in ahead]
    assert moments.airtime(300, weeks, NOW) == said


def test_what_is_sent_on_stays_true_later():
    assert moments.airtime(300, [Week.of(NOW, ZONE)]) == "five minutes of the week of 16 November"


@pytest.mark.parametrize(
    ("language", "at", "said"),
    [
        ("en", datetime(2026, 11, 25, 16, 35, 59, 999, UTC), "Wednesday 25 November, 18:35"),
        ("en", datetime(2026, 11, 27, 22, 0, 41, 0, UTC), "Friday 27 November, 24:00"),
        ("en", datetime(2026, 11, 21, 22, 0, tzinfo=UTC), "today, 24:00"),
        ("en", datetime(2026, 12, 31, 22, 0, tzinfo=UTC), "Thursday 31 December, 24:00"),
        ("en", datetime(2026, 11, 27, 22, 1, tzinfo=UTC), "Saturday 28 November, 00:01"),
        ("af", datetime(2026, 11, 27, 22, 0, tzinfo=UTC), "Vrydag 27 November, 24:00"),
        ("zu", datetime(2026, 11, 27, 22, 0, tzinfo=UTC), "uLwesihlanu 27 Novemba, 24:00"),
        ("sn", datetime(2026, 11, 27, 22, 0, tzinfo=UTC), "Chishanu 27 Mbudzi, 24:00"),
    ],
)
def test_a_deadline_is_never_read_later_than_it_is(language, at, said):
    with speaking(language):
        assert words.deadline(at, ZONE, NOW) == said


def test_the_zone_is_named_with_its_offset():
    assert words.zone_name(ZONE, NOW) == "Johannesburg, UTC+02:00"


@pytest.mark.parametrize(
    ("text", "cents"),
    [("150", 15000), ("R150", 15000), (" 99,50 ", 9950), ("99.5", 9950), ("R1\xa0200", 120000)],
)
def test_a_price_is_read_as_people_write_it(text, cents):
    assert words.cents(text) == cents


@pytest.mark.parametrize("text", ["", "R", "1.234", "-1", "1e3", "²", "1.²", "1" * 30, "1.2.3"])
def test_what_is_no_price_is_refused(text):
    with pytest.raises(WrongInput, match="is not a number for the price"):
        words.cents(text)


def test_money_and_data_are_said_with_their_units():
    assert money.price(15000, "ZAR") == "R150"
    assert money.price(1234550, "CHF") == "CHF 12,345.50"
    assert words.megabytes(899_999) == "0.9 MB"
    assert words.megabytes(14_400_000) == "14 MB"
    assert [words.megabytes(size) for size in (200, 18_400, 100_000)] == ["1 kB", "18 kB", "0.1 MB"]
    assert [words.clock_length(one) for one in (8, 59.6, 192)] == ["0:08", "1:00", "3:12"]
