"""Times of each week in which nothing of a person may air."""

import pytest

from station import blackouts
from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.rights import cutoff


@pytest.fixture
def week(now, settings):
    return Week.of(now, settings.zone).plus(2)


@pytest.fixture
def thandi(admit_member):
    return admit_member("Thandi")


@pytest.fixture
def choose(database, settings, thandi, now):
    who = thandi.account_id

    def chosen(weekday, start, end, when=now):
        with database.writing() as session:
            return blackouts.choose(session, settings, who, weekday, start, end, when).id

    return chosen


def left(database, settings, week, account_id):
    """What is left of a week, in local time."""
    with database.reading() as session:
        found = blackouts.in_week(session, settings, week, [account_id]).get(account_id, [])
        spans = blackouts.open_spans(week, found)
    return [
        tuple(f"{at.astimezone(settings.zone):%a %H:%M}" for at in (span.start, span.end))
        for span in spans
    ]


def test_what_is_left_of_a_week_lies_around_each_blackout(choose, database, settings, week, thandi):
    choose(5, "18:00", "18:00")
    choose(7, "22:00", "04:00")
    assert left(database, settings, week, thandi.account_id) == [
        ("Mon 04:00", "Fri 18:00"),
        ("Sat 18:00", "Sun 22:00"),
    ]


def test_blackouts_that_overlap_leave_no_hole(choose, database, settings, week, thandi):
    choose(0, "02:00", "04:00")
    choose(0, "03:00", "06:00")
    whole = left(database, settings, week, thandi.account_id)
    assert len(whole) == 8
    assert {start[4:] for start, _ in whole[1:]} == {"06:00"}


def test_a_week_that_closed_before_keeps_its_hours(choose, database, settings, week, thandi):
    choose(1, "10:00", "11:00", when=cutoff(week, settings))
    assert len(left(database, settings, week, thandi.account_id)) == 1
    assert len(left(database, settings, week.plus(1), thandi.account_id)) == 2


def test_no_more_hours_are_left_out_than_the_station_says(choose, database, thandi):
    choose(6, "00:00", "00:00")
    nights = choose(1, "00:00", "06:00")
    choose(6, "10:00", "12:00")
    with pytest.raises(Refusal) as refused:
        choose(2, "05:59", "06:00")
    assert refused.value.code == "blackout-long"
    with database.writing() as session:
        blackouts.remove(session, thandi.account_id, nights)
    choose(2, "00:00", "06:00")


@pytest.mark.parametrize(
    ("weekday", "start", "code"), [(8, "10:00", "text-missing"), (1, "x", "time-of-day-unknown")]
)
def test_what_is_no_time_of_the_week_is_refused(weekday, start, code, choose):
    with pytest.raises(WrongInput) as refused:
        choose(weekday, start, "11:00")
    assert refused.value.code == code


def test_a_blackout_is_taken_away_by_its_person_alone(choose, database, admit_member):
    chosen, sipho = choose(1, "10:00", "11:00"), admit_member("Sipho")
    with database.writing() as session, pytest.raises(Refusal) as refused:
        blackouts.remove(session, sipho.account_id, chosen)
    assert refused.value.code == "blackout-unknown"
