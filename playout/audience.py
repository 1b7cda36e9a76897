"""Once a minute, whoever is connected to a channel's mounts is counted for the slot on air."""

import http
from collections import deque
from datetime import datetime
from urllib.parse import quote
from xml.etree import ElementTree as ET

from playout import icy
from playout.mounts import WATCH_AGENT, channel_paths
from station import audience
from station.db import Database
from station.errors import Fault
from station.schema import open_station
from station.settings import Settings

COUNT_SECONDS = 60
# What waits for a database that is away: a day of it.
MOST_WAITING = 24 * 60

Counts = dict[int, int]  # how many listened, by channel


def connected(settings: Settings) -> Counts:
    """How many are connected to each channel now, without the station's own watch.

    Raises Fault when Icecast does not say.
    """
    counts = dict.fromkeys(range(settings.channels), 0)
    for path, channel in channel_paths(settings).items():
        status, answer = icy.ask(settings, f"/admin/listclients?mount={quote(path)}")
        # Of a mount without a source there is nothing to tell.
        if status == http.HTTPStatus.OK:
            counts[channel] += listeners_in(answer)
    return counts


def listeners_in(answer: bytes) -> int:
    """How many listeners there are in Icecast's list of a mount's clients.

    Raises Fault for what is no such list.
    """
    try:
        clients = ET.fromstring(answer).iter("listener")  # noqa: S314  our own Icecast
        return sum(client.findtext("UserAgent") != WATCH_AGENT for client in clients)
    except ET.ParseError as problem:
        raise Fault(f"Icecast answers nonsense: {problem}", permanent=False) from None


class Counting:
    """Counts each minute, and keeps what it has counted until the database has it."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is counted, and nothing opened, before the first round."""
        self.settings = settings
        self._database: Database | None = None
        self._minute = -1
        self._waiting: deque[tuple[int, Counts]] = deque(maxlen=MOST_WAITING)

    def round(self, now: datetime) -> None:
        """Count, once a minute. Raises Fault when Icecast or the database is away."""
        minute = int(now.timestamp()) // COUNT_SECONDS
        if minute == self._minute:
            return
        self._minute = minute
        self._waiting.append((self.settings.slots.number(now), connected(self.settings)))
        self._keep()

    def close(self) -> None:
        """Give the database back."""
        if self._database is not None:
            self._database.close()

    def _keep(self) -> None:
        if self._database is None:
            self._database = open_station(self.settings)
        with self._database.writing() as session:
            for slot_number, counts in self._waiting:
                for channel, listeners in counts.items():
                    audience.add(session, channel, slot_number, listeners)
        self._waiting.clear()
