"""What follows a short piece: chosen to fit, ended by a fade on the slot's last second."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import choice, loudness
from media.facts import CueKind
from media.follow import Follows, whole_slot
from media.montage import Composed, FillSound, Piece, Source
from media.samples import RATE_HZ, Samples
from station.treatment import FillKind, Short
from tests.media import sounds

PIECE = sounds.tone(4, 330, -20)
LUFS = loudness.integrated(PIECE)
KINDS = st.sampled_from([FillKind.IDENT, FillKind.PROMO, FillKind.BED])


def fill_sound(kind: FillKind, seconds: float, title_id: int = 1, hz: float = 440) -> FillSound:
    sound = sounds.tone(seconds, hz, -20)
    return FillSound(kind, Source.of(sound), loudness.integrated(sound), title_id)


def lies(composed: Composed) -> list[tuple[str, int, int]]:
    return [(str(cue.kind), cue.start_ms, cue.end_ms) for cue in composed.cues]


def heard(composed: Composed, kind: CueKind) -> Samples:
    cue = next(cue for cue in composed.cues if cue.kind is kind)
    return composed.sound[cue.start_ms * 48 : cue.end_ms * 48]


def is_faded_out(sound: Samples) -> bool:
    tenths = np.abs(sound[-RATE_HZ:, 0]).reshape(10, -1).max(axis=1)
    return bool(tenths[5:].max() < tenths[:5].max() and tenths[-1] < 0.2 * tenths.max())


def test_without_fill_of_the_operators_the_built_in_bed_ends_the_slot():
    whole = whole_slot(PIECE, LUFS, 12, 1)

    assert np.array_equal(whole.sound[: len(PIECE)], PIECE)
    assert lies(whole) == [("piece", 0, 4000), ("bed", 4500, 12000)]
    assert is_faded_out(whole.sound)
    bed_alone = heard(whole, CueKind.BED)[2 * RATE_HZ : -RATE_HZ]
    assert loudness.integrated(bed_alone) == pytest.approx(LUFS - 2, abs=1.5)


def test_idents_and_promos_are_played_whole_before_a_bed_that_fades():
    library = [
        fill_sound(FillKind.PROMO, 6, 1, 500),
        fill_sound(FillKind.IDENT, 2, 2, 600),
        fill_sound(FillKind.BED, 30, 3, 200),
    ]
    whole = whole_slot(PIECE, LUFS, 20, 7, Follows(fill=library))

    assert lies(whole) == [
        ("piece", 0, 4000),
        ("ident", 4500, 6500),
        ("promo", 7000, 13000),
        ("bed", 13500, 20000),
    ]
    assert [cue.title_id for cue in whole.cues] == [None, 2, 1, 3]
    assert np.allclose(heard(whole, CueKind.PROMO), library[0].source.read(6 * RATE_HZ), atol=0.01)
    assert loudness.integrated(heard(whole, CueKind.IDENT)) == pytest.approx(LUFS, abs=0.2)
    assert is_faded_out(whole.sound)


def test_fill_comes_as_loud_as_the_piece_however_quiet_that_is():
    quiet = PIECE * np.float32(0.05)
    whole = whole_slot(quiet, LUFS - 26.02, 20, 1, Follows(fill=[fill_sound(FillKind.PROMO, 6)]))

    assert loudness.integrated(heard(whole, CueKind.PROMO)) == pytest.approx(LUFS - 26.02, abs=0.2)


def test_a_short_bed_is_repeated_without_a_dip_or_a_jump():
    noise = sounds.noise(7, -20)
    bed = FillSound(FillKind.BED, Source.of(noise), loudness.integrated(noise))
    whole = whole_slot(PIECE, LUFS, 30, 1, Follows(fill=[bed]))

    middle = heard(whole, CueKind.BED)[2 * RATE_HZ : -2 * RATE_HZ, 0]
    tenths = middle[: len(middle) // 4800 * 4800].reshape(-1, 4800)
    levels = 10 * np.log10(np.mean(tenths**2, axis=1))
    assert np.ptp(levels) < 1.5


def test_a_quiet_remainder_is_better_than_a_bed_of_a_moment():
    whole = whole_slot(PIECE, LUFS, 8, 1, Follows(fill=[fill_sound(FillKind.IDENT, 1)]))

    assert lies(whole) == [("piece", 0, 4000)]
    assert not whole.sound[len(PIECE) :].any()


def test_a_piece_as_long_as_its_slot_is_left_alone():
    assert np.array_equal(whole_slot(PIECE, LUFS, 4, 1).sound, PIECE)


def test_a_piece_that_is_longer_is_faded_out():
    whole = whole_slot(sounds.tone(9, 330, -20), LUFS, 6, 1)

    assert len(whole.sound) == 6 * RATE_HZ
    assert is_faded_out(whole.sound)
    assert lies(whole) == [("piece", 0, 6000)]


def test_the_piece_again_is_the_same_piece_and_its_ident_is_not_said_again():
    again = whole_slot(PIECE, LUFS, 13, 1, Follows(Short.AGAIN), ident_ms=1000)

    assert lies(again) == [
        ("ident", 0, 1000),
        ("piece", 1000, 4000),
        ("again", 5500, 8500),
        ("again", 10000, 13000),
    ]
    assert np.array_equal(again.sound[: len(PIECE)], PIECE)
    assert np.array_equal(heard(again, CueKind.AGAIN), PIECE[RATE_HZ:])


def test_a_last_lap_is_faded_where_half_of_it_fits():
    again = whole_slot(PIECE, LUFS, 8, 1, Follows(Short.AGAIN))

    assert lies(again) == [("piece", 0, 4000), ("again", 5500, 8000)]
    assert np.abs(again.sound[-480:]).max() < 0.01


def test_a_bed_follows_where_less_than_half_a_lap_fits():
    again = whole_slot(sounds.tone(14, 330, -20), LUFS, 20, 1, Follows(Short.AGAIN))

    assert lies(again) == [("piece", 0, 14000), ("bed", 14500, 20000)]


def test_another_piece_is_played_once_and_then_fill():
    other = Piece(sounds.tone(5, 700, -30), loudness.integrated(sounds.tone(5, 700, -30)))
    whole = whole_slot(PIECE, LUFS, 20, 1, Follows(Short.PIECE, piece=other))

    assert lies(whole) == [("piece", 0, 4000), ("another", 5500, 10500), ("bed", 11000, 20000)]
    assert loudness.integrated(heard(whole, CueKind.ANOTHER)) == pytest.approx(LUFS, abs=0.2)


def test_another_piece_that_is_gone_or_far_too_long_makes_room_for_fill():
    far = Piece(sounds.tone(40, 700, -20), LUFS)

    for gone in (None, far):
        whole = whole_slot(PIECE, LUFS, 14, 1, Follows(Short.PIECE, piece=gone))
        assert lies(whole) == [("piece", 0, 4000), ("bed", 4500, 14000)]


def test_a_slot_is_stereo_as_soon_as_one_part_is():
    promo = sounds.stereo(sounds.tone(2, 500, -20), sounds.tone(2, 700, -20))
    library = [FillSound(FillKind.PROMO, Source.of(promo), loudness.integrated(promo))]
    whole = whole_slot(PIECE, LUFS, 14, 1, Follows(fill=library))

    assert whole.sound.shape == (14 * RATE_HZ, 2)
    assert np.array_equal(whole.sound[: len(PIECE)], np.repeat(PIECE, 2, axis=1))
    assert whole_slot(PIECE, LUFS, 14, 1).sound.shape[1] == 1


def test_members_are_followed_by_different_fill_and_each_always_by_the_same():
    library = [fill_sound(FillKind.PROMO, 3, place) for place in range(6)]
    follows = Follows(fill=library)
    cues = [whole_slot(PIECE, LUFS, 15, seed, follows).cues for seed in (0, 1, 2, 0)]

    assert cues[0] == cues[3]
    assert len({tuple(cue.title_id for cue in some) for some in cues}) == 3


def test_what_cannot_be_heard_is_not_chosen():
    library = [
        FillSound(FillKind.IDENT, Source.of(sounds.silent(1)), float("-inf")),
        FillSound(FillKind.BED, Source.of(sounds.silent(0)), -20.0),
    ]

    assert lies(whole_slot(PIECE, LUFS, 12, 1, Follows(fill=library)))[1:] == [("bed", 4500, 12000)]


def test_only_what_is_played_is_read_however_much_the_operator_brought():
    read = []

    def promo(title_id: int) -> FillSound:
        def load(most: int) -> Samples:
            read.append(title_id)
            return sounds.tone(4, 500, -20)[:most]

        return FillSound(FillKind.PROMO, Source(4 * RATE_HZ, 1, load), LUFS, title_id)

    library = [promo(title_id) for title_id in range(40)]
    whole = whole_slot(PIECE, LUFS, 20, 11, Follows(fill=library))

    assert read == [cue.title_id for cue in whole.cues if cue.kind is CueKind.PROMO]
    assert len(read) == 2


@st.composite
def libraries(draw) -> list[FillSound]:
    lengths = draw(st.lists(st.tuples(KINDS, st.integers(100, 9000)), max_size=7))
    return [
        FillSound(kind, Source.of(np.ones((ms * 48, 1), np.float32)), LUFS, place)
        for place, (kind, ms) in enumerate(lengths)
    ]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(Short), libraries(), st.integers(1000, 14_000), st.integers(0, 2**32 - 1))
def test_nothing_is_ever_cut_or_laid_over_anything_and_the_slot_is_whole(
    short, library, piece_ms, seed
):
    piece = np.full((piece_ms * 48, 1), 0.5, np.float32)
    whole = whole_slot(piece, LUFS, 14, seed, Follows(short, library, Piece(PIECE, LUFS)))

    lengths = {sound.title_id: round(sound.source.count / 48) for sound in library}
    ends = [0, *(cue.end_ms for cue in whole.cues)]
    assert len(whole.sound) == 14 * RATE_HZ
    assert np.array_equal(whole.sound[: len(piece)], piece)
    assert all(cue.start_ms >= end for cue, end in zip(whole.cues, ends, strict=False))
    for cue in whole.cues:
        if cue.kind in {CueKind.IDENT, CueKind.PROMO}:
            assert cue.end_ms - cue.start_ms == lengths[cue.title_id]
    last = whole.cues[-1]
    if last.kind is CueKind.BED or last.end_ms - last.start_ms not in {piece_ms, 4000}:
        assert last.end_ms == 14_000
        assert np.abs(whole.sound[-48:]).max() < 0.02
    else:
        assert 14_000 - last.end_ms < 5500


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 400), max_size=8), st.integers(0, 1200), st.integers(0, 20))
def test_the_choice_is_the_best_there_is(lengths, room, pause):
    hand = [
        FillSound(FillKind.PROMO, Source.of(np.ones((length, 1), np.float32)), -20.0, place)
        for place, length in enumerate(lengths)
    ]
    chosen = choice.best_fit(hand, room, pause)

    reachable = {0}
    for length in lengths:
        reachable |= {total + length + pause for total in reachable}
    best = max(total for total in reachable if total <= room)
    assert sum(one.source.count + pause for one in chosen) == best
    assert len({one.title_id for one in chosen}) == len(chosen)
