"""Loudness is right after limiting, and no peak passes the ceiling."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import limit, loudness, master, peaks, trim
from media.channels import Layout, repair
from media.limit import Envelope
from media.samples import Samples
from station.errors import Refusal
from station.sections import AudioSection
from tests.media import sounds

AUDIO = AudioSection()


def test_mono_is_measured_as_it_is_heard_from_two_loudspeakers():
    sine = sounds.tone(5, 1000, -20.0)

    both = loudness.integrated(sounds.stereo(sine, sine))
    assert loudness.integrated(sine) == pytest.approx(both, abs=0.01)


def test_a_peak_between_samples_is_found():
    """A sine of a quarter of the rate at 45 degrees has samples 3 dB below its peak."""
    at = np.arange(48_000)
    sine = (0.5 * np.sin(np.pi / 2 * at + np.pi / 4)).astype(np.float32)[:, None]

    assert peaks.frame_peaks(sine).max() == pytest.approx(-9.03, abs=0.05)
    assert peaks.true_peak(sine) == pytest.approx(-6.02, abs=0.1)


def _square(seconds: float) -> Samples:
    return np.sign(sounds.tone(seconds, 300, 0.0)) * np.float32(0.9)


def _clicks(seconds: float) -> Samples:
    sound = sounds.noise(seconds, -40)
    sound[::96_000] = 0.99
    return sound


@pytest.mark.parametrize(
    "sound",
    [
        sounds.tone(6, 100, -3.0),
        sounds.tone(6, 12_000, -3.0),
        sounds.noise(6, -9),
        sounds.noise(6, -44),
        _square(6),
        _clicks(6),
        sounds.joined(sounds.tone(3, 440, -40.0), sounds.tone(3, 440, -1.0)),
        sounds.stereo(sounds.noise(6, -12, 1), sounds.noise(6, -30, 2)),
    ],
    ids=["bass", "treble", "loud-noise", "quiet-noise", "square", "clicks", "step", "one-sided"],
)
def test_hard_sounds_reach_the_target_under_the_ceiling(sound: Samples, tmp_path: Path):
    made = master.finish(Envelope.of(sound), tmp_path / "master.flac", AUDIO)

    written = sounds.decoded(made.file)
    assert len(written) == len(sound)
    assert loudness.integrated(written) == pytest.approx(AUDIO.target_lufs, abs=0.05)
    assert peaks.true_peak(written) <= AUDIO.ceiling_dbtp


def test_gain_stops_at_30_db(tmp_path: Path):
    with pytest.raises(Refusal, match="LUFS"):
        master.finish(Envelope.of(sounds.noise(6, -60)), tmp_path / "master.flac", AUDIO)
    assert not list(tmp_path.iterdir())

    sound = sounds.noise(6, -60)
    flat = np.zeros(6000, np.float32)
    levelled = master.level(Envelope.of(sound), flat, master.Aim(-16, -2))
    assert levelled.gain_db == 30.0


def test_a_master_that_the_last_meter_finds_off_is_made_again(tmp_path: Path):
    """What stands in the sound but not in its powers is found in the written file."""
    sound = sounds.noise(6, -20)
    wrong = Envelope.of(sound)
    wrong.powers *= 4

    made = master.finish(wrong, tmp_path / "master.flac", AUDIO)

    assert made.measured.integrated_lufs == pytest.approx(AUDIO.target_lufs, abs=0.05)


def test_a_plain_silence_keeps_its_level_and_gets_the_floor(tmp_path: Path):
    made = master.finish(Envelope.of(sounds.silent(6)), tmp_path / "master.flac", AUDIO)

    level = float(np.sqrt(np.mean(sounds.decoded(made.file) ** 2)))
    assert 20 * np.log10(level) == pytest.approx(-90, abs=1)
    assert made.gain_db == 0


@given(st.lists(st.floats(-60, 20), min_size=1, max_size=200))
@settings(max_examples=100, deadline=None)
def test_the_gain_curve_keeps_every_peak_down_and_never_jumps(levels: list[float]):
    measured = np.array(levels, np.float32)

    reduced = limit.reduction(measured, -2.0)

    assert (measured + reduced <= -2.0 + 1e-4).all() or (measured <= -2.0).any()
    assert (np.minimum(measured, measured + reduced)[measured > -2.0] <= -2.0 + 1e-4).all()
    steps = np.diff(reduced)
    assert (steps <= limit.RELEASE_DB + 1e-3).all()
    assert (steps >= -limit.LOOK_AHEAD_DB - 1e-3).all()
    assert (reduced <= 0).all()


def test_what_needs_no_limiting_is_only_made_louder():
    sound = sounds.tone(1, 440, -20.0)
    reduced = limit.reduction(peaks.frame_peaks(sound) + 6, -2.0)

    louder = limit.applied(sound, limit.corners(reduced + np.float32(6)))

    assert np.allclose(louder, sound * 10 ** (6 / 20), atol=1e-6)


def test_channels_are_told_apart():
    one, two = sounds.noise(1, seed=1), sounds.noise(1, seed=2)
    found = {
        Layout.MONO: one,
        Layout.DUAL_MONO: sounds.stereo(one, one),
        Layout.DEAD_CHANNEL: sounds.stereo(one, two * 1e-4),
        Layout.ANTIPHASE: sounds.stereo(one, -one),
        Layout.STEREO: sounds.stereo(one, two),
    }
    for layout, sound in found.items():
        assert repair(sound.copy()).layout is layout


def test_a_sound_placed_to_one_side_stays_there():
    one = sounds.noise(1)

    assert repair(sounds.stereo(one, one * 0.5)).layout is Layout.STEREO


def test_an_offset_is_taken_out():
    repaired = repair(sounds.tone(1) + np.float32(0.2))

    assert repaired.offset
    assert abs(float(repaired.sound.mean())) < 1e-4


def test_a_click_is_not_a_sound():
    sound = sounds.joined(sounds.silent(1), sounds.tone(3), sounds.silent(3))
    sound[-48_000:-47_900] = 0.9

    assert trim.activity(sound).end_ms == pytest.approx(4000, abs=20)


def test_a_pause_stays_and_is_not_counted():
    sound = sounds.joined(sounds.tone(2), sounds.silent(3), sounds.tone(2))

    trimmed = trim.trim(sound)

    assert len(trimmed.sound) == len(sound)
    assert trimmed.active_ms == pytest.approx(4000, abs=50)
