"""The watch hears every mount, keeps what went out, and says of each slot what was heard of it.

It needs Icecast and playout's disk: no database, no engine's word, no metadata.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from playout.alarms.run import Alarms
from playout.attempts import Attempts
from playout.clock import UNSURE_SECONDS
from playout.disk import AirFolder
from playout.mounts import Quality, icecast_port, qualities
from playout.watch.judging import KEPT_SECONDS, Judge
from playout.watch.receiver import Place, Receiver
from playout.watch.recorder import Recorder
from station.settings import Settings

ROUND_SECONDS = 0.25
# Whoever did not look for longer was away, and says nothing of that slot.
AWAY_SECONDS = 3.0
STEP_SECONDS = 0.1
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  where Icecast listens, not where we do


@dataclass(slots=True)
class Attention:
    """Since when somebody listened without a break, in Unix time; a stepped clock is a break."""

    since: float = float("inf")
    # By the wall clock and by the steady one; together, for they are read by another thread.
    _seen: tuple[float, float] = (0.0, float("-inf"))

    def began(self, wall: float, monotonic: float) -> float:
        """Since when somebody listens who still does; never, when nobody does, or by a new time."""
        seen = self._seen
        there = monotonic - seen[1] <= AWAY_SECONDS and not _is_stepped(seen, (wall, monotonic))
        return self.since if there else float("inf")

    def attend(self, wall: float, monotonic: float) -> None:
        """Say that one is there."""
        rested = monotonic - self._seen[1]
        if rested > AWAY_SECONDS or _is_stepped(self._seen, (wall, monotonic)):
            self.since = wall
        self._seen = wall, monotonic


def _is_stepped(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether the wall clock was set between two looks at both clocks."""
    return abs(other[0] - one[0] - (other[1] - one[1])) > STEP_SECONDS


class Watch:
    """Listens to all mounts of a station until it is stopped."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is heard before `start`."""
        self.settings = settings
        self.attention = Attention()
        slot_seconds = settings.station.slot_seconds
        kept = slot_seconds + KEPT_SECONDS
        self.receivers = [Receiver(place, self._address, kept) for place in places(settings)]
        self.recorders = [
            Recorder(place, self._address, settings.recordings_folder, slot_seconds)
            for place in recorded(settings)
        ]
        self.judge = Judge(settings, self.receivers)
        self.alarms = Alarms(settings)
        self._judged = self.judge.last_ready(time.time())
        self._attempts = Attempts()
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_going, args=(step,), daemon=True)
            for step in (self._look, self._record, self._judge)
        ]

    def start(self) -> None:
        """Begin to listen, and come back at once."""
        AirFolder.of(self.settings).make()
        # What went out is nobody's business on this machine but the station's.
        self.settings.recordings_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for receiver in self.receivers:
            receiver.start()
        self.alarms.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._ending.set()
        for thread in self._threads:
            thread.join()
        self.alarms.stop()
        for receiver in self.receivers:
            receiver.stop()
        for recorder in self.recorders:
            recorder.stop()

    def _look(self) -> None:
        self.attention.attend(time.time(), time.monotonic())
        for receiver in self.receivers:
            place = receiver.place
            levels = receiver.take_levels()
            self._attempts.attempt(
                "alarms",
                lambda: self.alarms.hear(place.channel, place.quality, levels),  # noqa: B023
            )
        self._attempts.attempt("alarms", self.alarms.hear_test)

    def _record(self) -> None:
        """On a thread of its own: what a slow disk holds up is not heard to be missing."""
        for recorder in self.recorders:
            self._attempts.attempt(f"recording {recorder.place.channel}", recorder.keep)

    def _judge(self) -> None:
        now = time.time()
        ready = self.judge.last_ready(now)
        for slot in range(self._judged + 1, ready + 1):
            self._attempts.attempt("findings", lambda: self._find(slot))  # noqa: B023
        if ready != self._judged:
            self._tidy(now)
        self._judged = ready
        # Last, for a slow disk takes its time.
        on_air = int(now // self.settings.station.slot_seconds)
        self._attempts.attempt("masters", lambda: self.judge.remember(on_air))

    def _find(self, slot: int) -> None:
        self.judge.find(slot, self.attention.began(time.time(), time.monotonic()))

    def _tidy(self, now: float) -> None:
        keep_seconds = timedelta(days=self.settings.watch.keep_days).total_seconds()
        if self.attention.began(time.time(), time.monotonic()) > now - UNSURE_SECONDS:
            keep_seconds = now  # by a clock that was just set nothing is old
        for recorder in self.recorders:
            self._attempts.attempt(
                f"recordings {recorder.place.channel}",
                lambda: recorder.tidy(now, keep_seconds),  # noqa: B023
            )

    def _address(self) -> str:
        host = self.settings.icecast.host
        host = "127.0.0.1" if host in EVERYWHERE else host
        return f"http://{host}:{icecast_port(self.settings)}"

    def _keep_going(self, step: Callable[[], None]) -> None:
        while not self._ending.is_set():
            step()
            self._ending.wait(ROUND_SECONDS)


def places(settings: Settings) -> list[Place]:
    """Every mount that the public can hear."""
    return [
        _place(quality, channel)
        for channel in range(settings.channels)
        for quality in qualities(settings)
    ]


def recorded(settings: Settings) -> list[Place]:
    """The mount of each channel that is kept: the smallest, Opus if there is one."""
    smallest = min(qualities(settings), key=lambda one: (one.suffix != "opus", one.kilobits))
    return [_place(smallest, channel) for channel in range(settings.channels)]


def _place(quality: Quality, channel: int) -> Place:
    return Place(channel, quality.name, quality.suffix, quality.path(channel))
