"""One channel's real engine and Icecast, with masters laid before it, and no control at all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playout import icecast
from playout.disk import AirFolder
from playout.events import EngineEvent, EventKind, read_from
from playout.liquidsoap import client
from playout.liquidsoap.client import EngineStatus
from playout.mounts import STANDARD, base_url
from playout.processes import Running, start
from playout.supervise import channel_recipe, channel_socket
from station.errors import Fault
from station.settings import Settings
from tests.playout import tones

START_SECONDS = 60


@dataclass(slots=True)
class Rig:
    """A channel that plays what lies in its folder."""

    settings: Settings
    folder: AirFolder
    masters: Path
    engine: Running | None = None

    @property
    def url(self) -> str:
        """Where its sound is."""
        return base_url(self.settings) + STANDARD.path(0)

    @property
    def slot_seconds(self) -> int:
        """How long a slot is."""
        return self.settings.station.slot_seconds

    def lay(self, slots: range) -> None:
        """Put masters in place that sound like their slots."""
        for slot in slots:
            master = tones.slot_master(self.masters, slot, self.slot_seconds)
            (self.folder.channel(0) / f"{slot}.flac").symlink_to(master)

    def start(self, **environment: str) -> None:
        """Start the engine, and wait until it sends something."""
        recipe = channel_recipe(self.settings, self.folder, 0)
        told = {**recipe.environment, **environment}
        self.engine = start(type(recipe)(recipe.name, recipe.command, told, recipe.folder))
        wait_until(lambda: (status := self.status()) is not None and status.event != "")

    def status(self) -> EngineStatus | None:
        """What the engine says of itself, if it does."""
        try:
            return client.status(channel_socket(self.settings, 0))
        except Fault:
            return None

    def events(self, *kinds: EventKind) -> list[EngineEvent]:
        """What it told, in order."""
        told = read_from(self.folder.events("channel-0"), 0)[0]
        return [event for event in told if not kinds or event.event in kinds]


@contextmanager
def rig(settings: Settings, masters: Path) -> Iterator[Rig]:
    """Icecast and a folder for one channel; all is ended with the block."""
    settings.run_folder.mkdir(parents=True)
    folder = AirFolder.of(settings)
    folder.make()
    (folder.fill / "fill.flac").symlink_to(tones.own_master(masters, tones.FILL_HZ, 5))
    server = icecast.run(settings)
    one = Rig(settings, folder, masters)
    try:
        yield one
    finally:
        if one.engine is not None:
            one.engine.stop()
        server.stop()


def wait_until(says, seconds: float = START_SECONDS) -> None:
    """Wait until something holds; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not says():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
