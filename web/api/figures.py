"""The reports' figures for programs: of some days, each asked for by itself."""

from datetime import timedelta

from msgspec import Struct

from station.airtime import Span
from station.figures import accuracy, capacity, dead_air, listeners, mix, spans
from station.figures.accuracy import AccuracyReport
from station.figures.capacity import Capacity
from station.figures.dead_air import DeadAirReport
from station.figures.listeners import ListenersReport
from station.figures.mix import MixReport
from web.api import asked, named
from web.session import now, station


class Capacities(Struct, frozen=True):
    """How full each week was."""

    weeks: tuple[Capacity, ...]


def capacity_of(wanted: asked.SomeDays) -> Capacities:
    """How full each week is that the days touch."""
    with station().database.reading() as session:
        return Capacities(tuple(capacity.capacity(session, station().settings, _span(wanted))))


def accuracy_of(wanted: asked.SomeDays) -> AccuracyReport:
    """How exactly members' pieces began, and how their slots ended."""
    with station().database.reading() as session:
        return accuracy.accuracy(session, station().settings, _span(wanted))


def dead_air_of(wanted: asked.SomeDays) -> DeadAirReport:
    """How much dead air there was."""
    with station().database.reading() as session:
        return dead_air.dead_air(session, station().settings, _span(wanted), now())


def mix_of(wanted: asked.SomeDays) -> MixReport:
    """What the slots were used for: own, gift, sale, makegood, silence, the station's own."""
    with station().database.reading() as session:
        return mix.mix(session, station().settings, _span(wanted))


def listeners_of(wanted: asked.SomeDays) -> ListenersReport:
    """How many listened when, and what it cost them in data."""
    with station().database.reading() as session:
        return listeners.listeners(session, station().settings, _span(wanted))


def _span(wanted: asked.SomeDays) -> Span:
    settings = station().settings
    last = wanted.last or now().astimezone(settings.zone).date()
    named.require_day(last)
    first = last - timedelta(days=wanted.days - 1)
    return spans.read_days(settings, now(), str(first), str(last))
