"""A master's waveform is drawn on the server: a line for each of two hundred moments."""

from dataclasses import dataclass

COLUMNS = 200
HALF_HEIGHT = 16


@dataclass(frozen=True, slots=True)
class Drawn:
    """Two SVG paths, `COLUMNS` wide and twice `HALF_HEIGHT` high: the piece, and what follows."""

    piece: str
    follows: str


def drawn(pairs: bytes, piece_share: float) -> Drawn | None:
    """Draw pairs of the lowest and highest sample of each moment, a signed byte each.

    `piece_share` is where the piece ends, as a share of the whole. None where there are no pairs.
    """
    signed = memoryview(pairs).cast("b")
    moments = len(signed) // 2
    if moments == 0:
        return None
    lines = []
    for column in range(COLUMNS):
        first, last = (at * moments // COLUMNS for at in (column, column + 1))
        within = signed[2 * first : 2 * max(last, first + 1)]
        lines.append(_line(column, min(within), max(within)))
    ends = round(piece_share * COLUMNS)
    return Drawn("".join(lines[:ends]), "".join(lines[ends:]))


def _line(column: int, lowest: int, highest: int) -> str:
    """One upright line; where it is quiet, a dot of the middle line is left."""
    top, bottom = (round(HALF_HEIGHT - at * HALF_HEIGHT / 128) for at in (highest, lowest))
    return f"M{column} {top}v{max(bottom - top, 1)}"
