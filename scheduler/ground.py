"""The ground is a problem's week as arrays: where each request may start, and for how much.

A *band* is a run of starts on one channel, inside one clock hour, that are worth the same
to one request. Nearly all rules see only the clock hour, so that a full week has a few
hundred bands a request where it has thousands of starts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from scheduler.problem import Place, Problem, Request

# Up to this length, each start at which a request would reach the next hour is a band of its own.
LONGEST_TOLD_APART = 24

Starts = npt.NDArray[np.bool_]  # [channel, start]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Band:
    """One run of starts: `first` belongs to it, `end` does not."""

    channel: int
    first: int
    end: int
    points: int


@dataclass(frozen=True, slots=True)
class Bands:
    """Many bands of one request, as columns, in the order of channel and start."""

    channel: Whole
    first: Whole
    end: Whole
    points: Whole

    def __len__(self) -> int:
        return len(self.first)

    def __iter__(self) -> Iterator[Band]:
        columns = (self.channel, self.first, self.end, self.points)
        return (Band(*row) for row in zip(*(c.tolist() for c in columns), strict=True))

    def only(self, chosen: npt.NDArray[np.bool_] | Whole) -> "Bands":
        """Those that a mask or an index chooses."""
        return Bands(
            self.channel[chosen], self.first[chosen], self.end[chosen], self.points[chosen]
        )


def joined(*parts: Bands) -> Bands:
    """Several tables of bands as one."""
    columns = ("channel", "first", "end", "points")
    return Bands(*(np.concatenate([getattr(part, one) for part in parts]) for one in columns))


class Ground:
    """A problem's week as arrays of channels x starts, and of channels x clock hours."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.shape = (problem.channels, problem.starts)
        self.cells = (problem.channels, problem.hours)
        self.value = np.array(problem.value, dtype=np.float64)
        self.dearest, self.cheapest = float(self.value.max()), float(self.value.min())
        self._cuts: dict[tuple[int, bool], Starts] = {}

    @cached_property
    def unreserved(self) -> Starts:
        """The slots that the station does not keep."""
        free = np.ones(self.shape, dtype=np.bool_)
        for block in self.problem.reserved:
            free[block.channel, block.start : block.end] = False
        return free

    def fitting(self, slots: Starts, length: int) -> Starts:
        """The starts from which `length` slots in a row are open."""
        starts = np.zeros(self.shape, dtype=np.bool_)
        last = self.problem.starts - length
        if last < 0:
            return starts
        starts[:, : last + 1] = slots[:, : last + 1]
        for further in range(1, length):
            starts[:, : last + 1] &= slots[:, further : last + 1 + further]
        return starts

    def bands(self, request: Request, starts: Starts, points: Whole) -> Bands:
        """The bands that open starts with their points make."""
        is_open, points = starts.ravel(), points.ravel()
        breaks = self._cut(request).ravel().copy()
        breaks[1:] |= (is_open[1:] != is_open[:-1]) | (points[1:] != points[:-1])
        first = np.flatnonzero(breaks)
        end = np.append(first[1:], is_open.size)
        kept = is_open[first]
        first, end = first[kept], end[kept]
        channel = first // self.problem.starts
        offset = channel * self.problem.starts
        return Bands(channel, first - offset, end - offset, points[first])

    def single_starts(self, starts: Starts, points: Whole) -> Bands:
        """Each open start as a band of its own."""
        channel, start = np.nonzero(starts)
        return Bands(channel, start, start + 1, points[starts])

    def hour(self, starts: Whole) -> Whole:
        """The clock hour of each start."""
        return starts // self.problem.starts_per_hour

    def open_slots(self, slots: Starts) -> Whole:
        """How many slots of each channel and clock hour are open."""
        firsts = np.arange(0, self.problem.starts, self.problem.starts_per_hour)
        return np.add.reduceat(slots, firsts, axis=1, dtype=np.int64)

    def spread(self, place: Place, length: int) -> dict[int, int]:
        """How many slots something takes of each clock hour."""
        per_hour, end = self.problem.starts_per_hour, place.start + length
        hours = range(place.start // per_hour, (end - 1) // per_hour + 1)
        return {
            hour: min(end, (hour + 1) * per_hour) - max(place.start, hour * per_hour)
            for hour in hours
        }

    def _cut(self, request: Request) -> Starts:
        """Where bands must end: at each clock hour, and where a long request reaches the next.

        What one that reaches the next takes of each hour differs from start to start.
        """
        key = (request.length, request.sold)
        if key not in self._cuts:
            start = np.arange(self.problem.starts)
            per_hour = self.problem.starts_per_hour
            last_slot = start + request.length - 1
            cut = (start % per_hour == 0) | (last_slot % per_hour == 0)
            if request.length <= LONGEST_TOLD_APART or request.sold:
                cut |= last_slot // per_hour != start // per_hour
            self._cuts[key] = np.broadcast_to(cut, self.shape)
        return self._cuts[key]
