"""Whoever listens is counted on a real Icecast, and the station's own watch is not."""

import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from playout import icecast
from playout.audience import Counting, connected
from playout.mounts import LOW, STANDARD, WATCH_AGENT, icecast_port
from station import audience
from station.errors import Fault
from tests.playout.test_full_house import asked, source

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def on_air(settings):
    """A station of three channels, one of which has sources."""
    running = icecast.run(settings)
    address = settings.icecast.host, icecast_port(settings)
    with ExitStack() as held:
        for path in (STANDARD.path(0), LOW.path(0)):
            engine, _ = source(address, settings.secrets.icecast_source, path)
            held.callback(engine.close)
        time.sleep(0.5)
        yield settings, address, held
    running.stop()


def listen(on_air, path, agent):
    _, address, held = on_air
    listener, answer = asked(address, f"GET {path} HTTP/1.0\r\nUser-Agent: {agent}")
    held.callback(listener.close)
    assert "200" in answer


def test_listeners_of_every_quality_are_counted_and_the_watch_is_not(on_air, database):
    settings = on_air[0]
    counting = Counting(settings)
    counting.round(NOW)
    for path, agent in ((STANDARD.path(0), "Radio"), (LOW.path(0), ""), (LOW.path(0), WATCH_AGENT)):
        listen(on_air, path, agent)
    time.sleep(0.5)
    assert connected(settings) == {0: (2, 128 + 32), 1: (0, 0), 2: (0, 0)}
    counting.round(NOW + timedelta(seconds=30))  # within the same minute
    counting.round(NOW + timedelta(minutes=1))
    counting.close()
    slot = settings.slots.number(NOW)
    with database.reading() as session:
        found = audience.of_slots(session, {(0, slot), (1, slot)})
    assert found == {(0, slot): audience.Listeners(2, 1.0), (1, slot): audience.Listeners(0, 0.0)}


def test_while_icecast_is_away_nothing_is_counted(settings, database):
    with pytest.raises(Fault, match="Icecast does not answer"):
        Counting(settings).round(NOW)
    with database.reading() as session:
        assert audience.of_slots(session, {(0, settings.slots.number(NOW))}) == {}
