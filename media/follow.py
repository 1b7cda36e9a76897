"""A piece shorter than its slot is followed, so that the slot is whole and ends with a fade."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from media import choice
from media.facts import CueKind
from media.montage import Composed, FillSound, Part, Piece, Source, compose
from media.samples import FRAME_SAMPLES, Samples, samples_in
from station.treatment import FillKind, Short

# Music so much under speech is heard as equally loud and leaves the master's measure alone.
BED_UNDER_PIECE_LU = 2.0
PAUSE_SECONDS = 0.5
FADE_IN_SECONDS = 2.0
FADE_OUT_SECONDS = 1.0
CUT_FADE_SECONDS = 2.0
# No bed is worth beginning for less than this.
LEAST_BED_SECONDS = 5.0
# Between a piece and itself: long enough to be heard as an end and a beginning.
LAP_PAUSE_SECONDS = 1.5
# Less of a piece than this is not begun again: its listener would only hear it being cut.
LEAST_LAP_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Follows:
    """What follows a piece: itself again or another one, and then the station's fill.

    `fill` is what the operator uploaded, in a settled order, and may be empty; `piece` is the
    other piece where the member chose one.
    """

    short: Short = Short.FILL
    fill: Sequence[FillSound] = ()
    piece: Piece | None = None


NOTHING_CHOSEN = Follows()


def whole_slot(
    piece: Samples,
    piece_lufs: float,
    slot_seconds: float,
    seed: int,
    follows: Follows = NOTHING_CHOSEN,
    ident_ms: int = 0,
) -> Composed:
    """Exactly one slot: the piece as it is, then what follows, ending on the last second.

    A piece that is longer than the slot is faded out. `piece_lufs` is the piece's loudness,
    which what follows is brought to; the caller levels the whole. The first `ident_ms` of the
    piece are its ident, which is not played again.
    """
    count = samples_in(slot_seconds)
    if len(piece) > count:
        fade = min(samples_in(CUT_FADE_SECONDS), count // 4)
        return compose(count, [*_piece(piece[:count], ident_ms, fade)])
    parts = [*_piece(piece, ident_ms, 0)]
    alone = piece[ident_ms * FRAME_SAMPLES :]
    if follows.short is Short.AGAIN:
        parts += _laps(alone, len(piece), count)
    elif follows.short is Short.PIECE and follows.piece is not None:
        other = follows.piece
        start = len(piece) + samples_in(LAP_PAUSE_SECONDS)
        parts += _begun(CueKind.ANOTHER, other.sound, piece_lufs - other.lufs, start, count)
    begins = parts[-1].end + samples_in(PAUSE_SECONDS)
    return compose(count, [*parts, *_fill(follows.fill, begins, count, piece_lufs, seed)])


def _piece(piece: Samples, ident_ms: int, fade: int) -> Iterator[Part]:
    """The piece itself, and its ident as a part of its own."""
    head = ident_ms * FRAME_SAMPLES
    if head:
        yield Part(CueKind.IDENT, Source.of(piece[:head]), 0, head)
    yield Part(CueKind.PIECE, Source.of(piece[head:]), head, len(piece) - head, tail=fade)


def _laps(piece: Samples, start: int, count: int) -> Iterator[Part]:
    """The piece again and again, as long as enough of it fits."""
    while True:
        laps = _begun(CueKind.AGAIN, piece, 0.0, start + samples_in(LAP_PAUSE_SECONDS), count)
        yield from laps
        if not laps:
            return
        start = laps[0].end


def _begun(
    kind: CueKind, sound: Samples, gain_db: float, start: int, count: int
) -> tuple[Part, ...]:
    """A piece whole, or faded out at the slot's end when a sensible part of it fits, or not."""
    room = max(0, count - start)
    if len(sound) <= room:
        return (Part(kind, Source.of(sound), start, len(sound), gain_db),)
    if room < len(sound) * LEAST_LAP_SHARE:
        return ()
    fade = min(samples_in(CUT_FADE_SECONDS), room // 4)
    return (Part(kind, Source.of(sound), start, room, gain_db, tail=fade),)


def _fill(
    library: Sequence[FillSound], start: int, count: int, lufs: float, seed: int
) -> Iterator[Part]:
    """Idents and promos that fit before the least bed, then a bed to the slot's end."""
    least, pause = samples_in(LEAST_BED_SECONDS), samples_in(PAUSE_SECONDS)
    if count - start < least:
        return
    hand = choice.drawn(library, (FillKind.IDENT, FillKind.PROMO), seed)
    for one in _in_turn(choice.best_fit(hand, count - start - least, pause)):
        yield choice.whole_part(one, start, lufs)
        start += one.source.count + pause
    head, tail = samples_in(FADE_IN_SECONDS), samples_in(FADE_OUT_SECONDS)
    under = lufs - BED_UNDER_PIECE_LU
    chosen = choice.bed(library, seed)
    yield choice.bed_part(chosen, start, count - start, under, head, tail)


def _in_turn(chosen: Sequence[FillSound]) -> list[FillSound]:
    """Idents and promos by turns, an ident first: two of a kind stand apart where they can."""
    placed = {FillKind.IDENT: 0, FillKind.PROMO: 0}
    order: list[tuple[int, bool, int]] = []
    for one in chosen:
        order.append((placed[one.kind], one.kind is FillKind.PROMO, len(order)))
        placed[one.kind] += 1
    return [chosen[place] for *_, place in sorted(order)]
