"""A listener who comes back at once when sent away, and knows when each sound came."""

import http.client
import itertools
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.playout.listening import BYTES_A_SECOND, Recording

# Bytes in which the one that came soonest tells when a sound would have come live.
SPAN = 2 * BYTES_A_SECOND


@dataclass
class Returning:
    """Listens to a standard mount, and comes back at once when it is sent away."""

    url: str
    recordings: list[Recording] = field(default_factory=list)

    def __post_init__(self):
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_listening, daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join()

    @property
    def arrivals(self):
        """When each bit of sound came, in Unix time."""
        return [at for recording in self.recordings for _, at in recording.arrivals]

    def longest_wait(self, start, end):
        """How many seconds nothing came at most, between two instants."""
        times = [start, *(at for at in self.arrivals if start < at < end), end]
        return max(late - early for early, late in itertools.pairwise(times))

    def heard(self):
        """One sound after another, with its Unix times: as if each byte had come live."""
        return [each for recording in self.recordings for each in heard_in(recording)]

    def _keep_listening(self):
        while not self._stop.is_set():
            with suppress(OSError, http.client.HTTPException):
                self._listen()
            self._stop.wait(0.05)

    def _listen(self):
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=15)
        connection.request("GET", where.path)
        answer = connection.getresponse()
        if answer.status == http.HTTPStatus.OK:
            recording = Recording()
            self.recordings.append(recording)
            while not self._stop.is_set() and (chunk := answer.read1(4096)):
                recording.receive(chunk)
        connection.close()


def heard_in(recording):
    """A recording's sounds; a byte came live when the soonest of its neighbours did."""
    if len(recording.received) < SPAN:
        return []
    return [
        (run.sound, _live(recording, run.start, 0), _live(recording, run.end, -SPAN))
        for run in recording.runs
    ]


def _live(recording, second, before):
    """When a second of a recording came, by the arrivals that follow it, or that went before."""
    first = max(0, second * BYTES_A_SECOND + before)
    near = [
        at - count / BYTES_A_SECOND
        for count, at in recording.arrivals
        if first <= count <= first + SPAN
    ]
    return second + min(near, default=recording.arrivals[-1][1] - second)
