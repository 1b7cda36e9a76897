"""Silences and fill are masters too: exactly one slot, made on the spot."""

from pathlib import Path

import numpy as np
import pytest

from media import assemble, demo, fill, loudness, master, silence, sniff, speech
from media.bed import bed
from media.follow import whole_slot
from media.samples import Samples
from media.silence import Dedication, opening_words
from station.errors import Fault
from station.sections import AudioSection
from tests.media import sounds

AUDIO = AudioSection()
JANET = Dedication("Janet Moyo", "In memory of George Floyd")


def level_dbfs(sound: Samples) -> float:
    return 20 * float(np.log10(np.sqrt(np.mean(sound.astype(np.float64) ** 2)) + 1e-12))


def test_a_silence_is_announced_kept_and_closed(tmp_path: Path):
    made = master.finish(silence.silence(JANET, 40, AUDIO), tmp_path / "master.flac", AUDIO)

    heard = sounds.decoded(made.file)
    second = 48_000
    assert len(heard) == 40 * second
    assert level_dbfs(heard[second : 4 * second]) > -30
    assert level_dbfs(heard[12 * second : 32 * second]) == pytest.approx(-90, abs=1)
    assert level_dbfs(heard[36 * second :]) > -40
    assert sounds.ffmpegs_loudness(made.file) == pytest.approx(-16, abs=0.1)


def test_a_short_silence_is_only_quiet_and_never_digital_silence(tmp_path: Path):
    made = master.finish(silence.silence(JANET, 6, AUDIO), tmp_path / "master.flac", AUDIO)

    heard = sounds.decoded(made.file)
    assert len(heard) == 6 * 48_000
    assert level_dbfs(heard) == pytest.approx(-90, abs=1)
    assert np.abs(heard).max() < 10 ** (-70 / 20)


def test_a_station_may_keep_silences_without_words():
    plain = silence.silence(JANET, 60, AudioSection(silence_announcement=False))

    assert not plain.any()


def test_a_cause_that_takes_too_long_to_say_is_not_said():
    long_winded = Dedication("Janet", "and for everyone who walked with us that day " * 12)

    assert not silence.silence(long_winded, 30, AUDIO).any()


@pytest.mark.parametrize(
    ("seconds", "length"),
    [(300, "5 minutes"), (60, "1 minute"), (90, "1 minute 30 seconds"), (30, "30 seconds")],
)
def test_the_announcement_says_who_how_long_and_for_what(seconds: int, length: str):
    assert opening_words(JANET, seconds) == (
        f"Janet Moyo dedicates the next {length} to silence. In memory of George Floyd."
    )


@pytest.mark.parametrize("slot_seconds", [6, 20])
def test_fill_and_the_emergency_piece_are_whole_slots(slot_seconds: int, tmp_path: Path):
    for sound in (
        fill.fill(slot_seconds, "Mweya", 1, AUDIO),
        fill.emergency(slot_seconds, "Mweya", AUDIO),
    ):
        made = master.finish(sound, tmp_path / "master.flac", AUDIO)
        heard = sounds.decoded(made.file)
        assert len(heard) == slot_seconds * 48_000
        assert sounds.ffmpegs_loudness(made.file) == pytest.approx(-16, abs=0.1)
        assert np.abs(heard[-480:]).max() < 0.05


def test_fills_differ_from_one_another_and_are_the_same_each_time():
    first, again, other = (fill.fill(10, "Mweya", seed, AUDIO) for seed in (0, 0, 1))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_ident_is_spoken_over_the_bed():
    with_ident, bed_alone = fill.fill(12, "Radio Harare", 0, AUDIO), fill.fill(12, "", 0, AUDIO)

    assert not np.array_equal(with_ident[48_000 : 5 * 48_000], bed_alone[48_000 : 5 * 48_000])


def test_the_bed_is_turned_down_under_words_and_up_again_without_a_step():
    base, words = sounds.tone(6, 200, -20), sounds.silent(2)

    ducked = assemble.over(base, [assemble.Laid(words, 2000)])

    tenths = [level_dbfs(ducked[at : at + 4800]) for at in range(0, len(ducked), 4800)]
    assert [tenths[10], tenths[30], tenths[50]] == pytest.approx([-23, -32, -23], abs=0.2)
    assert np.abs(np.diff(tenths)).max() < 3


def test_a_bed_has_its_length_and_loudness_and_never_jumps():
    sound = bed(40, -20, 2)

    assert len(sound) == 40 * 48_000
    assert loudness.integrated(sound) == pytest.approx(-20, abs=0.5)
    assert np.abs(np.diff(sound[:, 0])).max() < 0.1


def test_a_piece_as_long_as_its_slot_is_left_alone():
    piece = sounds.tone(8)

    assert np.array_equal(whole_slot(piece, -16, 8, 1), piece)


def test_words_are_never_options_nor_codes_nor_files():
    assert speech.sayable("-f /etc/passwd") == "-f /etc/passwd"
    assert (
        speech.sayable("a\nb\x00c [[dI2]] <b>x</b> \N{RIGHT-TO-LEFT OVERRIDE}")
        == "a b c dI2 b x /b"
    )
    assert len(speech.sayable("long " * 900)) <= speech.LONGEST_TEXT
    assert len(speech.spoken("-w /tmp/elsewhere.wav --help", "en-gb")) > 24_000


@pytest.mark.parametrize("voice", ["--help", "../../etc/passwd", "", "nobody-speaks-so"])
def test_a_voice_that_is_none_is_a_fault(voice: str):
    with pytest.raises(Fault) as fault:
        speech.spoken("hello", voice)
    assert fault.value.permanent


def test_demo_members_send_what_phones_send(tmp_path: Path):
    made = demo.make(tmp_path, 6)

    assert {one.file.suffix for one in made} == {".opus", ".m4a", ".mp3", ".wav"}
    assert {one.kind for one in made} == set(demo.DemoKind)
    assert len({one.file for one in made}) == 6
    assert all(isinstance(sniff.sniff(one.file), sniff.Sound) for one in made)
