"""A slot is judged by its own sound, and only by a tape that has all of it."""

import numpy as np
import pytest
import soundfile

from media.bed import bed
from playout.compose import Line
from playout.disk import AirFolder
from playout.programme import Programme, write
from playout.watch import finding
from playout.watch.judging import AROUND_SECONDS, KEPT_SECONDS, LATE_SECONDS, Judge
from playout.watch.receiver import Place, Receiver
from playout.watch.tape import RATE_HZ
from tests.playout.sounds import MASTER_HZ, as_watched, hiss
from tests.playout.tones import sha256_of

SLOT_SECONDS = 45
SLOT = 42_500_000
STARTS = SLOT * SLOT_SECONDS
TALK_SECONDS = 16
KEPT = SLOT_SECONDS + KEPT_SECONDS
FILL = bed(SLOT_SECONDS, -20.0, 3)[:, 0]
PIECE = np.concatenate([hiss(TALK_SECONDS), FILL[: (SLOT_SECONDS - TALK_SECONDS) * MASTER_HZ]])


@pytest.fixture
def judge(tmp_path):
    """Whoever judges a slot whose bed is the station's fill."""
    from station.settings import load, write_new

    home = tmp_path / "station"
    write_new(home, f'[station]\nslot_seconds = {SLOT_SECONDS}\nchannels = ["One"]\n')
    settings = load(home, environment={})
    folder = AirFolder.of(settings)
    folder.make()
    piece = _fetched(folder, tmp_path / "piece.flac", PIECE)
    fill = _fetched(folder, tmp_path / "fill.flac", FILL)
    folder.keep_own([fill], [])
    write(folder.root, Programme((Line(0, SLOT, "segment", 1, piece, False, "Hello", "Thandi"),)))
    receiver = Receiver(Place(0, "low", "opus", "/low"), lambda: "http://127.0.0.1:1", KEPT)
    judging = Judge(settings, [receiver])
    judging.remember(SLOT)
    return judging


def _fetched(folder, file, sound):
    soundfile.write(file, np.repeat(sound[:, None], 2, axis=1), MASTER_HZ)
    folder.fetch(file, sha256_of(file))
    return sha256_of(file)


def found(judge, sound, after_seconds=7):
    """What is found when a slot is judged some seconds after its end."""
    other = hiss(AROUND_SECONDS + after_seconds, seed=9)
    samples = (as_watched(np.concatenate([hiss(20, seed=9), sound, other])) * 32767).astype("<i2")
    tape, step = judge.receivers[0].tape, RATE_HZ // 10
    for at in range(step, len(samples) - round(AROUND_SECONDS * RATE_HZ), step):
        tape.add(samples[at - step : at], STARTS - 20 + at / RATE_HZ)
    judge.find(SLOT, STARTS - 100)
    return finding.read_from(judge.folder.events(finding.FILE), 0)[0]


def test_a_piece_that_went_out_is_heard_whole(judge):
    (one,) = found(judge, PIECE)
    assert one.heard_ms == SLOT_SECONDS * 1000


def test_fill_that_has_a_pieces_bed_is_not_taken_for_it(judge):
    (one,) = found(judge, FILL)
    assert one.heard_ms == 0


def test_one_who_judges_late_still_has_the_whole_slot(judge):
    (one,) = found(judge, PIECE, after_seconds=LATE_SECONDS)
    assert one.heard_ms == SLOT_SECONDS * 1000


def test_one_who_judges_too_late_says_nothing(judge):
    assert found(judge, PIECE, after_seconds=LATE_SECONDS + 30) == []
