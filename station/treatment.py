"""What a member chose about a recording is kept with each take, so that it can be made again."""

from enum import StrEnum

import msgspec


class Long(StrEnum):
    """What becomes of a recording that is longer than its slot; `ask` tells the member."""

    ASK = "ask"
    FADE = "fade"
    SPREAD = "spread"


class Short(StrEnum):
    """What follows a recording that is shorter than its slot.

    The station's fill, the recording itself again, or another piece of the member's.
    """

    FILL = "fill"
    AGAIN = "again"
    PIECE = "piece"


class Ident(StrEnum):
    """What is said before a recording."""

    NONE = "none"
    SPOKEN = "spoken"
    RECORDED = "recorded"


class FillKind(StrEnum):
    """What a piece of fill is for; the last two are said around a silence."""

    BED = "bed"
    IDENT = "ident"
    PROMO = "promo"
    OPENING = "opening"
    CLOSE = "close"


class Treatment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that makes two masters of the same upload differ.

    A recording spread over two rights has a `part`, 1 or 2; 0 is the whole. `piece_sha256` and
    `ident_sha256` are the stored uploads of the piece that follows and of the recorded ident;
    `ident_words` are what is spoken. `level` evens out its loudness, `clean` takes away hum and
    rumble.
    """

    long: Long = Long.ASK
    part: int = 0
    short: Short = Short.FILL
    piece_sha256: str = ""
    ident: Ident = Ident.NONE
    ident_words: str = ""
    ident_sha256: str = ""
    level: bool = False
    clean: bool = False
