"""The station's own sounds: words that are only words, beds, and demo members' voices."""

from pathlib import Path

import numpy as np
import pytest

from media import assemble, demo, loudness, sniff, speech
from media.bed import bed
from media.samples import Samples
from station.errors import Fault
from tests.media import sounds


def level_dbfs(sound: Samples) -> float:
    return 20 * float(np.log10(np.sqrt(np.mean(sound.astype(np.float64) ** 2)) + 1e-12))


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
