"""A station of noise is published and put on air by `mweya playout run`, heard, and disturbed.

All that is to be known of it afterwards lies in one folder: `run.json`, each connection's bytes and
arrivals, and when the machine stood still.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.orm import Session

from bench import playout_sound
from bench.playout_listen import Listener, Sleeper
from bench.playout_sound import FILL, Piece, number_of
from media.digest import sha256_of
from playout.mounts import mounts
from playout.watch import sounding
from station import grid, schema, settings
from station.airtime import Week
from station.db import connect
from station.grid import Place
from station.ledger import held
from station.members import Applicant, admit, open_station_accounts
from station.membership import years
from station.recordings import Master, MasterKind, master_at
from station.rights import Request, RequestKind
from station.settings import Settings

QUALITY = "standard"
# Time to install the plan and to start.
HEAD_SECONDS = 25
START_SECONDS = 90
STOP_SECONDS = 30
# A part is ended at this share of a slot.
MIDDLE = 0.4
RESTARTED_AFTER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A part that is ended in the middle of a slot, counted from the first planned one."""

    offset: int
    part: str


class Run(msgspec.Struct, frozen=True):
    """What was on air: `slots` from number `first` on, on so many channels, sent in which way."""

    way: str
    slot_seconds: int
    channels: int
    first: int
    slots: int
    faults: list[Fault]
    version: str = ""


@dataclass(slots=True)
class Control:
    """Master control as a process of its own, which can be killed and started again."""

    home: Path
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it; what runs already is taken over."""
        command = (sys.executable, "-m", "mweya", "playout", "run")
        environment = {**os.environ, "MWEYA_HOME": str(self.home)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """End it at once, and nothing else."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it with all that is on air."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_SECONDS)


def broadcast(
    folder: Path, slot_seconds: int, slots: int, faults: Sequence[Fault], channels: int = 3
) -> Run:
    """Put a station on air for so many slots, and keep all that was heard in the folder."""
    pieces = playout_sound.pieces(folder / "sound", slot_seconds)
    station = new_station(folder / "station", slot_seconds, channels)
    first = -(-int(time.time() + HEAD_SECONDS + slots * channels // 20) // slot_seconds)
    _publish(station, pieces, first, slots)
    run = Run("ours", slot_seconds, channels, first, slots, list(faults), version())
    keep_run(folder, run)
    control = Control(station.home, folder / "control.log")
    control.start()
    try:
        wait_until_on_air(station)
        with heard(folder, urls(station)):
            disturb(run, faults, lambda part: _end(part, station, control))
    finally:
        control.stop()
    return run


@contextmanager
def heard(folder: Path, urls: Sequence[str]) -> Iterator[None]:
    """Listen to all of the mounts, and to the machine."""
    names = [f"channel-{channel}" for channel in range(len(urls))]
    ears = [Listener(url, folder, name) for url, name in zip(urls, names, strict=True)]
    threads: list[Listener | Sleeper] = [*ears, Sleeper(folder / "stalls.txt")]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.stop()


def disturb(run: Run, faults: Sequence[Fault], end: Callable[[str], None]) -> None:
    """Wait through all slots, and end a part in the middle of some."""
    for fault in faults:
        wait_until((run.first + fault.offset + MIDDLE) * run.slot_seconds)
        end(fault.part)
    wait_until((run.first + run.slots) * run.slot_seconds + 2)


def wait_until(at: float) -> None:
    """Sleep until a Unix time."""
    time.sleep(max(0.0, at - time.time()))


def keep_run(folder: Path, run: Run) -> None:
    """Write down what is on air."""
    (folder / "run.json").write_bytes(msgspec.json.encode(run))


def run_of(folder: Path) -> Run:
    """What was on air."""
    return msgspec.json.decode((folder / "run.json").read_bytes(), type=Run)


def _end(part: str, station: Settings, control: Control) -> None:
    """Kill a part as a fault would; only control is not started again by anybody else here."""
    if part == "control":
        control.kill()
        time.sleep(RESTARTED_AFTER_SECONDS)
        control.start()
    else:
        pid_file = station.run_folder / f"{part}.pid"
        with suppress(ProcessLookupError):
            os.kill(int(msgspec.json.decode(pid_file.read_bytes())["pid"]), signal.SIGKILL)


def urls(station: Settings) -> list[str]:
    """The mount of each channel that we listen to."""
    return [mount.url for mount in mounts(station) if mount.quality == QUALITY]


def wait_until_on_air(station: Settings) -> None:
    """Wait until each of them sends, or end."""
    deadline = time.monotonic() + START_SECONDS
    while not all(sounding(url) for url in urls(station)):
        if time.monotonic() > deadline:
            raise SystemExit("The station did not come on air; control.log says why.")
        time.sleep(0.2)


def new_station(home: Path, slot_seconds: int, channels: int) -> Settings:
    """A new station of short slots in a folder."""
    names = ", ".join(f'"{number + 1}"' for number in range(channels))
    toml = f'[station]\nslot_seconds = {slot_seconds}\nchannels = [{names}]\nzone = "{_zone()}"\n'
    settings.write_new(home, toml)
    return settings.load(home, environment={})


def _zone() -> str:
    """A zone in which no week ends while we measure."""
    now = datetime.now(UTC)
    ends_soon = Week.of(now, ZoneInfo("UTC")) != Week.of(now + timedelta(hours=6), ZoneInfo("UTC"))
    return "Asia/Tokyo" if ends_soon else "UTC"


def _publish(station: Settings, pieces: Sequence[Piece], first: int, slots: int) -> None:
    """Admit a member for every slot, and publish their pieces from slot `first` on."""
    now = datetime.now(UTC)
    week = Week.of(now, station.zone)
    start = first - week.first_slot(station.slots)
    with closing(connect(station.database_url)) as database:
        schema.upgrade(database)
        with database.writing() as session:
            open_station_accounts(session)
            kept = [_keep(session, station, piece, now) for piece in pieces]
            places = []
            for channel in range(station.channels):
                for offset in range(slots):
                    sha256 = kept[number_of(channel, offset)]
                    request_id = _ask(session, f"M{channel}-{offset}", sha256, week, now)
                    places.append(Place(request_id, channel, start + offset))
            grid.put_on_air(session, grid.draft(session, week, places, [], {}, now), "0", now)


def _ask(session: Session, name: str, sha256: str, week: Week, now: datetime) -> int:
    person = admit(session, Applicant(name, f"{name.lower()}@example.org"), now)
    years.begin(session, [years.NewYear(person, week)], now, 1)
    request = Request(
        right_id=held(session, person.account_id, str(week))[0].id,
        account_id=person.account_id,
        week=str(week),
        kind=RequestKind.SEGMENT,
        title=name,
        master_sha256=sha256,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    return request.id


def _keep(session: Session, station: Settings, piece: Piece, now: datetime) -> str:
    """Store a piece as the media room does."""
    sha256 = sha256_of(piece.file)
    target = master_at(station.media_folder, sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(piece.file, target)
    is_fill = piece.file.stem == str(FILL)
    kind = MasterKind.FILL if is_fill else MasterKind.SEGMENT
    duration_ms = station.station.slot_seconds * 1000
    session.add(Master(sha256=sha256, kind=kind, duration_ms=duration_ms, facts={}, made_at=now))
    session.flush()
    return sha256


def version() -> str:
    """What Liquidsoap calls itself."""
    said = subprocess.run(["liquidsoap", "--version"], capture_output=True, text=True, check=True)
    return said.stdout.splitlines()[0]
