"""A silence is announced, kept and closed: once, however many slots it lasts."""

from pathlib import Path

import numpy as np
import pytest

from media import loudness, master, silence, trim
from media.announcements import closing_words, opening_words
from media.limit import Envelope
from media.samples import RATE_HZ, Samples
from media.silence import Dedication, Run
from media.speech import spoken
from media.words import languages
from station.sections import AudioSection
from tests.media import sounds

AUDIO = AudioSection()
JANET = Dedication("Janet Moyo", "In memory of George Floyd")


def level_dbfs(sound: Samples) -> float:
    return 20 * float(np.log10(np.sqrt(np.mean(sound.astype(np.float64) ** 2)) + 1e-12))


def words_in(slot: Samples) -> list[tuple[float, float]]:
    """Where something is said, in seconds; pauses of up to a second belong to it."""
    loud = np.flatnonzero(np.abs(slot).max(axis=1) > 1e-4)
    if not len(loud):
        return []
    gaps = np.flatnonzero(np.diff(loud) > RATE_HZ)
    starts, ends = [loud[0], *loud[gaps + 1]], [*loud[gaps], loud[-1]]
    return [(s / RATE_HZ, e / RATE_HZ) for s, e in zip(starts, ends, strict=True)]


def test_a_silence_is_announced_kept_and_closed(tmp_path: Path):
    made = master.finish(
        Envelope.of(silence.silence(JANET, 40, AUDIO)), tmp_path / "silence.flac", AUDIO
    )

    heard = sounds.decoded(made.file)
    second = RATE_HZ
    assert len(heard) == 40 * second
    assert level_dbfs(heard[second : 4 * second]) > -30
    assert level_dbfs(heard[12 * second : 32 * second]) == pytest.approx(-90, abs=1)
    assert level_dbfs(heard[36 * second :]) > -40
    assert sounds.ffmpegs_loudness(made.file) == pytest.approx(-16, abs=0.1)


def test_between_the_words_nothing_is_heard():
    slot = silence.silence(JANET, 40, AUDIO)

    (_, spoken_until), (closed_from, closed_until) = words_in(slot)
    between = slot[round(spoken_until * RATE_HZ) + 1 : round(closed_from * RATE_HZ)]
    assert len(between) > 25 * RATE_HZ
    assert level_dbfs(between) < -85
    assert closed_until == pytest.approx(39, abs=0.5)


@pytest.mark.parametrize("seconds", [0.6, 2])
def test_a_short_announcement_too_comes_at_the_programmes_loudness(seconds: float, tmp_path: Path):
    recorded = spoken("Silence. For George Floyd.", "en-gb")
    start = trim.activity(recorded).start_ms * 48
    opening = recorded[start : start + round(seconds * RATE_HZ)] * np.float32(0.03)
    slot = silence.silence(JANET, 12, AUDIO, Run(0, 2), opening)
    made = master.finish(Envelope.of(slot), tmp_path / "silence.flac", AUDIO)

    assert made.measured.integrated_lufs == pytest.approx(-16, abs=0.1)
    assert sounds.ffmpegs_loudness(made.file) == pytest.approx(-16, abs=0.1)


def test_a_long_silence_is_announced_once_and_closed_once():
    first, middle, last = (silence.silence(JANET, 30, AUDIO, Run(place, 3)) for place in range(3))

    ((announced_from, announced_until),) = words_in(first)
    assert announced_from < 1.5
    assert announced_until < 10.5
    assert not middle.any()
    ((closed_from, closed_until),) = words_in(last)
    assert closed_from > 20
    assert closed_until > 28


def test_the_announcement_of_a_long_silence_tells_all_of_its_length():
    dedication = Dedication("Janet", "")
    first = silence.silence(dedication, 30, AUDIO, Run(0, 20))
    alone = loudness.brought_to(
        spoken("Janet dedicates the next ten minutes to silence.", "en-gb"), silence.WORKING_LUFS
    )

    start = RATE_HZ // 2
    assert np.array_equal(first[start : start + len(alone)], alone)


def test_recorded_words_replace_the_spoken_ones_and_are_equally_loud(speech: Samples):
    wide = sounds.stereo(speech[: 3 * RATE_HZ], speech[: 3 * RATE_HZ] * np.float32(0.5))
    slot = silence.silence(JANET, 12, AUDIO, opening=wide, close=speech[: 2 * RATE_HZ] * 0.1)

    assert slot.shape == (12 * RATE_HZ, 2)
    opening, close = slot[: 4 * RATE_HZ], slot[9 * RATE_HZ :]
    assert loudness.integrated(opening) == pytest.approx(loudness.integrated(close), abs=0.5)
    heard = opening[RATE_HZ // 2 : RATE_HZ // 2 + len(wide)]
    assert np.corrcoef(heard[:, 0], wide[:, 0])[0, 1] > 0.9999


def test_a_recorded_announcement_takes_a_third_of_its_slot_and_fades():
    slot = silence.silence(JANET, 12, AUDIO, Run(0, 2), opening=sounds.tone(9, 330, -20))

    ((_, ends),) = words_in(slot)
    assert ends == pytest.approx(4.5, abs=0.05)
    assert np.abs(slot[round(4.4 * RATE_HZ) :]).max() < 0.15 * np.abs(slot).max()


def test_a_short_silence_is_only_quiet_and_never_digital_silence(tmp_path: Path):
    made = master.finish(
        Envelope.of(silence.silence(JANET, 6, AUDIO)), tmp_path / "silence.flac", AUDIO
    )

    heard = sounds.decoded(made.file)
    assert len(heard) == 6 * RATE_HZ
    assert level_dbfs(heard) == pytest.approx(-90, abs=1)
    assert np.abs(heard).max() < 10 ** (-70 / 20)


def test_a_station_may_keep_silences_without_words(speech: Samples):
    without_words = AudioSection(silence_announcement=False)

    assert not silence.silence(JANET, 60, without_words).any()
    assert not silence.silence(JANET, 60, without_words, opening=speech).any()


def test_a_cause_that_takes_too_long_to_say_is_left_out_and_who_keeps_it_is_said():
    long_winded = Dedication("Janet", "and for everyone who walked with us that day " * 12)
    slot = silence.silence(long_winded, 30, AUDIO, Run(0, 2))

    assert np.array_equal(slot, silence.silence(Dedication("Janet", ""), 30, AUDIO, Run(0, 2)))
    assert slot.any()


@pytest.mark.parametrize(
    ("seconds", "length"),
    [
        (300, "five minutes"),
        (600, "ten minutes"),
        (60, "one minute"),
        (90, "one minute 30 seconds"),
        (1800, "30 minutes"),
        (61, "one minute one second"),
    ],
)
def test_the_announcement_says_who_how_long_and_for_what(seconds: int, length: str):
    assert opening_words("Janet Moyo", "In memory of George Floyd", seconds) == (
        f"Janet Moyo dedicates the next {length} to silence. In memory of George Floyd."
    )


def test_it_is_said_in_each_members_language():
    openings = {opening_words("Janet", "", 300, code) for code in ("en", *languages())}

    assert "Janet wy die volgende vyf minute aan stilte." in openings
    assert len(openings) == 1 + len(languages())
    assert all("Janet" in words for words in openings)
    assert closing_words("fr") == closing_words("en")


def test_afrikaans_is_read_by_an_afrikaans_voice():
    slot = silence.silence(Dedication("Janet", "", "af"), 30, AUDIO, Run(0, 2))
    by_the_station = spoken(opening_words("Janet", "", 60, "af"), AUDIO.voice)

    ((start, end),) = words_in(slot)
    assert abs((end - start) - trim.activity(by_the_station).active_ms / 1000) > 0.05
