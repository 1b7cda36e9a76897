"""Our own meter says what libebur128 says, and what a gain would do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import limit, loudness, meter
from media.bed import bed
from media.samples import Samples, amplitude
from tests.media import sounds

NOISE = sounds.noise(8, -24)


def _heard(sound: Samples) -> float:
    return meter.integrated(meter.weighted_power(sound))


@pytest.mark.parametrize(
    "sound",
    [
        NOISE,
        bed(16, -20, 1),
        sounds.tone(6, 40, -6.0),
        sounds.joined(sounds.noise(4, -50), sounds.silent(4.2), sounds.noise(4.0407, -12)),
        sounds.stereo(sounds.noise(7, -12, 1), sounds.noise(7, -30, 2)),
        sounds.noise(10, -66),
    ],
    ids=["noise", "music", "bass", "gated", "one-sided", "near-the-gate"],
)
def test_our_meter_agrees_with_libebur128(sound: Samples):
    assert _heard(sound) == pytest.approx(loudness.integrated(sound), abs=0.01)


def test_both_meters_agree_on_speech(speech: Samples):
    words = sounds.joined(*[speech * np.float32(gain) for gain in (1, 0.05, 0.4, 0.02)])
    powers, theirs = meter.weighted_power(words), loudness.measure(words)

    assert meter.integrated(powers) == pytest.approx(theirs.integrated_lufs, abs=0.01)
    # libebur128 looks at a window each second, we at ten.
    assert meter.loudness_range(powers) == pytest.approx(theirs.range_lu, abs=1)


def test_mono_counts_as_it_is_heard_from_two_loudspeakers():
    both = sounds.stereo(NOISE, NOISE)

    assert _heard(NOISE) == pytest.approx(_heard(both), abs=1e-6)
    assert _heard(sounds.stereo(NOISE, sounds.silent(8))) == pytest.approx(
        _heard(NOISE) - 3.01, abs=0.01
    )


@given(db=st.floats(-40, 12))
@settings(max_examples=20, deadline=None)
def test_a_gain_changes_loudness_by_just_as_much(db: float):
    powers = meter.weighted_power(NOISE)
    gains = np.full(len(powers), db, np.float32)

    assert meter.integrated(powers, gains) == pytest.approx(meter.integrated(powers) + db, abs=1e-3)
    assert _heard(NOISE * np.float32(amplitude(db))) == pytest.approx(_heard(NOISE) + db, abs=1e-3)


def test_loudness_after_a_limiter_is_known_before_a_sample_is_touched(speech: Samples):
    envelope = limit.Envelope.of(speech)
    reduced = limit.reduction(envelope.peaks, float(envelope.peaks.max()) - 8)
    corners = limit.corners(reduced)
    limited = limit.applied(speech, corners)

    foretold = meter.integrated(meter.weighted_power(speech), limit.effective(corners))
    assert foretold == pytest.approx(loudness.integrated(limited), abs=0.01)


def test_what_is_too_quiet_or_too_short_has_no_loudness():
    for sound in (sounds.silent(3), sounds.noise(3, -80), sounds.noise(0.3), sounds.silent(0)):
        powers = meter.weighted_power(sound)
        assert meter.integrated(powers) == -np.inf
        assert meter.loudness_range(powers) == 0

    assert meter.short_term_max(meter.weighted_power(sounds.noise(2))) == -np.inf
    assert meter.momentary_max(meter.weighted_power(sounds.silent(2))) == -np.inf


def test_a_last_part_of_a_millisecond_counts_as_filled_with_silence():
    powers = meter.weighted_power(NOISE[: 480 + 24])
    whole = meter.weighted_power(NOISE[: 480 + 48])

    assert len(powers) == 11
    assert powers[:10] == pytest.approx(whole[:10])
    assert 0 < powers[10] < whole[10]


def test_the_loudest_moment_is_louder_than_the_loudest_three_seconds(speech: Samples):
    powers = meter.weighted_power(speech)

    assert meter.momentary_max(powers) > meter.short_term_max(powers) > meter.integrated(powers) - 1
    assert meter.short_term(powers).max() == pytest.approx(meter.short_term_max(powers), abs=1e-3)
