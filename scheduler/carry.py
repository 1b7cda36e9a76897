"""What everyone got so far is carried from week to week as what they are owed.

Whoever got less than as many starts are worth on average is behind. Only the order counts: it
runs from a half for who is furthest ahead to two and a half for who is furthest behind.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from scheduler.problem import Wish

# Whoever is owed more gets the better start, whatever the figures are. Spread this wide, they stay
# apart when points are rounded; nobody is owed so little that any start would do, or so much
# that a better one would be worth a wish, or a move of what was published.
LEAST_OWED, MOST_OWED = 0.5, 2.5
# Several starts of one week are led so many average starts up or down from each other's middle.
APART = 1 / 3
# Whoever had so many night weeks in a row is wished a place by day in the next.
MOST_NIGHTS = 2

Holder = TypeVar("Holder", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Got:
    """What somebody's starts were worth together, and how many they were."""

    worth: float
    starts: int


NOTHING = Got(0, 0)


def owed(
    got: Mapping[Holder, Got],
    asking: Sequence[Holder],
    values: Sequence[Sequence[float]],
    per_hour: int,
) -> list[float]:
    """How many times a start's worth counts for each request of a week, by its holder.

    `values[channel][hour]` is what each of the `per_hour` starts of a clock hour is worth.
    Whoever asks for one start has their place in the order of who is behind. Whoever asks for
    several has places that are likely to bring them to the mean together: the best each time
    would be too much, the worst far too little.
    """
    average, times = mean(got.values()), Counter(asking)
    behind = {holder: _behind(got.get(holder, NOTHING), average) for holder in times}
    worths = sorted(worth for channel in values for worth in channel for _ in range(per_hour))
    likely = worths[-len(asking) :]
    usual = sum(likely) / max(1, len(likely))
    once = sorted(behind[holder] for holder, count in times.items() if count == 1)
    shares = {
        holder: iter([behind[holder]])
        if count == 1
        else _together(likely, count * usual + behind[holder], count, once or likely)
        for holder, count in times.items()
    }
    points = [next(shares[holder]) for holder in asking]
    order, span = sorted(points), MOST_OWED - LEAST_OWED
    return [round(LEAST_OWED + span * _place(order, one), 3) for one in points]


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


def _behind(so_far: Got, average: float) -> float:
    """By how many points somebody got less than as many average starts are worth."""
    return so_far.starts * average - so_far.worth


def _place(order: Sequence[float], points: float) -> float:
    """The share of those who are less behind, and half of those who are as much."""
    return (bisect_left(order, points) + bisect_right(order, points)) / 2 / len(order)


def _together(
    likely: Sequence[float], points: float, count: int, once: Sequence[float]
) -> Iterator[float]:
    """How far behind those are who are likely to get starts worth so many points together.

    `once` says how far behind they are who ask for one start, in order. The starts are led a
    little apart, up and down in turn: who is alike may be mistaken for one another.
    """
    levels, apart = sorted(set(likely)), APART * sum(likely) / len(likely)
    for left in range(count, 0, -1):
        wanted = points / left + (0 if left == 1 else apart if left % 2 == 0 else -apart)
        level = min(levels, key=lambda one: abs(one - wanted))
        yield once[int(_place(likely, level) * len(once))]
        points -= level


def _inside(wish: Wish, window: tuple[int, int]) -> bool:
    return window[0] <= wish.start and wish.end <= window[1]
