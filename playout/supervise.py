"""Each channel's engine is kept running: one that dies or hangs is started again."""

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import structlog

from playout import events, live_port, mounts, own_user
from playout.care import Care, Seen, care_for, pause_after
from playout.disk import AirFolder
from playout.events import EngineEvent, EventKind
from playout.liquidsoap import client
from playout.liquidsoap.client import EngineStatus
from playout.mounts import Quality, qualities
from playout.processes import Recipe, Running, found, start
from station.errors import Fault
from station.settings import Settings

SCRIPT = Path(__file__).parent / "liquidsoap" / "channel.liq"
FALLBACK = "fallback"

logger = structlog.get_logger()


def channel_recipe(settings: Settings, folder: AirFolder, channel: int) -> Recipe:
    """How a channel's engine is started."""
    return _recipe(
        settings,
        folder,
        f"channel-{channel}",
        folder.channel(channel),
        folder.fill,
        {one: one.path(channel) for one in qualities(settings)},
        {
            "MWEYA_LIVE_HOST": settings.live.host,
            "MWEYA_LIVE_PORT_FILE": str(live_port.port_file(settings, channel)),
        },
    )


def fallback_recipe(settings: Settings, folder: AirFolder) -> Recipe:
    """How the engine behind the fallback mounts is started: a channel that never has a slot."""
    paths = {one: one.fallback_path for one in qualities(settings)}
    return _recipe(settings, folder, FALLBACK, folder.nobody, folder.emergency, paths, {})


def channel_socket(settings: Settings, channel: int) -> Path:
    """Where a channel's engine is asked and told."""
    name = f"channel-{channel}"
    return Recipe(name, (), {}, settings.run_folder, _user(settings)).workplace / f"{name}.sock"


def _user(settings: Settings) -> str | None:
    air = settings.air_folder
    return own_user.engine_user(air if air.exists() else settings.home, SCRIPT.parent)


@cache
def _script_hash() -> str:
    scripts = sorted(SCRIPT.parent.glob("*.liq"))
    return hashlib.sha256(b"".join(script.read_bytes() for script in scripts)).hexdigest()


def _recipe(
    settings: Settings,
    folder: AirFolder,
    name: str,
    slots: Path,
    fill: Path,
    paths: Mapping[Quality, str],
    live: Mapping[str, str],
) -> Recipe:
    user = _user(settings)
    environment = {
        "PATH": os.defpath,
        "MWEYA_ALLOW_ROOT": "1" if os.geteuid() == 0 and user is None else "0",
        "MWEYA_SOCKET": f"{name}.sock",
        "MWEYA_SLOT_SECONDS": str(settings.station.slot_seconds),
        "MWEYA_SLOTS_FOLDER": str(slots),
        "MWEYA_FILL_FOLDER": str(fill),
        "MWEYA_EMERGENCY_FILE": str(folder.chord),
        "MWEYA_EVENTS_FILE": str(folder.events(name)),
        "MWEYA_BEAT_FILE": f"{name}.beat",
        "MWEYA_AIRED_FILE": f"{name}.aired",
        # Another version of the script needs a new start, too.
        "MWEYA_SCRIPT": _script_hash(),
        "MWEYA_ICECAST_HOST": settings.icecast.host,
        "MWEYA_ICECAST_PORT": str(mounts.icecast_port(settings)),
        "MWEYA_ICECAST_PASSWORD": settings.secrets.icecast_source,
        "MWEYA_MOUNTS": " ".join(f"{one.encoder}={path}" for one, path in paths.items()),
        **live,
    }
    return Recipe(name, ("liquidsoap", str(SCRIPT)), environment, settings.run_folder, user)


@dataclass(slots=True)
class Engine:
    """One engine that is kept running; `recipe` is asked anew at each start, after `prepare`."""

    recipe: Callable[[], Recipe]
    events_file: Path
    prepare: Callable[[], object] = lambda: None
    running: Running | None = None
    status: EngineStatus | None = None
    started_at: float = 0.0
    moved_at: float | None = None
    start_after: float = 0.0
    pause_seconds: float = 0.0
    starts: int = field(default=0)

    def keep(self) -> None:
        """Look at it and give it what it needs. Raises Fault when it can't be started."""
        if self.running is not None:
            self._look_at(self.running, time.monotonic())
        now = time.monotonic()  # an engine that hangs was waited for
        alive = self.running is not None
        match care_for(Seen(alive, self.started_at, self.moved_at, self.start_after), now):
            case Care.START:
                self._start(now)
            case Care.KILL:
                logger.warning("engine-hung", engine=self.name)
                self._kill()
            case Care.NOTHING:
                pass

    def restart(self) -> None:
        """End it, so that it is started anew with the next look."""
        if self.running is not None:
            self.running.kill()
            self._note_death(time.monotonic())

    def look_back(self) -> None:
        """Tell of one that ended while nobody kept it, before its slots are concluded."""
        if found(self.recipe()) is None:
            self._tell_its_end()

    @property
    def on_air(self) -> bool:
        """Whether it sends something."""
        return self.status is not None and self.status.event != ""

    @property
    def name(self) -> str:
        """Its name in logs and file names."""
        return self.recipe().name

    @property
    def socket(self) -> Path:
        """Where it is asked and told."""
        recipe = self.recipe()
        return recipe.workplace / f"{recipe.name}.sock"

    @property
    def _beat(self) -> Path:
        """What it touches as long as it makes sound."""
        recipe = self.recipe()
        return recipe.workplace / f"{recipe.name}.beat"

    def let_go(self, slot: int) -> None:
        """Have it take a slot off air. Raises Fault."""
        client.takedown(self.socket, slot)

    def _look_at(self, running: Running, now: float) -> None:
        if not running.alive:
            self._note_death(now)
        elif running.fingerprint != self.recipe().fingerprint:
            logger.info("engine-outdated", engine=self.name)
            self.restart()
        else:
            self._ask(now)

    def _start(self, now: float) -> None:
        recipe = self.recipe()
        left = found(recipe)
        if left is not None and left.fingerprint == recipe.fingerprint:
            self.running = left
            logger.info("engine-found", engine=recipe.name, pid=left.pid)
        else:
            if left is not None:
                left.stop()
            self._tell_its_end()
            self.socket.unlink(missing_ok=True)
            self.prepare()
            if recipe.user:
                slots = Path(recipe.environment["MWEYA_SLOTS_FOLDER"])
                own_user.give(recipe.user, recipe.workplace, self.events_file, slots)
            self.running = start(recipe)
            self.starts += 1
            logger.info("engine-started", engine=recipe.name, pid=self.running.pid)
        self.started_at, self.moved_at, self.status = now, None, None

    def _ask(self, now: float) -> None:
        try:
            answer = client.status(self.socket)
        except Fault:
            return
        if self.status is None or answer.stream_ms != self.status.stream_ms:
            self.moved_at = now
        self.status = answer

    def _kill(self) -> None:
        if self.running is not None:
            self.running.kill()

    def _note_death(self, now: float) -> None:
        lived = now - self.started_at
        self.pause_seconds = pause_after(lived, self.pause_seconds)
        self.start_after = now + self.pause_seconds
        self.running, self.status, self.moved_at = None, None, None
        logger.warning("engine-died", engine=self.name, lived_seconds=round(lived, 1))
        self._tell_its_end()

    def _tell_its_end(self) -> None:
        """Tell until when an engine that is gone made sound, once; later if the disk is full."""
        try:
            self._write_its_end()
            events.forget_read(self.events_file)
        except OSError as problem:
            logger.warning("end-not-told", engine=self.events_file.stem, problem=str(problem))

    def _write_its_end(self) -> None:
        files = [file for file in (self._beat, self.events_file) if file.exists()]
        if self._beat in files:
            # After a clock was set back, the last sound would be in the future.
            last = min(time.time_ns(), max(file.stat().st_mtime_ns for file in files))
            at_ms = last // 1_000_000
            events.append(self.events_file, EngineEvent(EventKind.DOWN, at_ms, -1, 0))
            self._beat.unlink()
