"""The station's own short, trusted pieces are laid over one another by pydub."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from media.samples import RATE_HZ, Samples, milliseconds_of

if TYPE_CHECKING:
    from pydub import AudioSegment

DUCK_DB = -9
DUCK_MS = 500
_FULL_SCALE = 32767.0


@dataclass(frozen=True, slots=True)
class Laid:
    """A piece and where it begins."""

    piece: Samples
    start_ms: int


def over(base: Samples, pieces: Sequence[Laid], *, duck_db: float = DUCK_DB) -> Samples:
    """Mono pieces over a mono base, which is turned down under them; as long as the base."""
    mix = _segment(base)
    for laid in pieces:
        if duck_db:
            # Turned down and up again along a line: a step would be heard.
            end_ms = laid.start_ms + milliseconds_of(laid.piece)
            mix = mix.fade(to_gain=duck_db, end=laid.start_ms, duration=DUCK_MS)
            mix = mix.fade(to_gain=-duck_db, start=end_ms, duration=DUCK_MS)
        mix = mix.overlay(_segment(laid.piece), position=laid.start_ms)
    return _sound(mix)[: len(base)]


def faded(sound: Samples, fade_ms: int) -> Samples:
    """A mono piece that comes and goes softly."""
    return _sound(_segment(sound).fade_in(fade_ms).fade_out(fade_ms))


def _segment(sound: Samples) -> "AudioSegment":
    pcm = np.clip(np.rint(sound[:, 0] * _FULL_SCALE), -32768, 32767).astype("<i2")
    return _library()(data=pcm.tobytes(), sample_width=2, frame_rate=RATE_HZ, channels=1)


def _sound(segment: "AudioSegment") -> Samples:
    pcm = np.frombuffer(segment.raw_data, dtype="<i2")
    return (pcm.astype(np.float32) / np.float32(_FULL_SCALE))[:, None]


def _library() -> Any:
    with warnings.catch_warnings():
        # pydub (2021) warns of its own regular expressions, of audioop's end and of a missing
        # ffmpeg that it would start; none of it concerns us.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment
