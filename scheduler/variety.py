"""A grid is varied by swaps: two neighbours of one category are parted where that scores more.

One of the two changes places with a request of the same length, or goes to an open start. Each swap
keeps every rule, and whoever is fixed stays.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from scheduler import rules, wishes
from scheduler.ground import Ground, Starts, Whole
from scheduler.patience import Patience
from scheduler.problem import Place, Request
from scheduler.taken import Taken
from scheduler.wishes.variety import repeats

# So many swaps are tried for one request, the most promising first.
MOST_TRIES = 8
# Those who share an hour are looked at together, and their points kept at hand.
MOST_POINTS_KEPT = 64
# Each of two may part from two neighbours.
MOST_SPARED = 4
# However little time is left, so much is done: a full week takes about as long.
SECONDS_IN_ANY_CASE = 2.0
# About so long it takes to look at a slot for one request.
SLOT_SECONDS = 7e-8

NO_CATEGORY = 0

Kinds = npt.NDArray[np.int32]  # [channel, slot]


def varied(ground: Ground, places: Mapping[str, Place], patience: Patience) -> dict[str, Place]:
    """A grid that scores no less and repeats less, found before patience ends or a moment later."""
    swaps = Swaps(ground, places, patience)
    while swaps.improve():
        pass
    return dict(swaps.taken.places)


class Swaps:
    """A grid whose requests change places.

    `kind` has the number of each slot's category, with a margin on both sides of the week;
    `lengths` has at each start the length of whoever begins there and may move, else 0.
    """

    def __init__(self, ground: Ground, places: Mapping[str, Place], patience: Patience) -> None:
        self.ground, self.problem, self.patience = ground, ground.problem, patience
        placed = [self.problem.request[name] for name in places]
        named = sorted({one.category for one in placed if one.category is not None})
        self.number: dict[str | None, int] = {None: NO_CATEGORY}
        self.number |= {name: n for n, name in enumerate(named, start=1)}
        self.margin = max((one.length for one in placed), default=1)
        channels, starts = self.ground.shape
        self.kind = np.zeros((channels, starts + 2 * self.margin), dtype=np.int32)
        self.lengths = np.zeros(self.ground.shape, dtype=np.int32)
        self.at: dict[Place, str] = {}
        self.taken = Taken(self.ground)
        self.points = lru_cache(MOST_POINTS_KEPT)(self._points)
        self.looked = 0.0
        for name, place in places.items():
            self._place(self.problem.request[name], place)

    def improve(self) -> bool:
        """Look at each repeat once; whether the grid got better, and may get better still."""
        better = False
        for pair in repeats(self.problem, self.taken.places):
            for name in pair:
                if self.looked > SECONDS_IN_ANY_CASE and self.patience.left <= 0:
                    return False
                better |= self._part(self.problem.request[name])
        return better

    def _part(self, request: Request) -> bool:
        """Swap a request out of its neighbours' way; whether that was better."""
        place = self.taken.places[request.id]
        if self.problem.fixed(request) or not self._repeats(request, place):
            return False
        seconds = SLOT_SECONDS * self.lengths.size
        self.looked += seconds
        self.patience.work(seconds)
        points = self.points(request.id)
        for spot, spared in self._spots(request, place):
            other = self.problem.request[self.at[spot]] if spot in self.at else None
            gain = spared + int(
                points[spot.channel, spot.start] - points[place.channel, place.start]
            )
            if other is not None:
                theirs = self.points(other.id)
                gain += int(theirs[place.channel, place.start] - theirs[spot.channel, spot.start])
            if gain > 0 and self._swap(request, spot, other):
                return True
        return False

    def _repeats(self, request: Request, place: Place) -> int:
        """How many neighbours of its category a request has."""
        row, first = self.kind[place.channel], self.margin + place.start
        beside = (row[first - 1], row[first + request.length])
        return beside.count(self.number[request.category])

    def _spots(self, request: Request, place: Place) -> list[tuple[Place, int]]:
        """Where a swap may earn something, with the repeats it spares in points; best first."""
        points, spared = self.points(request.id), self._spared(request, place)
        far = abs(points - points[place.channel, place.start])
        there = (self.lengths == request.length) | self._free(request.length)
        there &= (spared > 0) & (far <= MOST_SPARED * self.problem.repeat_cost)
        there[place.channel, place.start] = False
        channel, start = np.nonzero(there)
        likely = far[channel, start] - spared[channel, start]
        order = np.lexsort((channel, abs(start - place.start), likely))[:MOST_TRIES]
        return [
            (Place(int(channel[n]), int(start[n])), int(spared[channel[n], start[n]]))
            for n in order
        ]

    def _spared(self, request: Request, place: Place) -> Whole:
        """What a swap with each start takes from the cost of repeats."""
        own, end = self.number[request.category], place.start + request.length
        kind = self.kind.copy()
        kind[place.channel, self.margin + place.start : self.margin + end] = NO_CATEGORY
        there = self._after(kind, 0)
        before, after = self._after(kind, -1), self._after(kind, request.length)
        fewer = np.full(self.ground.shape, self._repeats(request, place))
        for beside in (before, after):
            fewer -= beside == own
            fewer += (beside == there) & (there != NO_CATEGORY)
        for slot, begins in ((place.start - 1, place.start - request.length), (end, end)):
            neighbour = kind[place.channel, self.margin + slot]
            if neighbour != NO_CATEGORY:
                # Who comes from next door is no neighbour of their own.
                came = there == neighbour
                came[place.channel, max(0, begins) : max(0, begins + 1)] = False
                fewer -= came
        return np.where(there == own, 0, fewer) * self.problem.repeat_cost

    def _after(self, kind: Kinds, slots: int) -> Kinds:
        """What is so many slots after each start."""
        first = self.margin + slots
        return kind[:, first : first + self.problem.starts]

    def _free(self, length: int) -> Starts:
        return self.ground.fitting(self.ground.unreserved & ~self.taken.occupied, length)

    def _points(self, name: str) -> Whole:
        return wishes.points(self.ground, self.problem.request[name])

    def _swap(self, request: Request, spot: Place, other: Request | None) -> bool:
        """Let two change places, or one take an open start, if the rules do."""
        place = self.taken.places[request.id]
        moves = [(request, place, spot)] + ([(other, spot, place)] if other else [])
        for one, _, _ in moves:
            self._lift(one)
        if not rules.place_open(self.taken, {one.id: there for one, _, there in moves}):
            for one, here, _ in moves:
                self._place(one, here)
            return False
        for one, _, there in moves:
            self._settle(one, there)
        return True

    def _place(self, request: Request, place: Place) -> None:
        self.taken.place(request, place)
        self._settle(request, place)

    def _settle(self, request: Request, place: Place) -> None:
        self.at[place] = request.id
        may_move = not self.problem.fixed(request)
        self.lengths[place.channel, place.start] = request.length if may_move else 0
        self._mark(request, place, self.number[request.category])

    def _lift(self, request: Request) -> None:
        place = self.taken.places[request.id]
        self.taken.lift(request)
        del self.at[place]
        self.lengths[place.channel, place.start] = 0
        self._mark(request, place, NO_CATEGORY)

    def _mark(self, request: Request, place: Place, kind: int) -> None:
        first = self.margin + place.start
        self.kind[place.channel, first : first + request.length] = kind
