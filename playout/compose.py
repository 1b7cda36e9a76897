"""The air log is made from the published grid: one line for every slot of every channel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A placed request; `start` counts from the week's first slot.

    `master_sha256` is None while there is no master of exactly one slot for it.
    """

    request_id: int
    channel: int
    start: int
    silence: bool
    master_sha256: str | None
    title: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Block:
    """Starts the station keeps for itself; `presenter` is who may be heard live in them."""

    channel: int
    start: int
    length: int
    label: str
    presenter: str = ""


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """A stretch of one week as it was published; `fills` are the station's own masters.

    `first` and `last` are slot numbers, half-open; starts count from `week_first`.
    """

    week: str
    grid_id: int
    week_first: int
    first: int
    last: int
    channels: int
    station_name: str
    pieces: tuple[Piece, ...]
    blocks: tuple[Block, ...]
    fills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What one slot is meant to carry; `kind` is a value of the air log's LineKind."""

    channel: int
    slot_number: int
    kind: str
    request_id: int | None
    master_sha256: str | None
    silence: bool
    title: str
    speaker: str


def compose(facts: WeekFacts) -> list[Line]:
    """Every line of the stretch, in order of time: a piece, or a reserved block, or fill."""
    pieces = {(piece.start, piece.channel): piece for piece in facts.pieces}
    blocks = _by_start(facts.blocks)
    lines = []
    for slot in range(facts.first, facts.last):
        start = slot - facts.week_first
        for channel in range(facts.channels):
            piece = pieces.get((start, channel))
            if piece is not None:
                lines.append(_piece_line(piece, slot))
            else:
                lines.append(_own_line(facts, channel, slot, blocks.get((start, channel))))
    return lines


def _by_start(blocks: Iterable[Block]) -> dict[tuple[int, int], Block]:
    return {
        (start, block.channel): block
        for block in blocks
        for start in range(block.start, block.start + block.length)
    }


def _piece_line(piece: Piece, slot: int) -> Line:
    return Line(
        channel=piece.channel,
        slot_number=slot,
        kind="silence" if piece.silence else "segment",
        request_id=piece.request_id,
        master_sha256=piece.master_sha256,
        silence=piece.silence,
        title=piece.title,
        speaker=piece.speaker,
    )


def _own_line(facts: WeekFacts, channel: int, slot: int, block: Block | None) -> Line:
    return Line(
        channel=channel,
        slot_number=slot,
        kind="fill" if block is None else "reserved",
        request_id=None,
        master_sha256=_fill_for(facts.fills, channel, slot),
        silence=False,
        title=(block and block.label) or facts.station_name,
        speaker=(block and block.presenter) or facts.station_name,
    )


def _fill_for(fills: Sequence[str], channel: int, slot: int) -> str | None:
    """Neighbours in time and neighbouring channels carry different fill, when there is some."""
    return fills[(slot + channel) % len(fills)] if fills else None
