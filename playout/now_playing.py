"""Listeners are told who speaks: in their own players by Icecast, on the page by a file."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from playout import heard, icy
from playout.attempts import Attempts
from playout.disk import AirFolder
from playout.heard import Heard, hearing
from playout.liquidsoap.client import EngineStatus
from playout.mounts import qualities
from playout.programme import Reader
from station.settings import Settings

# How often Icecast is asked what it shows, since an engine that came back shows nothing: while a
# mount is away, and otherwise (each time is a line in Icecast's log).
ASK_SECONDS = 1.0
ASK_AGAIN_SECONDS = 5.0
# How often the same is written again, so that a reader knows it is still true.
WRITE_AGAIN = timedelta(seconds=3)


def titles(settings: Settings, channels: tuple[Heard, ...]) -> dict[str, str]:
    """What each mount that can is to show, by path: the fallbacks show the station's name."""
    station = icy.clean(settings.station.name)
    wanted = {}
    for quality in qualities(settings):
        if quality.shows_titles:
            for one in channels:
                words = icy.clean(one.words(settings.station.name))
                wanted[quality.path(one.channel)] = words or station
            wanted[quality.fallback_path] = station
    return wanted


class NowPlaying:
    """Compares what is heard with what listeners are shown, one short round after the other."""

    def __init__(
        self,
        settings: Settings,
        folder: AirFolder,
        status_of: Callable[[int], EngineStatus | None],
    ) -> None:
        """`status_of` says what a channel's engine last said of itself."""
        self.settings = settings
        self._programme = Reader(folder.root)
        self._status_of = status_of
        self._shown: dict[str, str] = {}
        self._asked_at = float("-inf")
        self._written: tuple[Heard, ...] = ()
        self._written_at: datetime | None = None
        self._attempts = Attempts()

    def round(self, now: datetime) -> None:
        """Look once, and tell what has changed."""
        channels = self._hear(now)
        self._attempts.attempt("titles", lambda: self._show(titles(self.settings, channels)))
        self._attempts.attempt("now-playing", lambda: self._write(channels, now))

    def close(self) -> None:
        """Leave no title behind that nobody keeps true any more."""
        away = tuple(Heard(channel, -1, heard.AWAY) for channel in range(self.settings.channels))
        self._attempts.attempt("titles", lambda: self._show(titles(self.settings, away)))

    def _hear(self, now: datetime) -> tuple[Heard, ...]:
        programme, on_air = self._programme.now(), self.settings.slots.number(now)
        slot_seconds = self.settings.station.slot_seconds
        return tuple(
            hearing(channel, self._status_of(channel), programme, on_air, slot_seconds)
            for channel in range(self.settings.channels)
        )

    def _show(self, wanted: dict[str, str]) -> None:
        rest = ASK_AGAIN_SECONDS if wanted.keys() <= self._shown.keys() else ASK_SECONDS
        if time.monotonic() - self._asked_at > rest:
            self._shown = {}  # should Icecast be away
            self._asked_at = time.monotonic()
            self._shown = dict(icy.shown(self.settings))
        for path, words in wanted.items():
            if self._shown.get(path, words) == words:
                continue
            if icy.tell(self.settings, path, words):
                self._shown[path] = words
            else:
                del self._shown[path]

    def _write(self, channels: tuple[Heard, ...], now: datetime) -> None:
        fresh = self._written_at is not None and abs(now - self._written_at) < WRITE_AGAIN
        if channels == self._written and fresh:
            return
        heard.write(self.settings, channels, now)
        self._written, self._written_at = channels, now
