"""The catalogue lists every band of every request, and what each is worth to the whole week.

A choice's *value* is its points plus, for each unit of weight it saves from being bumped, a
sum greater than all points of the week can come to. The greatest total value is therefore
the least bumped weight first and the best score second. Values and prices are counted in
grains, of which a point has many: prices in whole points would blur the bound.
"""

from collections.abc import Mapping
from copy import copy
from functools import cached_property

import numpy as np

from scheduler import rules, wishes
from scheduler.ground import Bands, Ground, Starts, Whole
from scheduler.problem import Place, Request

CLOSED = np.iinfo(np.int64).min // 4
# So many grains are a point.
GRAIN = 16
# Sums of values stay below this, and so inside 64-bit integers whatever is done with them.
MOST_VALUE = 1 << 60
# The bands of a week with so many choices of a clock hour are kept, those of others made anew.
MOST_CHOICES_KEPT = 6_000_000


class Catalogue:
    """All requests in the problem's order, as columns, with all their bands."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.requests = ground.problem.requests
        self.index = {request.id: row for row, request in enumerate(self.requests)}
        self.must = np.array(
            [bool(ground.problem.fixed(one)) for one in self.requests], dtype=np.bool_
        )
        self.sold = np.array([one.sold for one in self.requests], dtype=np.bool_)
        self.lengths = np.array([one.length for one in self.requests], dtype=np.int64)
        self.weights = np.array([one.weight for one in self.requests], dtype=np.int64)
        channels, hours = ground.cells
        self._keeps = len(self.requests) * channels * hours <= MOST_CHOICES_KEPT
        self._kept: dict[int, Bands] = {}
        self._points: dict[tuple[str, Place], int] = {}

    def bands(self, row: int) -> Bands:
        """The bands of one request."""
        found = self._kept.get(row)
        if found is None:
            request = self.requests[row]
            found = bands_of(self.ground, request, rules.openings(self.ground, request))
            if self._keeps:
                self._kept[row] = found
        return found

    @cached_property
    def most(self) -> Whole:
        """More than this no request can score."""
        return np.array([_most(self.ground, one) for one in self.requests], dtype=np.int64)

    @cached_property
    def least(self) -> Whole:
        """Less than this no placed request can score."""
        return np.array([_least(self.ground, one) for one in self.requests], dtype=np.int64)

    @cached_property
    def weight_value(self) -> int:
        """What a unit of weight is worth, in points: more than all of the week can come to.

        Less where the sums would become too large; a bound is proven at any worth of a unit.
        """
        problem = self.ground.problem
        per_slot = self.weights // np.maximum(1, self.lengths)
        nodes = len(self.requests) + 3 * problem.channels * problem.starts
        most = max(int(self.weights.sum()), int(per_slot.max(initial=0)) * nodes, 1)
        return min(1 + self.widest, MOST_VALUE // (GRAIN * most))

    def values(self, points: Whole, rows: Whole | int) -> Whole:
        """What points are worth to some rows with their weight, in grains."""
        value: Whole = GRAIN * (points + self.weight_value * self.weights[rows])
        return value

    @cached_property
    def widest(self) -> int:
        """More than the scores of any two grids can differ by."""
        return int((np.maximum(self.most, 0) - np.minimum(self.least, 0)).sum())

    @cached_property
    def span(self) -> int:
        """More than what anybody can gain by moving, or by being placed at all."""
        highest, lowest = np.maximum(self.most, 0), np.minimum(self.least, 0)
        return int((highest - lowest).max(initial=1))

    def valued(self, unit: int) -> "Catalogue":
        """The same requests, a unit of whose weight is worth so much."""
        view = copy(self)
        view.weight_value = unit
        return view

    def value_of(self, places: Mapping[str, Place]) -> int:
        """The value of a whole grid, in grains."""
        return sum(self.value_at(name, place) for name, place in places.items())

    def score_of(self, places: Mapping[str, Place]) -> int:
        """The score of a whole grid, before what is between its requests is taken off."""
        return sum(self.points_at(name, place) for name, place in places.items())

    def value_at(self, name: str, place: Place) -> int:
        """The value of one request's place, in grains."""
        weight = self.requests[self.index[name]].weight
        return GRAIN * (self.points_at(name, place) + self.weight_value * weight)

    def points_at(self, name: str, place: Place) -> int:
        """What one request scores at a place that it may have."""
        points = self._points.get((name, place))
        if points is None:
            request = self.requests[self.index[name]]
            points = int(wishes.points(self.ground, request)[place.channel, place.start])
            self.remember(name, place, points)
        return points

    def remember(self, name: str, place: Place, points: int) -> None:
        """Keep what a request scores at a place, which is dear to find out."""
        self._points[name, place] = points


def counted(many: Whole) -> Whole:
    """0, 1, 2 … for each count, one after another."""
    total = np.arange(int(many.sum()))
    return total - np.repeat(many.cumsum() - many, many)


def bands_of(ground: Ground, request: Request, starts: Starts) -> Bands:
    """The bands that open starts make for a request."""
    return ground.bands(request, starts, wishes.points(ground, request))


def _most(ground: Ground, request: Request) -> int:
    wished = max((wish.points for wish in request.wishes), default=0)
    return max(wished, 0) + round(request.owed * ground.dearest) + abs(ground.problem.move_cost)


def _least(ground: Ground, request: Request) -> int:
    wished = min((wish.points for wish in request.wishes), default=0)
    return min(wished, 0) + round(request.owed * ground.cheapest) - abs(ground.problem.move_cost)
