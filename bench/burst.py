"""A burst of uploads waits in a new station, and the real worker works it off.

The uploads are different passages of the same clips, cut without encoding them again. The worker
is `mweya worker` in a process of its own, as a station runs it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench import clips, costs
from media import ffmpeg, store
from media.digest import sha256_of
from station import schema, settings, using
from station.db import Database, connect
from station.jobs import Job, JobKind, JobState
from station.ledger import WEEKS_IN_A_YEAR, Right
from station.members import Applicant, admit, open_station_accounts
from station.membership import years
from station.recordings import Master, Recording, RecordingState
from station.rights import next_open_week
from station.settings import Settings

# Of a slot; its fill is the rest.
FILLED = 0.9
# The clips are so much longer than a passage of them.
BEYOND_SECONDS = 120
LOOK_EVERY_SECONDS = 0.5
ENGINEER = "media.engineer"


@dataclass(frozen=True, slots=True)
class Worked:
    """What a burst took and what came of it.

    `busy` is the share of all cores that worker and engineers used; `left_over` counts files
    of the store that no row names, and spools.
    """

    uploads: int
    slot_seconds: int
    minutes: float
    pieces_a_minute: float
    cpu_seconds_a_piece: float
    cores: int
    busy: float
    engineer_peaks_mb: list[int]
    worker_peak_mb: int
    accepted: int
    masters: int
    done_at_first: int
    left_over: int


def work_off(uploads: int, slot_seconds: int, *, as_json: bool) -> None:
    """Make a station, promise the uploads, have them worked off, and print what that took."""
    # Not in memory, as /tmp may be.
    with tempfile.TemporaryDirectory(prefix="mweya-bench-", dir="/var/tmp") as folder:
        home = Path(folder) / "station"
        settings.write_new(home, f"[station]\nslot_seconds = {slot_seconds}\n")
        station = settings.load(home, environment={})
        with closing(connect(station.database_url)) as database:
            _promise(station, database, uploads, Path(folder))
            worked = _watch(station, database, uploads)
    told = asdict(worked)
    print(json.dumps(told) if as_json else "\n".join(f"{key:20} {told[key]}" for key in told))


def _promise(station: Settings, database: Database, uploads: int, folder: Path) -> None:
    """Admit as many members as are needed, and use a right of theirs for each upload."""
    schema.upgrade(database)
    now = datetime.now(UTC)
    first = next_open_week(station, now)
    passages = _passages(folder, station.station.slot_seconds * FILLED, uploads)
    with database.writing() as session:
        open_station_accounts(session)
        for number in range(-(-uploads // WEEKS_IN_A_YEAR)):
            applicant = Applicant(f"Member {number}", f"member{number}@example.org")
            years.begin(session, [years.NewYear(admit(session, applicant, now), first)], now)
        rights = session.scalars(sa.select(Right).order_by(Right.id).limit(uploads)).all()
        for right, file in zip(rights, passages, strict=True):
            _upload(session, station, right, file, now)


def _passages(folder: Path, seconds: float, count: int) -> Iterator[Path]:
    """So many different passages of speech, in the formats of phones in turn."""
    sound = clips.speech(seconds + BEYOND_SECONDS)
    whole = [ffmpeg.encode(sound, folder, name, how) for name, how in clips.SPEECH.items()]
    for number in range(count):
        clip = whole[number % len(whole)]
        file = folder / f"{number}{clip.suffix}"
        cut = ("-ss", str(number * BEYOND_SECONDS / count), "-t", str(seconds), "-i", clip)
        command = ("ffmpeg", "-nostdin", "-v", "error", *cut, "-c", "copy", file)
        subprocess.run(command, check=True)
        yield file


def _upload(session: Session, station: Settings, right: Right, file: Path, now: datetime) -> None:
    sha256, size = sha256_of(file), file.stat().st_size
    store.keep(station.media_folder, file, sha256)
    recording = Recording(
        account_id=right.account_id,
        title="My five minutes",
        language="en",
        permission=True,
        file_name=file.name,
        upload_sha256=sha256,
        upload_bytes=size,
    )
    using.receive(session, station, right.id, recording, [], now)


def _watch(station: Settings, database: Database, uploads: int) -> Worked:
    """Run the worker until nothing waits any more."""
    environment = {**os.environ, "MWEYA_HOME": str(station.home)}
    engineers: dict[int, int] = {}
    spent = worker_peak = 0.0
    with subprocess.Popen(
        [sys.executable, "-m", "mweya", "worker"], env=environment, stderr=subprocess.DEVNULL
    ) as worker:
        began = time.monotonic()
        while _unfinished(database) and worker.poll() is None:
            time.sleep(LOOK_EVERY_SECONDS)
            living = list(costs.descendants(worker.pid))
            spent = sum(map(costs.used, (worker.pid, *living)))
            worker_peak = costs.held_mb(worker.pid)
            for pid in living:
                words = costs.command_of(pid).split()
                if ENGINEER in words and "bwrap" not in words[0]:
                    engineers[pid] = max(engineers.get(pid, 0), costs.held_mb(pid))
        seconds = time.monotonic() - began
        worker.send_signal(signal.SIGTERM)
    cores = os.cpu_count() or 1
    with database.reading() as session:
        states = list(session.scalars(sa.select(Recording.state)))
        attempts = sa.select(Job.attempts).where(Job.state == JobState.DONE)
        return Worked(
            uploads=uploads,
            slot_seconds=station.station.slot_seconds,
            minutes=round(seconds / 60, 1),
            pieces_a_minute=round(uploads / seconds * 60, 1),
            cpu_seconds_a_piece=round(spent / uploads, 3),
            cores=cores,
            busy=round(spent / seconds / cores, 3),
            engineer_peaks_mb=sorted(engineers.values()),
            worker_peak_mb=round(worker_peak),
            accepted=states.count(RecordingState.ACCEPTED),
            masters=session.scalar(sa.select(sa.func.count(Master.sha256))) or 0,
            done_at_first=list(session.scalars(attempts)).count(1),
            left_over=_left_over(session, station.media_folder),
        )


def _unfinished(database: Database) -> bool:
    waiting = sa.select(sa.func.count(Job.id)).where(
        Job.kind == JobKind.INGEST, Job.state.in_([JobState.WAITING, JobState.CLAIMED])
    )
    with database.reading() as session:
        return bool(session.scalar(waiting))


def _left_over(session: Session, media_folder: Path) -> int:
    """How many files lie in the store that no row names, or in a folder for work."""
    named = set(session.scalars(sa.select(Recording.upload_sha256)))
    for made in session.scalars(sa.select(Master)):
        named |= {f"{made.sha256}.flac", f"{made.sha256}.wave", f"{made.preview_sha256}.mp3"}
    kept = {file.name for file in media_folder.glob("??/*")}
    at_work = [*media_folder.glob("studio/*"), *media_folder.glob("work/*")]
    return len(kept - named) + len(at_work)
