"""With pages, worker, watch, control and tables all gone, a channel plays what lies on its disk."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from playout.mounts import STANDARD, base_url
from playout.watch import sounding
from station import schema
from station.db import connect
from station.settings import load, write_new
from tests.journeys.house import House, free_port, wait_until
from tests.journeys.planned import SLOT_SECONDS, Planned
from tests.journeys.returning import Returning
from tests.playout import tones
from tests.playout.conftest import _quiet_zone
from tests.playout.tones import TONES

PLANNED_SLOTS = 10
ALL_GONE = 2, 0.7
AFTERWARDS = 3  # slots
PARTS = {"up", "playout", "watch", "worker", "web"}
EDGE = 0.35


@dataclass
class Orphaned(Planned):
    """What a listener has of a station after everything but the play plane was killed."""

    killed: set[str] = field(default_factory=set)
    left: list[int] = field(default_factory=list)
    heard: list[tuple[str, float, float]] = field(default_factory=list)
    listener: Returning | None = None

    def kill_python(self):
        """End every process of Python's that belongs to the station, and take its tables away."""
        # The parent goes first: it would start the others again.
        for pid, words in sorted(pythons(self.settings.home)):
            self.killed |= PARTS & set(words)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for file in self.settings.home.glob("station.db*"):
            file.unlink()
        time.sleep(0.5)
        self.left = [pid for pid, _ in pythons(self.settings.home)]

    def end(self):
        """End what still plays."""
        for name in ("channel-0", "fallback", "icecast"):
            with suppress(FileNotFoundError):
                self.running(name).kill()


def pythons(home):
    """The station's processes of Python, each with the words of its command line."""
    found = []
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            environment = (process / "environ").read_bytes().split(b"\0")
            words = (process / "cmdline").read_text().split("\0")
            if f"MWEYA_HOME={home}".encode() in environment and "mweya" in words:
                found.append((int(process.name), words))
    return found


@pytest.fixture(scope="module")
def orphaned(tmp_path_factory):
    """One channel, ten slots; in the third all but Liquidsoap, Icecast and their files goes."""
    folder = tmp_path_factory.mktemp("orphaned")
    home = folder / "station"
    toml = f'[station]\nslot_seconds = {SLOT_SECONDS}\nzone = "{_quiet_zone()}"\n'
    write_new(home, f'{toml}channels = ["One"]\n')
    settings = load(home, environment={})
    database = connect(settings.database_url)
    schema.upgrade(database)
    found = Orphaned(settings, database, PLANNED_SLOTS)
    found.ask(folder, _master)
    process = House(home).start(folder / "up.txt", "up", "--port", str(free_port()))
    try:
        _undergo(found)
    finally:
        found.kill_python()
        process.wait()
        database.close()
        found.end()
    return found


def _master(session, masters, channel, offset):
    file = tones.slot_master(masters.folder, offset, SLOT_SECONDS)
    return masters.store(session, "segment", file)


def _undergo(found):
    url = base_url(found.settings) + STANDARD.path(0)
    wait_until(lambda: sounding(url, seconds=1), 90)
    wait_until(lambda: {"worker", "web", "watch"} <= words_of(found.settings.home), 60)
    found.listener = Returning(url)
    found.publish_in_time(PLANNED_SLOTS)
    found.at(ALL_GONE, found.kill_python)
    found.at((PLANNED_SLOTS + AFTERWARDS, 0))
    found.listener.stop()
    found.heard = found.listener.heard()


def words_of(home):
    return {word for _, words in pythons(home) for word in words}


def test_every_part_was_there_and_is_gone(orphaned):
    assert orphaned.killed == PARTS
    assert orphaned.left == []
    assert not list(orphaned.settings.home.glob("station.db*"))


def test_every_slot_that_lay_on_disk_is_heard_in_its_time(orphaned):
    for offset in range(PLANNED_SLOTS):
        start, end = orphaned.starts_at(offset), orphaned.starts_at(offset + 1)
        names = [f"{offset % TONES} {half}" for half in ("first", "second")]
        own = [
            ended - began
            for sound, began, ended in orphaned.heard
            if sound in names and start - EDGE < began and ended < end + EDGE
        ]
        assert sum(own) > SLOT_SECONDS - EDGE


def test_fill_is_heard_afterwards_and_nobody_was_sent_away(orphaned):
    start = orphaned.starts_at(PLANNED_SLOTS) + EDGE
    assert {sound for sound, began, _ in orphaned.heard if began > start} <= {"fill"}
    assert orphaned.heard[-1][0] == "fill"
    assert len(orphaned.listener.recordings) == 1
