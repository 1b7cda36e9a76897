"""A station whose pieces are noise is made, published and put on air by its own commands."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

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
START_SECONDS = 90
STOP_SECONDS = 30


@dataclass(slots=True)
class Part:
    """A `mweya playout` command as a process of its own, which can be killed and started again."""

    command: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it; `run` takes over what is on air already."""
        command = (sys.executable, "-m", "mweya", "playout", self.command)
        environment = {**os.environ, "MWEYA_HOME": str(self.home)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """End it at once, and nothing else."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """Ask it to end; `run` takes all off air."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(STOP_SECONDS)


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


def new_station(home: Path, slot_seconds: int, channels: int, more: str = "") -> Settings:
    """A new station in a folder, with more settings as TOML."""
    names = ", ".join(f'"{number + 1}"' for number in range(channels))
    toml = f'[station]\nslot_seconds = {slot_seconds}\nchannels = [{names}]\nzone = "{_zone()}"\n'
    settings.write_new(home, toml + more)
    return settings.load(home, environment={})


def _zone() -> str:
    """A zone in which no week ends while we measure."""
    now = datetime.now(UTC)
    ends_soon = Week.of(now, ZoneInfo("UTC")) != Week.of(now + timedelta(hours=6), ZoneInfo("UTC"))
    return "Asia/Tokyo" if ends_soon else "UTC"


def publish(station: Settings, pieces: Sequence[Piece], first: int, slots: int) -> None:
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
