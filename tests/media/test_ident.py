"""An ident is heard before its piece, and never for longer than the station allows."""

import numpy as np
import pytest

from media import loudness
from media.announcements import ident_words, without_place
from media.ident import spoken_ident, with_ident
from media.samples import RATE_HZ, Samples, seconds_of
from media.speech import spoken
from media.words import languages
from tests.media import sounds

PIECE = sounds.tone(3, 330, -30)
LUFS = loudness.integrated(PIECE)


def test_an_ident_comes_as_loud_as_its_piece_which_is_untouched(speech: Samples):
    ident = speech[: 2 * RATE_HZ]
    whole, ident_ms = with_ident(PIECE, LUFS, ident, loudness.integrated(ident), 6)

    assert ident_ms == 2500
    assert np.array_equal(whole[ident_ms * 48 :], PIECE)
    assert loudness.integrated(whole[: 2 * RATE_HZ]) == pytest.approx(LUFS, abs=0.1)
    assert not whole[2 * RATE_HZ : ident_ms * 48].any()


def test_a_recorded_ident_that_is_too_long_is_faded():
    whole, ident_ms = with_ident(PIECE, LUFS, sounds.tone(20, 500, -20), LUFS + 10, 6)

    assert ident_ms == 6000
    assert np.abs(whole[round(5.49 * RATE_HZ) : 6 * RATE_HZ]).max() < 0.03 * np.abs(whole).max()
    assert np.abs(whole[: 4 * RATE_HZ]).max() == pytest.approx(np.abs(PIECE).max(), rel=0.05)


@pytest.mark.parametrize("most_seconds", [0, 1.2, -3])
def test_without_room_there_is_no_ident(most_seconds: float):
    whole, ident_ms = with_ident(PIECE, LUFS, sounds.tone(4), -12, most_seconds)

    assert ident_ms == 0
    assert whole is PIECE


def test_an_ident_that_cannot_be_heard_is_none():
    assert with_ident(PIECE, LUFS, sounds.silent(3), float("-inf"), 6)[1] == 0


def test_an_ident_in_stereo_makes_the_piece_stereo():
    wide = sounds.stereo(sounds.tone(2, 500), sounds.tone(2, 700))
    whole, ident_ms = with_ident(PIECE, LUFS, wide, -12, 6)

    assert np.array_equal(whole[ident_ms * 48 :], np.repeat(PIECE, 2, axis=1))


def test_a_spoken_ident_is_said_at_its_ease_where_it_fits():
    words = ident_words("Janet", "Harare", 300)

    assert words == "Five minutes of Janet, from Harare"
    assert np.array_equal(spoken_ident(words, "en-gb", 6), spoken(words, "en-gb"))


def test_one_that_is_too_long_is_said_faster_then_without_its_place_then_not_at_all():
    words = ident_words("Janet", "Harare", 300)
    long, short = (seconds_of(spoken(some, "en-gb")) for some in (words, words[:-13]))
    faster = spoken_ident(words, "en-gb", long + 0.2)
    placeless = spoken_ident(words, "en-gb", short + 0.51)

    assert short < seconds_of(faster) <= long - 0.3
    assert np.array_equal(placeless, spoken("Five minutes of Janet", "en-gb"))
    assert spoken_ident(words, "en-gb", 1) is None


def test_idents_are_worded_in_each_members_language():
    assert ident_words("Janet", "", 60) == "One minute of Janet"
    assert ident_words("Janet", "Harare", 300, "af") == "Vyf minute van Janet, uit Harare"
    assert ident_words("Janet", "Harare", 300, "sn") == "Maminitsi 5 naJanet, kubva kuHarare"
    assert ident_words("Janet", "Harare", 300, "zu") == "Imizuzu engu-5 no-Janet, ovela e-Harare"


@pytest.mark.parametrize("language", ["en", *languages()])
def test_the_place_can_be_left_out_in_each_language(language: str):
    whole = ident_words("Janet", "Harare", 300, language)

    assert without_place(whole) == ident_words("Janet", "", 300, language)
