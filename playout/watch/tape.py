"""A tape holds the last minutes of one mount, each sample where it stands on the wall clock.

A stream is sent at a constant rate, so sound that came late but was made up for stands where it
was meant: the earliest that anything after it came, less the sound between, is when the stream
began. Only what stays late is a gap.
"""

from collections import deque
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
# How much sound must have come after a moment before it is known where that moment stands.
LOOK_AHEAD_SECONDS = 5.0
# A stream that shifts by less is only carried unevenly.
GAP_SECONDS = 0.04


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of the wall clock: mono samples from -1 to 1, and which of them were received."""

    samples: NDArray[np.float32]
    received: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some samples of a connection; `ends` counts its seconds of sound, `came` is Unix time."""

    connection: int
    samples: NDArray[np.int16]
    ends: float
    came: float

    @property
    def begins(self) -> float:
        return self.ends - len(self.samples) / RATE_HZ


class Tape:
    """Written by whoever receives a mount, and read by whoever looks back at a slot."""

    def __init__(self, seconds: float) -> None:
        """Keep so many seconds."""
        self._seconds = seconds
        self._pieces: deque[_Piece] = deque()
        self._connection = 0
        self._counted = 0.0
        self._lock = Lock()

    def connect(self) -> None:
        """Begin another connection, whose sound is counted anew."""
        with self._lock:
            self._connection += 1
            self._counted = 0.0

    def add(self, samples: NDArray[np.int16], came: float) -> None:
        """Add what came at an instant."""
        with self._lock:
            self._counted += len(samples) / RATE_HZ
            self._pieces.append(_Piece(self._connection, samples, self._counted, came))
            while self._pieces[0].came < came - self._seconds:
                self._pieces.popleft()

    def cut(self, start: float, seconds: float) -> Cut:
        """What was sent from an instant on. What came twice, after a reconnection, counts once."""
        with self._lock:
            pieces = list(self._pieces)
        length = round(seconds * RATE_HZ)
        cut = Cut(np.zeros(length, np.float32), np.zeros(length, np.bool_))
        for piece, began in zip(pieces, _beginnings(pieces), strict=True):
            _lay(cut, piece.samples, round((began + piece.begins - start) * RATE_HZ))
        return cut


def _beginnings(pieces: list[_Piece]) -> list[float]:
    """For each piece, when its connection would have begun to be sent, had nothing been late."""
    earliest = _earliest(pieces)
    beginnings: list[float] = []
    first = 0
    for index, piece in enumerate(pieces):
        broken = piece.connection != pieces[first].connection
        if broken or abs(earliest[index] - earliest[first]) > GAP_SECONDS:
            beginnings += [min(earliest[first:index])] * (index - first)
            first = index
    return beginnings + [min(earliest[first:], default=0.0)] * (len(pieces) - first)


def _earliest(pieces: list[_Piece]) -> list[float]:
    """For each piece the least of `came - ends` among those that follow soon."""
    found = [0.0] * len(pieces)
    ahead: deque[int] = deque()  # indexes whose values rise: the first is the least
    for index in reversed(range(len(pieces))):
        piece = pieces[index]
        while ahead and _unlike(piece, pieces[ahead[0]]):
            ahead.popleft()
        while ahead and _began(pieces[ahead[-1]]) >= _began(piece):
            ahead.pop()
        ahead.append(index)
        found[index] = _began(pieces[ahead[0]])
    return found


def _began(piece: _Piece) -> float:
    return piece.came - piece.ends


def _unlike(piece: _Piece, later: _Piece) -> bool:
    far = later.ends - piece.ends > LOOK_AHEAD_SECONDS
    return far or later.connection != piece.connection


def _lay(cut: Cut, samples: NDArray[np.int16], at: int) -> None:
    first, last = max(at, 0), min(at + len(samples), len(cut.samples))
    if first >= last:
        return
    missing = ~cut.received[first:last]
    fresh = samples[first - at : last - at].astype(np.float32) / 32768
    cut.samples[first:last][missing] = fresh[missing]
    cut.received[first:last] = True
