"""Once a minute, whoever is connected to a channel's mounts is counted for the slot on air."""

import http
from collections import deque
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree as ET

from playout import icy
from playout.mounts import WATCH_AGENT, qualities
from station import audience
from station.db import Database
from station.errors import Fault
from station.schema import open_station
from station.settings import Settings

COUNT_SECONDS = 60
# What waits for a database that is away: a day of it.
MOST_WAITING = 24 * 60


class Connected(NamedTuple):
    """How many listen to a channel, and how many kbit/s they are sent together."""

    listeners: int
    kilobits: int


Counts = dict[int, Connected]  # by channel


def connected(settings: Settings) -> Counts:
    """Who is connected to each channel now, without the station's own watch.

    Raises Fault when Icecast does not say.
    """
    counts = dict.fromkeys(range(settings.channels), Connected(0, 0))
    for channel in counts:
        for quality in qualities(settings):
            here = _connected_to(settings, quality.path(channel))
            before = counts[channel]
            sent = before.kilobits + here * quality.kilobits
            counts[channel] = Connected(before.listeners + here, sent)
    return counts


def _connected_to(settings: Settings, path: str) -> int:
    """How many listen to a mount; of one without a source there is nothing to tell."""
    status, answer = icy.ask(settings, f"/admin/listclients?mount={quote(path)}")
    return listeners_in(answer) if status == http.HTTPStatus.OK else 0


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
                for channel, here in counts.items():
                    audience.add(session, channel, slot_number, here.listeners, here.kilobits)
        self._waiting.clear()
