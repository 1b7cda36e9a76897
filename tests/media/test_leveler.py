"""The leveler brings voices together, slowly, and lifts no pause."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import leveler, loudness, meter
from media.bed import bed
from media.samples import RATE_HZ, Samples, amplitude
from media.speech import spoken
from tests.media import sounds

TURN_MS = 10_000
WORDS = "The road to the market is closed since the morning, because of the rain. "


@pytest.fixture(scope="module")
def voices() -> tuple[Samples, Samples]:
    """Ten seconds each of two voices at one loudness."""
    near, far = (spoken(WORDS * 4, name)[: 10 * RATE_HZ] for name in ("en-gb", "en-us+f3"))
    return loudness.brought_to(near, -20), loudness.brought_to(far, -20)


def _turns(voices: tuple[Samples, Samples], apart_db: float) -> Samples:
    near, far = voices[0], voices[1] * np.float32(amplitude(-apart_db))
    return sounds.joined(near, far, near, far)


def _loudness_of_turns(powers: meter.Powers) -> list[float]:
    return [meter.integrated(turn) for turn in powers.reshape(-1, TURN_MS)]


@pytest.mark.parametrize("noise_dbfs", [-90, -52], ids=["quiet-room", "noisy-room"])
def test_two_voices_15_db_apart_come_out_near_each_other(voices, noise_dbfs):
    talk = _turns(voices, 15) + sounds.noise(40, noise_dbfs)
    powers = meter.weighted_power(talk)
    assert np.ptp(_loudness_of_turns(powers)) > 14

    levelled = meter.after(powers, leveler.level_curve(powers))

    assert np.ptp(_loudness_of_turns(levelled)) < 4


def test_steady_speech_is_left_nearly_alone(voices):
    powers = meter.weighted_power(_turns(voices, 0))

    assert np.abs(leveler.level_curve(powers)).max() < 1


def test_music_and_noise_are_left_nearly_alone():
    for sound in (bed(20, -20, 1), sounds.noise(20, -30)):
        assert np.abs(leveler.level_curve(meter.weighted_power(sound))).max() < 1


@pytest.mark.parametrize("noise_dbfs", [-70, -50, -36])
def test_a_pause_is_not_lifted(voices, noise_dbfs):
    near, far = voices[0], voices[1] * np.float32(amplitude(-12))
    talk = sounds.joined(near, sounds.silent(8), far) + sounds.noise(28, noise_dbfs)
    curve = leveler.level_curve(meter.weighted_power(talk))

    # The gain stays that of the voice before, up to the next one's first word.
    pause = curve[TURN_MS : TURN_MS + 7500]
    assert pause.max() <= curve[TURN_MS - 2000 : TURN_MS].max() + 0.5


def test_the_gain_falls_before_a_loud_voice_begins(voices):
    near, far = voices[0], voices[1] * np.float32(amplitude(-15))
    curve = leveler.level_curve(meter.weighted_power(sounds.joined(far, near)))

    assert curve[:7000].mean() > 4
    assert curve[TURN_MS + 300 :].max() < -3


@given(seed=st.integers(0, 10_000), seconds=st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_the_gain_stays_within_its_bounds_and_is_slow(seed, seconds):
    chance = np.random.default_rng(seed)
    levels = np.repeat(chance.uniform(-90, -5, seconds * 2), 500) + chance.normal(
        0, 3, seconds * 1000
    )
    curve = leveler.level_curve(10 ** (levels / 10))

    assert curve.shape == levels.shape
    assert np.abs(curve).max() <= leveler.MOST_DB
    assert np.abs(np.diff(curve)).max() * 1000 <= leveler.MOST_DB_A_SECOND * 1.01


@pytest.mark.parametrize("frames", [0, 1, 99, 399, 400, 1234])
def test_a_sound_of_any_length_has_a_curve(frames):
    assert leveler.level_curve(np.zeros(frames)).shape == (frames,)
    assert leveler.level_curve(np.full(frames, 0.01)).shape == (frames,)
    assert not leveler.level_curve(np.zeros(frames)).any()
