"""A slot is composed of parts, each laid in its place once, and can tell what lies where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from media.facts import Cue, CueKind
from media.samples import FRAME_SAMPLES, RATE_HZ, Samples, amplitude
from station.treatment import FillKind


@dataclass(frozen=True, slots=True, eq=False)
class Composed:
    """A whole slot, not yet levelled, and what lies where in it."""

    sound: Samples
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A sound of so many samples and channels; its first ones are read while they are laid."""

    count: int
    channels: int
    read: Callable[[int], Samples]

    @classmethod
    def of(cls, sound: Samples) -> "Source":
        """A sound that is in memory anyway."""
        return cls(len(sound), sound.shape[1], lambda most: sound[:most])


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A sound of one or two channels and its integrated loudness."""

    sound: Samples
    lufs: float


@dataclass(frozen=True, slots=True, eq=False)
class FillSound:
    """A sound of the station's fill and its loudness; the end of a `seamless` bed joins its start.

    `title_id` names it in the facts; what the station makes itself has none.
    """

    kind: FillKind
    source: Source
    lufs: float
    title_id: int | None = None
    seamless: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A sound and where it is laid; all lengths are in samples.

    A `count` beyond the sound's own length repeats it, each lap joined by a crossfade. `head`
    and `tail` are its fades. What lies under it already is faded away within `clears` of it.
    """

    kind: CueKind
    source: Source
    start: int
    count: int
    gain_db: float = 0.0
    head: int = 0
    tail: int = 0
    crossfade: int = 0
    clears: int = 0
    title_id: int | None = None

    @property
    def end(self) -> int:
        """The first sample after it."""
        return self.start + self.count

    @property
    def cue(self) -> Cue:
        """Where it lies."""
        start_ms, end_ms = (round(at / FRAME_SAMPLES) for at in (self.start, self.end))
        return Cue(self.kind, start_ms, end_ms, self.title_id)


def compose(count: int, parts: Sequence[Part]) -> Composed:
    """Lay parts into a slot of `count` samples, stereo if one of them is, in their order.

    One source at a time is in memory. A part of no length is none.
    """
    parts = [part for part in parts if part.count]
    channels = max((part.source.channels for part in parts), default=1)
    slot = np.zeros((count, channels), np.float32)
    for part in parts:
        if part.clears:
            _clear(slot, part)
        place = slot[part.start : part.end]
        _lay(place, part)
        _fade(place[: part.head], rising=True)
        _fade(place[len(place) - part.tail :], rising=False)
    return Composed(slot, tuple(part.cue for part in parts))


def _lay(place: Samples, part: Part) -> None:
    """Add a part, lap after lap; at gain 0 a sound that is laid once is copied as it is."""
    gain = np.float32(amplitude(part.gain_db))
    length = part.source.count
    sound = part.source.read(min(length, part.count))
    crossfade = part.crossfade if part.count > length else 0
    for start in range(0, len(place), length - crossfade):
        lap = sound[: len(place) - start]
        # Second by second: a turned-down copy of a whole lap would be large.
        for first in range(0, len(lap), RATE_HZ):
            second = lap[first : first + RATE_HZ] * gain
            _join(second, first, length, crossfade, joins=start > 0)
            place[start + first : start + first + len(second)] += second


def _join(second: Samples, first: int, length: int, crossfade: int, *, joins: bool) -> None:
    """Shape what of a lap's second lies in the crossfades with the laps before and after."""
    last = first + len(second)
    if not (first < crossfade or last > length - crossfade):
        return
    at = np.arange(first, last, dtype=np.float32)
    rising = at / crossfade if joins else np.ones(len(at), np.float32)
    nearest = np.minimum(rising, (length - at) / crossfade)
    second *= _curve(np.minimum(nearest, 1))


def _clear(slot: Samples, part: Part) -> None:
    _fade(slot[max(0, part.start - part.clears) : part.start], rising=False)
    slot[part.start : part.end] = 0
    _fade(slot[part.end : part.end + part.clears], rising=True)


def _fade(passage: Samples, *, rising: bool) -> None:
    along = np.linspace(0, 1, len(passage), dtype=np.float32)
    passage *= _curve(along if rising else along[::-1])


def _curve(along: Samples) -> Samples:
    """Gains of equal power: two sounds that fade into one another stay as loud as one."""
    shaped: Samples = np.sin(along * np.float32(np.pi / 2))[:, None]
    return shaped
