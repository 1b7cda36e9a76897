"""A whole slot of the station's own: its ident, and promos that stand apart on a bed."""

from collections.abc import Iterator, Sequence

from media import assemble, choice, loudness
from media.announcements import emergency_words, station_words
from media.assemble import Laid
from media.bed import bed
from media.follow import BED_UNDER_PIECE_LU, FADE_IN_SECONDS, FADE_OUT_SECONDS
from media.montage import Composed, FillSound, Part, Source, compose
from media.samples import Samples, milliseconds_of, samples_in
from media.speech import spoken
from station.sections import AudioSection
from station.treatment import FillKind

# The emergency piece has a bed of its own.
EMERGENCY_SEED = 3
FADE_MS = 1000
IDENT_START_MS = 1500
IDENT_OVER_BED_LU = 6.0
WORKING_LUFS = -22.0
# The bed is at least half of the slot, and a promo comes about once a minute.
MOST_TOLD_SHARE = 0.5
SECONDS_A_PROMO = 60.0
# The bed goes before a promo and comes after it so softly.
CLEAR_SECONDS = 1.0


def fill(
    slot_seconds: float,
    station: str,
    seed: int,
    audio: AudioSection,
    library: Sequence[FillSound] = (),
) -> Composed:
    """A slot of the operator's fill, not yet levelled: an ident, then promos spaced on a bed.

    Without any fill of the operator's, a mono bed with the station's name spoken. Raises
    Fault when espeak-ng is missing.
    """
    if not library:
        return Composed(_piece(slot_seconds, station_words(station), seed, audio), ())
    count = samples_in(slot_seconds)
    ident = _ident(library, count, station, seed, audio)
    promos = _promos(library, count - sum(one.source.count for one in ident), slot_seconds, seed)
    music = choice.bed_part(
        choice.bed(library, seed),
        start=0,
        count=count,
        lufs=WORKING_LUFS - BED_UNDER_PIECE_LU,
        head=samples_in(FADE_IN_SECONDS),
        tail=samples_in(FADE_OUT_SECONDS),
    )
    return compose(count, [music, *_spaced([*ident, *promos], count)])


def emergency(slot_seconds: float, station: str, audio: AudioSection) -> Samples:
    """A mono slot for when nothing else can be played, not yet levelled."""
    return _piece(slot_seconds, emergency_words(station), EMERGENCY_SEED, audio)


def _ident(
    library: Sequence[FillSound], count: int, station: str, seed: int, audio: AudioSection
) -> list[FillSound]:
    """One of the operator's idents, or the station's name spoken; none where it takes too long."""
    room = round(count * MOST_TOLD_SHARE)
    idents = choice.drawn(library, (FillKind.IDENT,), seed)
    if not idents:
        sound = spoken(station_words(station), audio.voice)
        idents = [FillSound(FillKind.IDENT, Source.of(sound), loudness.integrated(sound))]
    return [one for one in idents if one.source.count <= room][:1]


def _promos(
    library: Sequence[FillSound], left: int, slot_seconds: float, seed: int
) -> list[FillSound]:
    """The promos that fill what may be told best, of as many as a slot has minutes."""
    most = max(1, round(slot_seconds / SECONDS_A_PROMO))
    room = left - round(samples_in(slot_seconds) * MOST_TOLD_SHARE)
    hand = choice.drawn(library, (FillKind.PROMO,), seed)
    return choice.best_fit([one for one in hand if one.source.count <= room][:most], room, 0)


def _spaced(told: Sequence[FillSound], count: int) -> Iterator[Part]:
    """The first soon after the slot's start, the others with as much bed between each two."""
    start = samples_in(IDENT_START_MS / 1000)
    bed_between = (count - start - sum(one.source.count for one in told)) // max(1, len(told))
    for one in told:
        yield choice.whole_part(one, start, WORKING_LUFS, clears=samples_in(CLEAR_SECONDS))
        start += one.source.count + bed_between


def _piece(slot_seconds: float, words: str, seed: int, audio: AudioSection) -> Samples:
    fade_ms = min(FADE_MS, round(slot_seconds * 250))
    music = assemble.faded(bed(slot_seconds, WORKING_LUFS, seed), fade_ms)
    ident = spoken(words, audio.voice)
    if milliseconds_of(ident) + 2 * IDENT_START_MS > milliseconds_of(music):
        return music
    ident = loudness.brought_to(ident, WORKING_LUFS + IDENT_OVER_BED_LU)
    return assemble.over(music, [Laid(ident, IDENT_START_MS)])
