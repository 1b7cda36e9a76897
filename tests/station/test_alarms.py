"""The table of alarms has each trouble once, however often it is told, and one who took it on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from station import alarms
from station.alarms import AlarmKind, Raised
from station.errors import Refusal


@pytest.fixture
def quiet(now):
    return Raised(AlarmKind.QUIET, 0, "standard", now, now + timedelta(seconds=15), None, {})


def test_an_alarm_that_is_told_again_stays_one_and_gets_its_end(database, quiet, now):
    ended = now + timedelta(minutes=2)
    for told in (quiet, quiet, replace(quiet, ended_at=ended), replace(quiet, quality="low")):
        with database.writing() as session:
            alarms.keep(session, told)
    with database.reading() as session:
        assert [alarm.quality for alarm in alarms.going_on(session)] == ["low"]
        assert [alarm.ended_at for alarm in alarms.over(session)] == [ended]


def test_what_concerns_no_mount_is_one_alarm_too(database, quiet, now):
    untold = replace(quiet, kind=AlarmKind.UNTOLD, channel=None, quality="ops@example.org")
    test = replace(quiet, kind=AlarmKind.TEST, channel=None, quality="")
    for told in (untold, untold, test, test):
        with database.writing() as session:
            alarms.keep(session, told)
    with database.reading() as session:
        assert [alarm.kind for alarm in alarms.going_on(session)] == [AlarmKind.UNTOLD]
        assert alarms.newest_test(session).began_at == now


def test_one_person_takes_an_alarm_on_and_keeps_it_when_it_ends(database, quiet, janet, peter, now):
    with database.writing() as session:
        alarm = alarms.keep(session, quiet)
        alarms.acknowledge(session, alarm.id, janet, now)
        with pytest.raises(Refusal, match="taken alarm 1 on already"):
            alarms.acknowledge(session, alarm.id, peter, now)
        kept = alarms.keep(session, replace(quiet, ended_at=now))
    assert (kept.id, kept.acknowledged_by) == (alarm.id, janet.account_id)


def test_an_alarm_that_is_none_is_refused(database, janet, now):
    with database.writing() as session, pytest.raises(Refusal, match="no alarm 9"):
        alarms.acknowledge(session, 9, janet, now)
