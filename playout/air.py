"""What it takes to be heard: Icecast, an engine for each channel, and one behind the fallbacks."""

import time

import structlog

from playout import icecast, live_port, logs, own_user
from playout.attempts import Attempts
from playout.clock import Doubt, clock_offset, was_set_ahead, was_set_back
from playout.disk import AirFolder
from playout.mounts import icecast_port
from playout.processes import Recipe, Running, stop_all
from playout.supervise import FALLBACK, Engine, channel_recipe, fallback_recipe
from station.settings import Settings

# Asking Icecast more often than this tells nothing new.
ICECAST_SECONDS = 2.0
ICECAST_HUNG_SECONDS = 10.0
LOGS_SECONDS = 60.0
PATIENCE_SECONDS = 20.0

logger = structlog.get_logger()


class Air:
    """Keeps Icecast and the engines running; one round after the other, each of them short."""

    def __init__(self, settings: Settings, folder: AirFolder) -> None:
        """Nothing is started before the first round."""
        self.settings = settings
        self.folder = folder
        self.channels = [self._engine(channel) for channel in range(settings.channels)]
        self.fallback = Engine(lambda: fallback_recipe(settings, folder), folder.events(FALLBACK))
        self.icecast: Running | None = None
        self._answered_at = 0.0
        self._asked_at = 0.0
        self._shortened_at = float("-inf")
        self._began_at = time.monotonic()
        self._attempts = Attempts()
        self._clock_offset = clock_offset()
        self._doubt = Doubt(settings.run_folder / "clock-set-ahead")
        self._fallback_waits = False
        own_user.let_through(settings.home)
        for engine in (*self.channels, self.fallback):
            engine.look_back()

    @property
    def clock_is_sure(self) -> bool:
        """Whether what is over by the clock is over: it was not set ahead a while ago."""
        return not self._doubt.lasts(time.monotonic())

    def round(self) -> None:
        """Look at everything once. A part that fails is told of and tried again next time."""
        self._attempts.attempt("clock", self._watch_the_clock)
        self._attempts.attempt("icecast", self._keep_icecast)
        if self.icecast is not None:
            for engine in (*self.channels, *self._fallbacks()):
                self._attempts.attempt(engine.events_file.stem, engine.keep)
        self._attempts.attempt("logs", self._shorten_logs)

    def _shorten_logs(self) -> None:
        now = time.monotonic()
        if now - self._shortened_at > LOGS_SECONDS:
            self._shortened_at = now
            logs.shorten(self.settings.run_folder / "log")

    def _watch_the_clock(self) -> None:
        """Start the engines anew once the clock was set back: they would wait for the old time.

        The one behind the fallback mounts comes last, since listeners are there meanwhile.
        """
        before, self._clock_offset = self._clock_offset, clock_offset()
        if was_set_back(before, self._clock_offset):
            logger.warning("clock-set-back", seconds=round(before - self._clock_offset, 1))
            self._doubt.end()
            self._fallback_waits = True
            for engine in self.channels:
                self._attempts.attempt(engine.events_file.stem, engine.restart)
        elif was_set_ahead(before, self._clock_offset):
            logger.warning("clock-set-ahead", seconds=round(self._clock_offset - before, 1))
            self._doubt.begin(time.monotonic())
        elif self._fallback_waits and all(engine.on_air for engine in self.channels):
            self.fallback.restart()
            self._fallback_waits = False

    def _fallbacks(self) -> list[Engine]:
        """The fallback's engine, once the channels are on air: they must not start later for it."""
        waited = time.monotonic() - self._began_at > PATIENCE_SECONDS
        ready = waited or all(engine.on_air for engine in self.channels)
        return [self.fallback] if ready or self.fallback.running else []

    def stop(self) -> None:
        """End everything, Icecast last, so that it sees its sources leave."""
        engines = (*self.channels, self.fallback)
        stop_all([engine.running for engine in engines if engine.running is not None])
        if self.icecast is not None:
            self.icecast.stop()

    def _engine(self, channel: int) -> Engine:
        def recipe() -> Recipe:
            return channel_recipe(self.settings, self.folder, channel)

        def prepare() -> int:
            return live_port.choose(self.settings, channel)

        return Engine(recipe, self.folder.events(f"channel-{channel}"), prepare)

    def _keep_icecast(self) -> None:
        now = time.monotonic()
        if self.icecast is not None and not self.icecast.alive:
            logger.warning("icecast-died")
            self.icecast = None
        if self.icecast is None:
            self.icecast = icecast.run(self.settings)
            self._answered_at = self._asked_at = now
            logger.info("icecast-runs", pid=self.icecast.pid, port=icecast_port(self.settings))
        elif now - self._asked_at > ICECAST_SECONDS:
            self._asked_at = now
            if icecast.answers(self.settings):
                self._answered_at = now
            elif now - self._answered_at > ICECAST_HUNG_SECONDS:
                logger.warning("icecast-hung")
                self.icecast.kill()
