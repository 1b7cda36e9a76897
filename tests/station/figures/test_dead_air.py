"""Dead air is what alarms told of, counted once a channel."""

from datetime import timedelta

from station import alarms
from station.airtime import Span
from station.alarms import AlarmKind, Raised
from station.figures.dead_air import dead_air


def test_a_channel_is_dead_once_however_many_of_its_mounts_are(database, settings, now):
    def at(minutes):
        return now + timedelta(minutes=minutes)

    told = [
        (AlarmKind.QUIET, 0, "standard", -10, 1),
        (AlarmKind.GONE, 0, "low", 0, 2),
        (AlarmKind.QUIET, 0, "low", 20, 21),
        (AlarmKind.GONE, 2, "low", 55, None),
        (AlarmKind.UNTOLD, None, "webhook", 5, 30),
        (AlarmKind.QUIET, 1, "low", 90, 91),
    ]
    with database.writing() as session:
        for kind, channel, quality, began, ended in told:
            over = None if ended is None else at(ended)
            alarms.keep(session, Raised(kind, channel, quality, at(began), at(began), over, {}))
    with database.reading() as session:
        found = dead_air(session, settings, Span(now, at(120)), at(60))
    assert [(one.times, one.seconds) for one in found.by_channel] == [(2, 180), (0, 0), (1, 300)]
    assert (found.total.seconds, found.total.longest_seconds) == (480, 300)
    assert round(found.total.percent, 3) == round(100 * 480 / (3 * 3600), 3)
    assert found.stretches[0].qualities == ("low", "standard")
    assert found.after_seconds == settings.alarms.after_seconds
