"""A tape holds the last minutes of one mount, each sample where it stands on the wall clock.

A stream is sent at a constant rate. So what was late for a while and made up for stands where it
was meant: as soon after the stream's beginning as there was sound before it. Only what stays late
is a gap, and only what stays early was put in, as Icecast does when it moves a listener.
"""

from collections import deque
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
# How much sound must have come after a moment before it is known where that moment stands.
LOOK_AHEAD_SECONDS = 5.0
LOOK_BACK_SECONDS = 30.0
# A stream that shifts by less is only carried unevenly.
GAP_SECONDS = 0.04
# A clock that is set back by less is only carried unevenly too.
BACK_SECONDS = 0.1


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
    def began(self) -> float:
        """When its connection began, if it was not late."""
        return self.came - self.ends

    @property
    def begins(self) -> float:
        return self.ends - len(self.samples) / RATE_HZ


class Tape:
    """Written by whoever receives a mount, and read by whoever looks back at a slot."""

    def __init__(self, seconds: float) -> None:
        """Keep so many seconds."""
        # Since when all that came is still there, in Unix time.
        self.whole_since = float("-inf")
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
        """Add what came at an instant; what came later by a clock that was set back goes."""
        with self._lock:
            while self._pieces and self._pieces[-1].came > came + BACK_SECONDS:
                self._pieces.pop()
                self.whole_since = came
            self._counted += len(samples) / RATE_HZ
            self._pieces.append(_Piece(self._connection, samples, self._counted, came))
            while self._pieces[0].came < came - self._seconds:
                self.whole_since = self._pieces.popleft().came

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
    steady = [max(pair) for pair in zip(_ahead(pieces), _behind(pieces), strict=True)]
    beginnings: list[float] = []
    first = 0
    for index, piece in enumerate(pieces):
        broken = piece.connection != pieces[first].connection
        if broken or abs(steady[index] - steady[first]) > GAP_SECONDS:
            beginnings += [min(steady[first:index])] * (index - first)
            first = index
    return beginnings + [min(steady[first:], default=0.0)] * (len(pieces) - first)


def _ahead(pieces: list[_Piece]) -> list[float]:
    """For each piece, the earliest that its connection can have begun by those that follow soon."""
    backwards = _least(pieces[::-1], LOOK_AHEAD_SECONDS)
    return backwards[::-1]


def _behind(pieces: list[_Piece]) -> list[float]:
    """The same by those before; of a connection's first seconds, which came at once, nothing."""
    least = _least(pieces, LOOK_BACK_SECONDS)
    return [
        began if piece.ends > LOOK_AHEAD_SECONDS else float("-inf")
        for piece, began in zip(pieces, least, strict=True)
    ]


def _least(pieces: list[_Piece], seconds: float) -> list[float]:
    """For each piece the least beginning among itself and those before it, so far back."""
    found: list[float] = []
    rising: deque[_Piece] = deque()  # whose beginnings rise: the first is the least
    for piece in pieces:
        while rising and _is_far(piece, rising[0], seconds):
            rising.popleft()
        while rising and rising[-1].began >= piece.began:
            rising.pop()
        rising.append(piece)
        found.append(rising[0].began)
    return found


def _is_far(piece: _Piece, other: _Piece, seconds: float) -> bool:
    return abs(piece.ends - other.ends) > seconds or piece.connection != other.connection


def _lay(cut: Cut, samples: NDArray[np.int16], at: int) -> None:
    first, last = max(at, 0), min(at + len(samples), len(cut.samples))
    if first >= last:
        return
    missing = ~cut.received[first:last]
    fresh = samples[first - at : last - at].astype(np.float32) / 32768
    cut.samples[first:last][missing] = fresh[missing]
    cut.received[first:last] = True
