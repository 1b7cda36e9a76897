"""Playout runs as one process: threads keep it on air, bring it its plan, and say who speaks."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from playout.air import Air
from playout.attempts import Attempts
from playout.audience import Counting
from playout.control import Control
from playout.disk import AirFolder
from playout.mounts import mounts
from playout.now_playing import NowPlaying
from playout.only_one import PLAYOUT, holding
from playout.watch import sounding
from station.errors import Refusal
from station.settings import Settings

ROUND_SECONDS = 0.25
LEAVE_SECONDS = 5.0


class Playout:
    """A station's playout: Icecast, an engine a channel, and master control."""

    def __init__(self, settings: Settings) -> None:
        """Nothing runs before `start`."""
        self.settings = settings
        self.folder = AirFolder.of(settings)
        self.air = Air(settings, self.folder)
        self.control = Control(settings, self.folder, self.air)
        self.now_playing = NowPlaying(
            settings, self.folder, lambda channel: self.air.channels[channel].status
        )
        self.counting = Counting(settings)
        self._ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_going, args=(step,), daemon=True)
            for step in (
                self.air.round,
                self._control,
                lambda: self.now_playing.round(datetime.now(UTC)),
                lambda: self.counting.round(datetime.now(UTC)),
            )
        ]

    def start(self) -> None:
        """Start everything, and come back at once."""
        self.settings.run_folder.mkdir(parents=True, exist_ok=True)
        self.folder.make()
        for thread in self._threads:
            thread.start()

    def wait_until_on_air(self, seconds: float = 60) -> bool:
        """Whether every public mount sends, within some seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._ending.is_set():
            if all(sounding(mount.url) for mount in mounts(self.settings)):
                return True
            self._ending.wait(ROUND_SECONDS)
        return False

    def stop(self) -> None:
        """End everything that is on air."""
        self.leave()
        self.air.stop()

    def leave(self) -> None:
        """End control alone: the engines stay on air, and the next playout takes them over."""
        self._ending.set()
        # One may wait for a database that is gone: nobody waits for that one long.
        deadline = time.monotonic() + LEAVE_SECONDS
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        self.now_playing.close()
        self.control.close()
        self.counting.close()

    def _control(self) -> None:
        self.control.round(datetime.now(UTC), clock_is_sure=self.air.clock_is_sure)

    def _keep_going(self, step: Callable[[], None]) -> None:
        attempts = Attempts()
        while not self._ending.is_set():
            attempts.attempt("round", step)
            self._ending.wait(ROUND_SECONDS)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Be the only playout of a station on this host. Raises Refusal `playout-runs`."""
    with holding(settings, PLAYOUT) as free:
        if not free:
            raise Refusal("playout-runs", home=settings.home)
        yield
