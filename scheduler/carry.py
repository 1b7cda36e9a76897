"""What everyone got so far is carried from week to week as what they are owed.

Whoever got less than as many starts are worth on average is behind. Only the order counts: it
runs from a half for who is furthest ahead to one and a half for who is furthest behind.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scheduler.problem import Wish

# Whoever is owed more gets the better start, whatever the figures are. Spread this wide, they stay
# apart when points are rounded; and nobody is owed so little that any start would do.
LEAST_OWED, MOST_OWED = 0.5, 1.5
# Whoever had so many night weeks in a row is wished a place by day in the next.
MOST_NIGHTS = 2

Holder = TypeVar("Holder", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Got:
    """What somebody's starts were worth together, and how many they were."""

    worth: float
    starts: int


NOTHING = Got(0, 0)


def owed(got: Mapping[Holder, Got], asking: Sequence[Holder]) -> list[float]:
    """How many times a start's worth counts for each request of a week, by its holder.

    Whoever asks for several starts shares what they are behind among them, or all would make up
    for the same; and a share apart from each other, so that one is good where another is not.
    """
    average, times = mean(got.values()), Counter(asking)
    seen: dict[Holder, int] = defaultdict(int)
    behind = []
    for holder in asking:
        so_far, count = got.get(holder, NOTHING), times[holder]
        share = (so_far.starts * average - so_far.worth) / count
        apart = average / 2 * (1 - 2 * seen[holder] / (count - 1)) if count > 1 else 0.0
        behind.append(share + apart)
        seen[holder] += 1
    order = sorted(behind)
    span = (MOST_OWED - LEAST_OWED) / max(1, len(order))
    return [round(LEAST_OWED + span * _place(order, points), 3) for points in behind]


def mean(got: Iterable[Got]) -> float:
    """What a start was worth on average."""
    everything = list(got)
    starts = sum(one.starts for one in everything)
    return sum(one.worth for one in everything) / starts if starts else 0.0


def rest(wishes: Sequence[Wish], by_day: Iterable[tuple[int, int]], points: int) -> list[Wish]:
    """The wishes that whoever had enough nights is given: any start by day.

    They are worth half a wish, so that one's own still counts for more, and nothing is added
    for whoever wishes for a night.
    """
    windows = list(by_day)
    if any(not any(_inside(wish, window) for window in windows) for wish in wishes):
        return []
    return [Wish(start=start, end=end, points=points // 2) for start, end in windows]


def _place(order: list[float], points: float) -> float:
    """How many are less behind, and half of those who are as much."""
    return (bisect_left(order, points) + bisect_right(order, points)) / 2


def _inside(wish: Wish, window: tuple[int, int]) -> bool:
    return window[0] <= wish.start and wish.end <= window[1]
