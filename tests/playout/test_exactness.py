"""What the bench says of a stream is true of one whose starts and gaps are known."""

import subprocess

import numpy as np
import pytest

from bench import playout_back, playout_read, playout_sound, playout_tell
from bench.playout_air import MIDDLE, Fault, Run
from bench.playout_listen import ARRIVAL
from bench.playout_read import BYTES_A_SECOND, FRAME_BYTES
from bench.playout_sound import RATE_HZ, number_of

SLOT_SECONDS = 3
SLOTS = 4
FIRST = 600_000_000
CODER_MS = 23  # LAME's 1105 samples; what it takes to hand a frame on is not in a file
LATE = 4800  # samples by which the third slot comes too late, after a gap as long


def heard(folder, run, sound):
    """Keep a sound as a listener to channel 0 who was never kept waiting would have."""
    raw = ("ffmpeg", "-v", "error", "-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-")
    coder = ("-ac", "2", "-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0", "-id3v2_version")
    command = (*raw, *coder, "0", "-f", "mp3", "-")
    mp3 = subprocess.run(command, input=sound.tobytes(), capture_output=True, check=True).stdout
    (folder / "channel-0.000.mp3").write_bytes(mp3)
    began = run.first * run.slot_seconds - 1
    counts = range(FRAME_BYTES, len(mp3), FRAME_BYTES)
    arrivals = [ARRIVAL.pack(count, began + count / BYTES_A_SECOND) for count in counts]
    (folder / "channel-0.000.times").write_bytes(b"".join(arrivals))


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """Four slots: the second follows without a gap, the third late, the fourth cuts it."""
    folder = tmp_path_factory.mktemp("sent")
    pieces = playout_sound.pieces(folder / "sound", SLOT_SECONDS)
    run = Run("ours", SLOT_SECONDS, 1, FIRST, SLOTS, [Fault(2, "channel-0")])
    whole = [playout_sound.noise(number_of(0, offset), SLOT_SECONDS) for offset in range(SLOTS)]
    quiet = np.zeros(RATE_HZ, np.float32)
    sound = [quiet, *whole[:2], quiet[:LATE], whole[2][:-LATE], whole[3], quiet]
    heard(folder, run, np.concatenate(sound))
    return run, folder, pieces


def test_each_start_is_found_to_the_sample(sent):
    found = list(playout_read.boundaries(*sent))
    assert [one.gap_samples for one in found] == [None, 0, LATE, -LATE]
    assert [round(one.error_ms) for one in found] == pytest.approx(
        [CODER_MS, CODER_MS, CODER_MS + 100, CODER_MS], abs=2
    )
    assert found[1].unlike_ms == 0
    assert found[2].unlike_ms >= 100


def test_a_start_that_was_not_heard_is_no_start(sent):
    run, folder, pieces = sent
    strangers = [*pieces[1:], pieces[0]]
    found = list(playout_read.boundaries(run, folder, strangers))
    assert all(one.error_ms is None for one in found)
    assert playout_tell.exactness(found) is None


def test_a_piece_that_is_off_is_not_back_before_the_next(sent):
    run, folder, _ = sent
    exact, off = (
        next(playout_back.recoveries(run, folder, usual_ms))
        for usual_ms in (CODER_MS + 100, CODER_MS - 50)
    )
    assert (exact.back_after, exact.away, exact.sent_away) == (0.0, 0.0, False)
    assert off.back_after == pytest.approx(SLOT_SECONDS * (1 - MIDDLE), abs=0.5)
