"""An upload is processed once; a crash between steps loses nothing and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from media import box, store
from media.digest import sha256_of
from media.samples import Samples
from media.session import Session
from media.studio import Studio
from media.sweep import sweep
from media.wanted import Wanted
from media.worker import STUDIO_FOLDER, Worker
from station import jobs, recordings, rights, using
from station.db import Database
from station.errors import Fault
from station.ledger import Right
from station.members import Person
from station.recordings import Master, MasterKind, Recording, RecordingState
from station.rights import Request
from station.settings import Settings
from tests.media import sounds

WEEK = "2026-W49"


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings("[station]\nslot_seconds = 6\n")


@pytest.fixture
def worker(settings: Settings, database: Database) -> Iterator[Worker]:
    with Worker.of(settings, database) as worker:
        yield worker


@pytest.fixture
def upload(
    settings: Settings,
    database: Database,
    admit_member: Callable[..., Person],
    right_of: Callable[[Person, str], Right],
    now: datetime,
    tmp_path: Path,
) -> Callable[..., int]:
    """Uploads a sound for one member's right, and says which recording it became."""
    janet = admit_member("Janet")
    right = right_of(janet, WEEK)

    def sent(sound: Samples, *, fade_out: bool = False) -> int:
        file = sounds.saved(sound, tmp_path / "note.opus", sounds.OPUS)
        sha256, size = sha256_of(file), file.stat().st_size
        store.keep(settings.media_folder, file, sha256)
        with database.writing() as session:
            recording = Recording(
                account_id=janet.account_id,
                title="My five minutes",
                language="en",
                treatment={"long": "fade"} if fade_out else {},
                permission=True,
                file_name="note.opus",
                upload_sha256=sha256,
                upload_bytes=size,
            )
            return using.receive(session, settings, right.id, recording, [], now).id

    return sent


def work(worker: Worker, now: datetime) -> bool:
    return jobs.work_once(worker.database, worker.duties(), lambda: now)


def recording_of(worker: Worker, recording_id: int) -> Recording:
    with worker.database.reading() as session:
        return session.get_one(Recording, recording_id)


def asked(worker: Worker, right_id: int) -> Request | None:
    with worker.database.reading() as session:
        return rights.open_request(session, right_id)


def stored(worker: Worker) -> set[str]:
    """The names of all files in the store."""
    return {file.name for file in worker.settings.media_folder.glob("??/*")}


def expected(worker: Worker) -> set[str]:
    """The names of all files that the tables know."""
    with worker.database.reading() as session:
        uploads = {recording.upload_sha256 for recording in session.query(Recording)}
        masters = session.query(Master).all()
    return (
        uploads
        | {f"{made.sha256}.flac" for made in masters}
        | {f"{made.sha256}.wave" for made in masters}
        | {f"{made.preview_sha256}.mp3" for made in masters}
    )


def test_an_upload_becomes_a_master_that_its_right_asks_for(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    recording_id = upload(speech)

    assert work(worker, now)
    assert not work(worker, now)

    recording = recording_of(worker, recording_id)
    assert (recording.state, recording.codes) == (RecordingState.ACCEPTED, [])
    assert recording.master_sha256 is not None
    request = asked(worker, recording.right_id)
    assert request is not None
    assert request.master_sha256 == recording.master_sha256
    file = recordings.master_at(worker.settings.media_folder, recording.master_sha256)
    assert len(sounds.decoded(file)) == 6 * 48_000
    assert stored(worker) == expected(worker)


def test_the_preview_is_small_and_says_the_same(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    recording_id = upload(speech)
    work(worker, now)

    sha256 = recording_of(worker, recording_id).master_sha256
    with worker.database.reading() as session:
        made = session.get_one(Master, sha256)
    assert made.preview_sha256 is not None
    preview = recordings.preview_at(worker.settings.media_folder, made.preview_sha256)
    assert preview.stat().st_size < 6 * 32_000 / 8 * 1.2
    assert made.duration_ms == 6000
    assert made.facts["integrated_lufs"] == pytest.approx(-16, abs=0.1)


def test_the_same_bytes_again_cost_nothing(
    worker: Worker,
    upload: Callable[[Samples], int],
    speech: Samples,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    first = upload(speech)
    work(worker, now)
    second = upload(speech)
    monkeypatch.setitem(box.ENVIRONMENT, "PATH", "/nowhere")  # no tool can be found any more

    work(worker, now)

    again = recording_of(worker, second)
    assert again.state == RecordingState.ACCEPTED
    assert again.master_sha256 == recording_of(worker, first).master_sha256
    request = asked(worker, again.right_id)
    assert request is not None
    assert request.recording_id == second


def test_a_long_upload_that_may_be_faded_out_airs_and_the_same_one_that_may_not_does_not(
    worker: Worker, upload: Callable[..., int], now: datetime
):
    faded, refused = upload(sounds.noise(9), fade_out=True), upload(sounds.noise(9))

    work(worker, now)
    work(worker, now)

    recording = recording_of(worker, faded)
    assert (recording.state, recording.codes) == (RecordingState.ACCEPTED, ["faded-out"])
    assert recording_of(worker, refused).state == RecordingState.REJECTED


def test_a_rejected_upload_is_told_and_asks_nothing(
    worker: Worker, upload: Callable[[Samples], int], now: datetime
):
    recording_id = upload(sounds.noise(9))

    work(worker, now)

    recording = recording_of(worker, recording_id)
    assert (recording.state, recording.codes) == (RecordingState.REJECTED, ["too-long"])
    assert recording.sentences[0].startswith("Too long by 3 s")
    assert asked(worker, recording.right_id) is None
    assert stored(worker) == expected(worker)


def test_a_better_take_replaces_and_a_worse_one_never_destroys(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    first = upload(speech)
    work(worker, now)
    worse = upload(sounds.silent(6))
    work(worker, now)
    right_id = recording_of(worker, first).right_id

    assert recording_of(worker, worse).state == RecordingState.REJECTED
    request = asked(worker, right_id)
    assert request is not None
    assert request.recording_id == first

    better = upload(speech[:200_000])
    work(worker, now)

    request = asked(worker, right_id)
    assert request is not None
    assert request.recording_id == better
    assert stored(worker) == expected(worker)


# The worker as a process that ends itself like `kill -9` when it comes to its nth step: each
# step of the recipe, each file that is kept, and each row that is written.
DIES = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from media import keeping, store
from media.session import Session
from media.studio import Studio
from media.sweep import sweep
from media.wanted import Wanted
from media.worker import STUDIO_FOLDER, Worker
from station import db, jobs, recordings, settings, using

left = int(sys.argv[3])

def counted(act):
    def counting(*args, **kwargs):
        global left
        for step in ("before", "after"):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if step == "before":
                answer = act(*args, **kwargs)
        return answer
    return counting

steps = ((jobs, "claim"), (jobs, "tell"), (jobs, "settle"), (store, "keep"), (using, "air"))
for place, name in (*steps, (recordings, "keep_master"), (recordings, "conclude")):
    setattr(place, name, counted(getattr(place, name)))
found = settings.load(Path(sys.argv[1]))
now = datetime.fromisoformat(sys.argv[2])
with Worker.of(found, db.connect(found.database_url)) as worker:
    jobs.work_once(worker.database, worker.duties(), lambda: now)
"""


def test_a_worker_killed_at_any_step_loses_nothing_and_leaves_nothing(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    killed = 0
    for step in range(1, 100):
        recording_id = upload(np.roll(speech, 480 * step, axis=0))
        ended = _work_and_die(worker, now, step)
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
        killed += 1
        work(worker, now + jobs.LEASE + timedelta(seconds=1))
        recording = recording_of(worker, recording_id)
        assert recording.state == RecordingState.ACCEPTED
        request = asked(worker, recording.right_id)
        assert request is not None
        assert request.recording_id == recording_id
        assert stored(worker) == expected(worker)
    assert killed >= 20
    assert _ended_jobs(worker) == {jobs.JobState.DONE}
    # The spools of all who were killed are gone with the first studio that came after them.
    assert len(list((worker.settings.media_folder / STUDIO_FOLDER).iterdir())) <= 1


def _work_and_die(worker: Worker, now: datetime, step: int) -> int:
    arguments = [str(worker.settings.home), now.isoformat(), str(step)]
    return subprocess.run([sys.executable, "-c", DIES, *arguments], check=False).returncode


def _ended_jobs(worker: Worker) -> set[str]:
    with worker.database.reading() as session:
        return {job.state for job in session.query(jobs.Job)}


def test_an_engineer_killed_in_the_middle_is_followed_by_another(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    recording_id = upload(speech)
    killed: list[int] = []

    def kill(_: str) -> None:
        if not killed and worker.studio.pid is not None:
            killed.append(worker.studio.pid)
            os.kill(worker.studio.pid, signal.SIGKILL)

    recording = recording_of(worker, recording_id)
    upload_file = recordings.stored_at(worker.settings.media_folder, recording.upload_sha256)
    report, facts = Session(worker.studio).render(upload_file, Wanted(6), tell=kill)

    assert killed
    assert report.outcome == "accepted"
    assert facts is not None


def test_what_no_engineer_survives_is_unreadable_and_the_next_upload_is_not(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    upload(speech)
    deadly = Session(Studio(worker.settings.media_folder / "other", wall_seconds=0.05))
    file = next(worker.settings.media_folder.glob("??/*"))

    report, facts = deadly.render(file, Wanted(6))
    deadly.studio.close()

    assert ([one.code for one in report.findings], facts) == (["unreadable"], None)
    assert work(worker, now)


def test_what_a_crash_left_and_nobody_names_is_swept_after_a_day(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    upload(speech)
    work(worker, now)
    worker.shelf.stock(now)
    left = recordings.master_at(worker.settings.media_folder, "ab" * 32)
    young = recordings.master_at(worker.settings.media_folder, "abc" + "d" * 61)
    left.parent.mkdir(exist_ok=True)
    for file in (left, young):
        file.write_bytes(b"left")
    there = stored(worker)
    for file in worker.settings.media_folder.glob("??/*"):
        if file != young:
            os.utime(file, (0, 0))

    with worker.database.reading() as session:
        assert sweep(session, worker.settings.media_folder) == 1

    assert stored(worker) == there - {left.name}


def test_an_upload_withdrawn_meanwhile_stays_withdrawn(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    recording_id = upload(speech)
    right_id = recording_of(worker, recording_id).right_id
    with worker.database.writing() as session:
        rights.release(session, right_id)

    work(worker, now)

    assert recording_of(worker, recording_id).state == RecordingState.WITHDRAWN
    assert asked(worker, right_id) is None


def test_an_upload_whose_bytes_are_gone_is_a_fault_for_the_operator(
    worker: Worker, upload: Callable[[Samples], int], speech: Samples, now: datetime
):
    recording_id = upload(speech)
    recording = recording_of(worker, recording_id)
    recordings.stored_at(worker.settings.media_folder, recording.upload_sha256).unlink()

    with pytest.raises(Fault, match="is gone"):
        worker.ingest(str(recording_id), now)
    work(worker, now)
    with worker.database.reading() as session:
        job = jobs.newest(session, jobs.JobKind.INGEST, recording_id)
    assert job is not None
    assert job.state == jobs.JobState.FAILED


def test_a_dedication_gets_its_silence(
    worker: Worker,
    settings: Settings,
    admit_member: Callable[..., Person],
    right_of: Callable[[Person, str], Right],
    now: datetime,
):
    janet = admit_member("Janet")
    right = right_of(janet, WEEK)
    with worker.database.writing() as session:
        using.dedicate(session, settings, right.id, janet.account_id, "George Floyd", [], now)

    assert work(worker, now)

    request = asked(worker, right.id)
    assert request is not None
    assert request.master_sha256 is not None
    with worker.database.reading() as session:
        assert session.get_one(Master, request.master_sha256).kind == MasterKind.SILENCE
    assert stored(worker) == expected(worker)


def test_the_station_is_stocked_once(worker: Worker, now: datetime):
    assert worker.shelf.stock(now) == 4
    assert worker.shelf.stock(now) == 0
    with worker.database.reading() as session:
        assert len(recordings.masters_of(session, MasterKind.FILL)) == 3
        assert len(recordings.masters_of(session, MasterKind.EMERGENCY)) == 1
    assert stored(worker) == expected(worker)


def test_a_fill_that_was_lost_is_made_again(worker: Worker, now: datetime):
    worker.shelf.stock(now)
    with worker.database.reading() as session:
        lost = recordings.masters_of(session, MasterKind.FILL)[0].sha256
    recordings.master_at(worker.settings.media_folder, lost).unlink()

    assert worker.shelf.stock(now) == 1
    assert recordings.master_at(worker.settings.media_folder, lost).exists()
