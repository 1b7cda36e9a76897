"""A grid is varied by swaps: two neighbours of one category are parted where that scores more.

One of the two changes places with a request of the same length, or goes to an open start, where
that costs no repeat. Each swap keeps every rule, and whoever is fixed stays.
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
SLOT_SECONDS = 5e-8

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
        count = self._repeated(request, place)
        if not count or self.problem.fixed(request):
            return False
        seconds = SLOT_SECONDS * self.lengths.size
        self.looked += seconds
        self.patience.work(seconds)
        points = self.points(request.id)
        for spot in self._spots(request, place):
            other = self.problem.request[self.at[spot]] if spot in self.at else None
            gain = int(points[spot.channel, spot.start]) - int(points[place.channel, place.start])
            fewer = count
            if other is not None:
                theirs = self.points(other.id)
                gain += int(theirs[place.channel, place.start])
                gain -= int(theirs[spot.channel, spot.start])
                fewer += self._repeated(other, spot)
            if gain + fewer * self.problem.repeat_cost > 0 and self._swap(request, spot, other):
                return True
        return False

    def _repeated(self, request: Request, place: Place) -> int:
        """How many neighbours of its category it has."""
        own = self.number[request.category]
        first = self.margin + place.start
        row = self.kind[place.channel]
        return (own != NO_CATEGORY) * (
            int(row[first - 1] == own) + int(row[first + request.length] == own)
        )

    def _spots(self, request: Request, place: Place) -> list[Place]:
        """Where a swap makes no repeat for either, the nearest in points and then in time first."""
        points = self.points(request.id)
        far = abs(points - points[place.channel, place.start])
        # Whoever would lose more than a swap can spare is not asked.
        fitting = far <= MOST_SPARED * self.problem.repeat_cost
        fitting &= self._varies(request, place)
        fitting &= (self.lengths == request.length) | self._free(request.length)
        fitting[place.channel, place.start] = False
        channel, start = np.nonzero(fitting)
        order = np.lexsort((channel, abs(start - place.start), far[channel, start]))
        return [Place(int(channel[n]), int(start[n])) for n in order[:MOST_TRIES]]

    def _varies(self, request: Request, place: Place) -> Starts:
        """The starts where it has no neighbour of its kind, and whoever is there none here."""
        own, end = self.number[request.category], place.start + request.length
        kind = self.kind.copy()
        kind[place.channel, self.margin + place.start : self.margin + end] = NO_CATEGORY
        there = self._after(kind, 0)
        varies: Starts = (self._after(kind, -1) != own) & (self._after(kind, request.length) != own)
        varies &= there != own
        neighbours = ((place.start - 1, place.start - request.length), (end, end))
        for slot, begins in neighbours:
            beside = kind[place.channel, self.margin + slot]
            if beside != NO_CATEGORY:
                other = there != beside
                # A neighbour that comes here is its own neighbour no longer.
                other[place.channel, max(0, begins) : max(0, begins + 1)] = True
                varies &= other
        return varies

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
        for done, (one, _, there) in enumerate(moves):
            if not rules.is_open(self.taken, one, there):
                for moved, _, _ in moves[:done]:
                    self._lift(moved)
                for back, here, _ in moves:
                    self._place(back, here)
                return False
            self._place(one, there)
        return True

    def _place(self, request: Request, place: Place) -> None:
        self.taken.place(request, place)
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
