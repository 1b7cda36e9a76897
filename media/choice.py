"""Which of the station's fill is played: whole, as much as fits, and another for each seed."""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from media import bed as built_in
from media.facts import CueKind
from media.montage import FillSound, Part, Source
from media.samples import samples_in, seconds_of
from station.treatment import FillKind

# As many pieces are drawn for one choice: every subset of them is looked at.
MOST_DRAWN = 8
CROSSFADE_SECONDS = 2.0
BUILT_IN_LUFS = -20.0
# As many are remembered, 3 MB each: making one takes longer than all the rest of a slot.
BUILT_IN_BEDS = 6


def drawn(library: Sequence[FillSound], kinds: Sequence[FillKind], seed: int) -> list[FillSound]:
    """The audible pieces of some kinds, in an order that the seed decides."""
    there = [
        one for one in library if one.kind in kinds and one.source.count and math.isfinite(one.lufs)
    ]
    if not there:
        return []
    # Seeds that follow one another begin with different pieces.
    times, first = divmod(seed, len(there))
    order = np.roll(np.random.default_rng(times).permutation(len(there)), -first)
    return [there[place] for place in order]


def best_fit(hand: Sequence[FillSound], room: int, pause: int) -> list[FillSound]:
    """Of at most `MOST_DRAWN` pieces those that fill a room best, none cut, in the hand's order.

    Each is followed by a pause. Lengths are in samples; pieces longer than the room are not
    drawn. Of equally good choices the first with the fewest pieces is taken.
    """
    fitting = [one for one in hand if one.source.count + pause <= room][:MOST_DRAWN]
    best: tuple[FillSound, ...] = ()
    most = 0
    for size in range(1, len(fitting) + 1):
        for some in combinations(fitting, size):
            total = sum(one.source.count + pause for one in some)
            if most < total <= room:
                best, most = some, total
    return list(best)


def bed(library: Sequence[FillSound], seed: int) -> FillSound:
    """One of the operator's beds, or the built-in one where there is none."""
    beds = drawn(library, (FillKind.BED,), seed)
    if beds:
        return beds[0]
    return _built_in(seed % BUILT_IN_BEDS)


@lru_cache(maxsize=BUILT_IN_BEDS)
def _built_in(seed: int) -> FillSound:
    """One round of a built-in bed, whose end joins its start."""
    lap = built_in.bed(seconds_of(built_in.loop(seed)), BUILT_IN_LUFS, seed)
    return FillSound(FillKind.BED, Source.of(lap), BUILT_IN_LUFS, seamless=True)


def bed_part(chosen: FillSound, start: int, count: int, lufs: float, head: int, tail: int) -> Part:
    """A bed at a loudness over a whole passage: repeated where short, cut where long."""
    crossfade = min(samples_in(CROSSFADE_SECONDS), chosen.source.count // 4)
    return Part(
        CueKind.BED,
        chosen.source,
        start,
        count,
        gain_db=lufs - chosen.lufs,
        head=min(head, count // 2),
        tail=min(tail, count // 2),
        crossfade=0 if chosen.seamless else crossfade,
        title_id=chosen.title_id,
    )


def whole_part(chosen: FillSound, start: int, lufs: float, clears: int = 0) -> Part:
    """An ident or a promo, whole, at a loudness."""
    kind, gain_db = CueKind(chosen.kind), lufs - chosen.lufs
    count = chosen.source.count
    return Part(kind, chosen.source, start, count, gain_db, clears=clears, title_id=chosen.title_id)
