"""What is known of a finished master: measured in its file, or done on the way there."""

from dataclasses import dataclass
from enum import StrEnum


class CueKind(StrEnum):
    """What a part of a slot is; a bed, an ident and a promo are the station's fill."""

    IDENT = "ident"
    PIECE = "piece"
    AGAIN = "again"
    ANOTHER = "another"
    BED = "bed"
    PROMO = "promo"
    ANNOUNCEMENT = "announcement"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Cue:
    """Where a part lies in its slot; `title_id` names it in the station's fill."""

    kind: CueKind
    start_ms: int
    end_ms: int
    title_id: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A master's facts; levels in LUFS, LU, dBTP and dB, lengths in milliseconds.

    Loudness, true peak, range and length are the written file's. `gain_db` is the fixed gain,
    `limited_db` the limiter's deepest (at most 0); `cues` say what lies where in the slot. Of
    the upload: its codec, where it was cut, the sound in it, and what of it is in this slot.
    """

    sha256: str
    integrated_lufs: float | None
    true_peak_dbtp: float
    range_lu: float
    duration_ms: int
    samples: int
    gain_db: float
    limited_db: float
    cues: tuple[Cue, ...] = ()
    upload_sha256: str | None = None
    codec: str | None = None
    active_ms: int | None = None
    cut_head_ms: int | None = None
    cut_tail_ms: int | None = None
    ident_ms: int = 0
    piece_ms: int | None = None
