"""The desk's alarms: an operator sees what is wrong on air, and takes it on once."""

from datetime import timedelta

import pytest

from station import alarms
from station.alarms import AlarmKind, Raised

PAGE = "/desk/alarms/"


@pytest.fixture
def raise_alarm(database, now):
    def raised(kind, quality="standard", ended_after=None, **detail):
        began = now - timedelta(minutes=5)
        ended = None if ended_after is None else began + timedelta(seconds=ended_after)
        channel = 0 if kind in (AlarmKind.QUIET, AlarmKind.GONE) else None
        with database.writing() as session:
            return alarms.keep(session, Raised(kind, channel, quality, began, now, ended, detail))

    return raised


@pytest.fixture
def operator(seeded, signed_in):
    return signed_in(seeded.operator)


def test_a_station_without_alarms_says_so_and_how_they_would_arrive(operator):
    operator.open(PAGE)
    assert "Nothing is wrong on air." in operator.page
    assert "They go to the station's log alone." in operator.page
    assert "They have not been tested yet" in operator.page


def test_an_alarm_that_goes_on_is_seen_from_every_part_of_the_desk_until_it_is_taken_on(
    operator, raise_alarm, seeded
):
    alarm = raise_alarm(AlarmKind.QUIET)
    operator.open("/desk/fees/")
    assert "Alarms (1)" in operator.page
    operator.open(PAGE)
    assert "One alarm goes on." in operator.page
    assert "Dead air on One (standard): quiet since 11:55:00" in operator.page
    operator.send(f"{PAGE}{alarm.id}/acknowledging")
    assert "You have taken this alarm on." in operator.page
    assert "taken on by" in operator.page
    assert seeded.operator.name in operator.page
    assert "Alarms (1)" not in operator.page


def test_an_alarm_is_taken_on_once(operator, raise_alarm, database, seeded, now):
    alarm = raise_alarm(AlarmKind.GONE)
    operator.open(PAGE)
    with database.writing() as session:
        alarms.acknowledge(session, alarm.id, seeded.operator, now)
    assert operator.send(f"{PAGE}{alarm.id}/acknowledging").status_code == 409
    assert f"Somebody has taken alarm {alarm.id} on already." in operator.page


def test_what_is_over_says_how_long_it_was(operator, raise_alarm):
    raise_alarm(AlarmKind.GONE, ended_after=50)
    operator.open(PAGE)
    assert "Nothing is wrong on air." in operator.page
    assert "Sound is back on One (standard) since 11:55:50; it was away since 11:55:00." in (
        operator.page
    )


def test_a_test_that_did_not_arrive_is_told(operator, raise_alarm):
    raise_alarm(AlarmKind.TEST, quality="")
    raise_alarm(AlarmKind.UNTOLD, quality="ops@example.org", problem="no route to host")
    operator.open(PAGE)
    assert "has not arrived everywhere yet" in operator.page
    assert "Alarms have not reached ops@example.org since 11:55:00: no route to host." in (
        operator.page
    )


def test_only_operators_see_alarms(sender):
    assert sender.open(PAGE).status_code == 403
