"""A long piece is parted in a pause of its speaker's, and each part fits its slot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.samples import RATE_HZ, Samples
from media.speech import spoken
from media.split import cut_point, half
from tests.media import sounds

SENTENCES = (
    "Good morning, and welcome to this programme from Harare.",
    "Today we talk about water, and about the people who carry it.",
    "My grandmother walked to the river every day before sunrise.",
    "She knew each stone on the way, and she sang while she walked.",
    "Thank you for listening, and until next week.",
)


def half_of(sound: Samples, slot_seconds: float, part: int) -> Samples:
    return half(sound, cut_point(sound, slot_seconds), part)


@pytest.fixture(scope="module")
def talk() -> list[Samples]:
    return [spoken(text, "en-gb") for text in SENTENCES]


def told(talk: list[Samples], pause_seconds: float) -> tuple[Samples, list[tuple[float, float]]]:
    """The talk with pauses between its sentences, and where these are."""
    parts, pauses, at = [], [], 0.0
    for sentence in talk:
        parts += [sentence, sounds.silent(pause_seconds)]
        at += len(sentence) / RATE_HZ
        pauses.append((at, at + pause_seconds))
        at += pause_seconds
    return sounds.joined(*parts[:-1]), pauses[:-1]


def lies_in_a_pause(at: int, pauses: list[tuple[float, float]]) -> bool:
    # A spoken sentence keeps some quiet at its own ends.
    return any(start - 0.6 <= at / RATE_HZ <= end + 0.4 for start, end in pauses)


@pytest.mark.parametrize("hiss_dbfs", [None, -55, -40])
def test_it_is_parted_at_the_last_end_of_a_sentence_that_fits(talk, hiss_dbfs):
    sound, pauses = told(talk, 0.6)
    if hiss_dbfs is not None:
        sound = sound + sounds.noise(len(sound) / RATE_HZ, hiss_dbfs)
    slot = pauses[3][0] - 1
    cut = cut_point(sound, slot)

    start, end = pauses[2]
    assert start - 0.6 <= cut.end / RATE_HZ <= cut.resume / RATE_HZ <= end + 0.4


def test_no_word_is_lost_between_the_parts(talk):
    sound, pauses = told(talk, 1.5)
    cut = cut_point(sound, pauses[3][0] - 1)
    first, second = (half_of(sound, pauses[3][0] - 1, part) for part in (1, 2))

    between = sound[cut.end : cut.resume]
    assert 0.5 < len(between) / RATE_HZ < 2.5
    assert np.abs(between).max() < 0.01
    assert len(first) == cut.end
    assert np.array_equal(first[: -RATE_HZ // 10], sound[: cut.end - RATE_HZ // 10])
    assert np.array_equal(second[RATE_HZ // 10 :], sound[cut.resume + RATE_HZ // 10 :])


def test_a_breath_inside_a_sentence_is_better_than_the_middle_of_a_word():
    sound = spoken(", and ".join(["bread", "milk", "sugar", "tea", "rice", "salt"] * 2), "en-gb")
    slot = 0.7 * len(sound) / RATE_HZ
    cut = cut_point(sound, slot)

    assert cut.end < cut.resume
    assert np.abs(sound[cut.end : cut.resume]).max() < 0.01 * np.abs(sound).max()


def test_music_without_a_pause_is_parted_where_it_is_quietest():
    sound = sounds.tone(14, 330, -12)
    quieter = slice(6 * RATE_HZ, 6 * RATE_HZ + RATE_HZ // 4)
    sound[quieter] *= 0.5
    cut = cut_point(sound + sounds.tone(14, 77, -20), 8)

    assert cut.end / RATE_HZ == pytest.approx(6.1, abs=0.2)


def test_the_second_part_begins_softly():
    second = half_of(sounds.tone(14, 330, -12), 8, 2)

    assert second[0] == 0
    assert np.abs(second[: RATE_HZ // 100]).max() < 0.4 * np.abs(second).max()


def test_a_little_too_much_still_gives_a_second_part_worth_airing(talk):
    sound, pauses = told(talk, 0.6)
    slot = len(sound) / RATE_HZ - 0.5
    second = half_of(sound, slot, 2)

    assert len(second) / RATE_HZ >= 3.5
    assert lies_in_a_pause(cut_point(sound, slot).end, pauses)


def test_a_long_pause_lets_more_than_two_slots_fit():
    sound = sounds.joined(sounds.tone(7), sounds.silent(4), sounds.tone(7))
    first, second = (half_of(sound, 8, part) for part in (1, 2))

    assert len(first) <= 8 * RATE_HZ
    assert len(second) <= 8 * RATE_HZ
    assert len(second) >= 7 * RATE_HZ


@pytest.mark.parametrize("seconds", [8, 17])
def test_what_fits_one_slot_or_not_even_two_is_not_parted(seconds):
    with pytest.raises(ValueError, match="fit"):
        half_of(sounds.tone(seconds), 8, 1)


def test_both_channels_are_parted_alike(talk):
    sound, pauses = told(talk, 0.6)
    slot = pauses[3][0] - 1
    wide = sounds.stereo(sound, sound * np.float32(0.3))

    assert cut_point(wide, slot) == cut_point(sound, slot)
    assert half_of(wide, slot, 2).shape[1] == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20)), min_size=1, max_size=14))
def test_the_parts_fit_and_their_order_is_kept(passages):
    sound = np.concatenate(
        [
            np.concatenate((sounds.tone(loud / 10, 330, -20), sounds.silent(still / 10)))
            for loud, still in passages
        ]
    )
    try:
        cut = cut_point(sound, 8)
    except ValueError:
        assert len(sound) <= 8 * RATE_HZ or len(sound) > 16 * RATE_HZ
        return
    assert 0 < cut.end <= cut.resume < len(sound)
    assert cut.end <= 8 * RATE_HZ
    assert 2 * RATE_HZ <= len(sound) - cut.resume <= 8 * RATE_HZ


def test_an_ident_leaves_the_first_part_less_room_and_the_second_all_of_its_slot():
    sound = sounds.tone(14)

    cut = cut_point(sound, 8, first_seconds=6.5)

    assert cut.end <= 6.5 * RATE_HZ
    assert len(half(sound, cut, 2)) <= 8 * RATE_HZ
    with pytest.raises(ValueError, match="two slots"):
        cut_point(sound, 8, first_seconds=5.5)
