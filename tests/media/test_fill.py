"""A whole slot of the station's own: the operator's fill where there is some, else its name."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media import fill, loudness, master
from media.facts import CueKind
from media.limit import Envelope
from media.montage import Composed, FillSound, Source
from media.samples import RATE_HZ, Samples
from station.sections import AudioSection
from station.treatment import FillKind
from tests.media import sounds

AUDIO = AudioSection()


def fill_sound(kind: FillKind, seconds: float, title_id: int) -> FillSound:
    music = sounds.noise(seconds, -20, title_id)
    sound = music if kind is FillKind.BED else sounds.tone(seconds, 300 + 50 * title_id, -20)
    return FillSound(kind, Source.of(sound), loudness.integrated(sound), title_id)


LIBRARY = [
    fill_sound(FillKind.IDENT, 2, 1),
    fill_sound(FillKind.IDENT, 3, 2),
    fill_sound(FillKind.PROMO, 6, 3),
    fill_sound(FillKind.PROMO, 8, 4),
    fill_sound(FillKind.PROMO, 7, 5),
    fill_sound(FillKind.BED, 20, 6),
    fill_sound(FillKind.BED, 200, 7),
]


def told(composed: Composed) -> list[tuple[CueKind, int, int]]:
    some = (cue for cue in composed.cues if cue.kind is not CueKind.BED)
    return [(cue.kind, cue.start_ms, cue.end_ms) for cue in some]


def passage(composed: Composed, start_ms: int, end_ms: int) -> Samples:
    return composed.sound[start_ms * 48 : end_ms * 48]


def mastered(composed: Composed, folder: Path, slot_seconds: int) -> None:
    made = master.finish(Envelope.of(composed.sound), folder / "fill.flac", AUDIO)
    heard = sounds.decoded(made.file)
    assert len(heard) == slot_seconds * RATE_HZ
    assert sounds.ffmpegs_loudness(made.file) == pytest.approx(-16, abs=0.1)
    assert np.abs(heard[-480:]).max() < 0.05


@pytest.mark.parametrize("slot_seconds", [6, 20])
def test_fill_and_the_emergency_piece_are_whole_slots(slot_seconds: int, tmp_path: Path):
    mastered(fill.fill(slot_seconds, "Mweya", 1, AUDIO), tmp_path, slot_seconds)
    mastered(fill.fill(slot_seconds, "Mweya", 1, AUDIO, LIBRARY), tmp_path, slot_seconds)
    emergency = fill.emergency(slot_seconds, "Mweya", AUDIO)
    mastered(Composed(emergency, ()), tmp_path, slot_seconds)


def test_fills_differ_from_one_another_and_are_the_same_each_time():
    for library in ((), LIBRARY):
        sounded = [fill.fill(60, "Mweya", seed, AUDIO, library).sound for seed in (0, 0, 1, 2)]
        first, again, *others = sounded

        assert np.array_equal(first, again)
        assert not any(np.array_equal(first, other) for other in others)


def test_the_ident_is_spoken_over_the_bed():
    with_ident = fill.fill(12, "Radio Harare", 0, AUDIO).sound
    bed_alone = fill.fill(12, "", 0, AUDIO).sound

    assert not np.array_equal(with_ident[RATE_HZ : 5 * RATE_HZ], bed_alone[RATE_HZ : 5 * RATE_HZ])


def test_the_operators_ident_comes_first_and_promos_stand_apart():
    slot = fill.fill(180, "Mweya", 0, AUDIO, LIBRARY)
    (ident, start, _), *promos = lies = told(slot)

    assert (ident, start) == (CueKind.IDENT, 1500)
    assert [kind for kind, *_ in promos] == [CueKind.PROMO] * 3
    starts = [*(start_ms for _, start_ms, _ in promos), 180_000]
    beds = [at - end_ms for at, (_, _, end_ms) in zip(starts, lies, strict=True)]
    assert min(beds) > 30_000
    assert np.ptp(beds) < 5


def test_the_bed_makes_way_for_a_promo_and_comes_back():
    slot = fill.fill(90, "Mweya", 0, AUDIO, LIBRARY)
    promo = next(cue for cue in slot.cues if cue.kind is CueKind.PROMO)
    sound = next(one for one in LIBRARY if one.title_id == promo.title_id)

    heard = passage(slot, promo.start_ms, promo.end_ms)
    assert np.corrcoef(heard[:, 0], sound.source.read(len(heard))[:, 0])[0, 1] > 0.9999
    assert loudness.integrated(heard) == pytest.approx(fill.WORKING_LUFS, abs=0.2)
    before = np.abs(passage(slot, promo.start_ms - 900, promo.start_ms))
    assert before[-480:].max() < 0.05 * before[:4800].max()
    after = passage(slot, promo.end_ms + 1000, promo.end_ms + 5000)
    assert loudness.integrated(after) == pytest.approx(fill.WORKING_LUFS - 2, abs=1)


def test_without_an_ident_of_the_operators_the_stations_name_is_said():
    slot = fill.fill(20, "Radio Harare", 0, AUDIO, [fill_sound(FillKind.BED, 30, 1)])
    kinds = [(cue.kind, cue.title_id) for cue in slot.cues]

    assert kinds == [(CueKind.BED, 1), (CueKind.IDENT, None)]
    ident = passage(slot, *told(slot)[0][1:])
    assert loudness.integrated(ident) == pytest.approx(fill.WORKING_LUFS, abs=0.5)


def test_an_opening_or_a_close_of_a_silence_is_no_fill():
    library = [fill_sound(FillKind.OPENING, 2, 1), fill_sound(FillKind.CLOSE, 2, 2)]
    slot = fill.fill(20, "Mweya", 0, AUDIO, library)

    assert {cue.title_id for cue in slot.cues} == {None}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(list(FillKind)), st.integers(1, 300)), min_size=1),
    st.integers(0, 1000),
)
def test_a_fill_is_at_most_half_told_and_nothing_in_it_is_cut(lengths, seed):
    # Told by an ident of the operator's, so that none is spoken each time.
    lengths = [(FillKind.IDENT, 10), *lengths]
    library = [
        FillSound(kind, Source.of(np.full((tenths * 4800, 1), 0.1, np.float32)), -20.0, place)
        for place, (kind, tenths) in enumerate(lengths)
    ]
    slot = fill.fill(20, "Mweya", seed, AUDIO, library)

    assert len(slot.sound) == 20 * RATE_HZ
    assert np.abs(slot.sound[-48:]).max() < 0.01
    pieces = sorted(
        (cue for cue in slot.cues if cue.kind is not CueKind.BED), key=lambda c: c.start_ms
    )
    assert sum(cue.end_ms - cue.start_ms for cue in pieces) <= 10_000
    ends = [0, *(cue.end_ms for cue in pieces)]
    assert all(cue.start_ms > end for cue, end in zip(pieces, ends, strict=False))
    assert ends[-1] < 20_000
    for cue in pieces:
        assert cue.end_ms - cue.start_ms == lengths[cue.title_id][1] * 100
