"""What is ordered of the engineer and what is answered cross the wall as plain values.

Files lie in the studio's spool, under the names that an order gives them.
"""

import struct
from typing import IO, Any

import msgspec
from msgspec import Struct

from media.facts import Facts
from media.report import Report
from media.wanted import FillFile, Wanted
from station.treatment import FillKind

UPLOAD = "upload"
PIECE = "piece"
IDENT = "ident"
OPENING = "opening"
CLOSE = "close"
MASTER = "master.flac"
PREVIEW = "preview.mp3"
PLAIN_PREVIEW = "plain.mp3"
WAVEFORM = "waveform"

LENGTH = struct.Struct(">I")
# No order and no answer comes near this.
MOST_BYTES = 1 << 20


class Examine(Struct, frozen=True, tag=True):
    """Find out what the upload is and whether it can air; the answer is a Report."""

    wanted: Wanted


class Render(Struct, frozen=True, tag=True):
    """Make the upload's master, previews and waveform; the answer is a Made."""

    wanted: Wanted
    fills: tuple[FillFile, ...] = ()


class Prepare(Struct, frozen=True, tag=True):
    """Make a piece of fill ready to be laid beside others; the answer is a Prepared."""

    wanted: Wanted
    kind: FillKind


class Silence(Struct, frozen=True, tag=True):
    """Make the master of one slot of a silence; the answer is a Made.

    It is the slot at `place` of `count` that follow one another.
    """

    wanted: Wanted
    who: str
    cause: str
    place: int = 0
    count: int = 1


class Fill(Struct, frozen=True, tag=True):
    """Make a slot of the station's own fill; the answer is a Made."""

    wanted: Wanted
    station: str
    seed: int
    fills: tuple[FillFile, ...] = ()


class Emergency(Struct, frozen=True, tag=True):
    """Make the piece for when nothing else can be played; the answer is a Made."""

    wanted: Wanted
    station: str


Order = Examine | Render | Prepare | Silence | Fill | Emergency


class Step(Struct, frozen=True, tag=True):
    """What is being done just now; more follows."""

    name: str


class Done(Struct, frozen=True, tag=True):
    """The order is done; `result` is what it promised."""

    result: msgspec.Raw


class Broken(Struct, frozen=True, tag=True):
    """The order could not be done, and whether it ever can."""

    problem: str
    permanent: bool


Word = Step | Done | Broken


class Made(Struct, frozen=True):
    """A master in the spool and what is known of it; or, of an upload, why there is none."""

    report: Report | None
    facts: Facts | None


def send(stream: IO[bytes], value: Any) -> None:
    """Write one value. Raises BrokenPipeError when nobody reads any more."""
    said = msgspec.msgpack.encode(value)
    stream.write(LENGTH.pack(len(said)) + said)
    stream.flush()


def receive(stream: IO[bytes], kind: Any) -> Any:
    """Read one value of a kind; None at the end, or where what was sent is no such value."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    said = stream.read(length) if length <= MOST_BYTES else b""
    try:
        return msgspec.msgpack.decode(said, type=kind) if len(said) == length else None
    except msgspec.MsgspecError:
        return None
