"""The worker makes a master for each slot of a run, each as its place asks."""

import numpy as np
import pytest
import sqlalchemy as sa

from media import store
from media.digest import sha256_of
from media.worker import Worker
from station import jobs, recordings, rights, too_long, using
from station.airtime import Week
from station.issuance import issue_one
from station.ledger import EntryKind, held
from station.recordings import Master, Recording, RecordingState
from tests.media import sounds

WEEK = "2026-W49"
SLOT_SAMPLES = 6 * 48_000
# What is quieter is meant to be silent.
HEARD = 10 ** (-60 / 20)


@pytest.fixture
def settings(make_settings):
    return make_settings("[station]\nslot_seconds = 6\n")


@pytest.fixture
def janet(admit_member):
    return admit_member("Janet")


@pytest.fixture
def mine(database, settings, janet, now):
    """Three rights of one week."""
    with database.writing() as session:
        for _ in range(2):
            week = Week.parse(WEEK, settings.zone)
            issue_one(session, janet.account_id, week, EntryKind.MAKEGOOD, now, "for the test")
        return held(session, janet.account_id, WEEK)


@pytest.fixture
def keep(settings, tmp_path):
    """Keeps a sound as a browser's upload is kept; answers its hash and size."""

    def kept(sound):
        file = sounds.saved(sound, tmp_path / "note.opus", sounds.OPUS)
        sha256, size = sha256_of(file), file.stat().st_size
        store.keep(settings.media_folder, file, sha256)
        return sha256, size

    return kept


@pytest.fixture
def work(settings, database, now):
    """Does everything that is promised."""

    def done():
        with Worker.of(settings, database) as worker:
            while jobs.work_once(database, worker.duties(), lambda: now):
                pass

    return done


@pytest.fixture
def played(database, settings):
    """The sound of each slot of a run, in order."""

    def masters(right):
        with database.reading() as session:
            asked = rights.open_request(session, right.id)
            hashes = [one.master_sha256 for one in rights.run_of(session, asked)]
        files = [recordings.master_at(settings.media_folder, sha256) for sha256 in hashes]
        return [sounds.decoded(file) for file in files]

    return masters


def test_a_recording_that_is_too_long_airs_in_two_parts(
    database, settings, janet, mine, now, keep, work, played
):
    # It rises, so that it can be told which part is which.
    sha256, size = keep(sounds.joined(sounds.tone(4.5, 300), sounds.tone(5.5, 900)))
    with database.writing() as session:
        recording = Recording(
            account_id=janet.account_id,
            title="My whole life",
            language="en",
            permission=True,
            file_name="note.opus",
            upload_sha256=sha256,
            upload_bytes=size,
        )
        using.receive(session, settings, mine[0].id, recording, [], now)
    work()
    with database.writing() as session:
        found = session.get_one(Recording, recording.id)
        assert (found.state, found.codes) == (RecordingState.REJECTED, ["too-long"])
        too_long.spread(session, settings, found.id, mine[1].id, janet.account_id, now)
    work()
    first, second = played(mine[0])
    assert len(first) == len(second) == SLOT_SAMPLES
    assert pitch(first[: 2 * 48_000]) == pytest.approx(300, abs=2)
    assert pitch(second[48_000 : 3 * 48_000]) == pytest.approx(900, abs=2)


def test_a_long_silence_is_announced_once(database, settings, janet, mine, now, keep, work, played):
    sha256, _ = keep(sounds.noise(1.5))
    with database.writing() as session:
        ids = [right.id for right in mine]
        using.dedicate(
            session,
            settings,
            ids[0],
            janet.account_id,
            "rain",
            [],
            now,
            also=ids[1:],
            announcement_sha256=sha256,
        )
    work()
    slots = played(mine[0])
    assert [len(slot) for slot in slots] == [SLOT_SAMPLES] * 3
    assert [bool(np.abs(slot).max() > HEARD) for slot in slots] == [True, False, False]
    # After its announcement the first one is silent, too.
    assert np.abs(slots[0][3 * 48_000 :]).max() < HEARD
    with database.reading() as session:
        lengths = session.scalars(sa.select(Master.duration_ms).distinct())
        assert list(lengths) == [6000]


def pitch(sound):
    """The strongest frequency of a sound, in Hz."""
    spectrum = np.abs(np.fft.rfft(sound[:, 0]))
    return float(np.argmax(spectrum)) * 48_000 / len(sound)
