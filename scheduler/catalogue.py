"""The catalogue lists every band of every request, and what each is worth to the whole week.

A choice's *value* is its points plus, for each unit of weight it saves from being bumped, a
sum greater than all points of the week can come to. The greatest total value is therefore
the least bumped weight first and the best score second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from scheduler import rules, wishes
from scheduler.ground import Bands, Ground, Starts, Whole
from scheduler.problem import Place, Request

CLOSED = np.iinfo(np.int64).min // 4


@dataclass(frozen=True)
class Catalogue:
    """All requests with all their bands, in the problem's order."""

    ground: Ground
    requests: tuple[Request, ...]
    bands: tuple[Bands, ...]

    @classmethod
    def of(cls, ground: Ground) -> "Catalogue":
        """List a problem's bands."""
        requests = ground.problem.requests
        bands = tuple(bands_of(ground, one, rules.openings(ground, one)) for one in requests)
        return cls(ground, requests, bands)

    @cached_property
    def index(self) -> dict[str, int]:
        """Each request's position."""
        return {request.id: position for position, request in enumerate(self.requests)}

    @cached_property
    def all(self) -> Bands:
        """All bands in one table."""
        columns = ("channel", "first", "end", "points")
        return Bands(*(self._joined([getattr(b, c) for b in self.bands]) for c in columns))

    @cached_property
    def owner(self) -> Whole:
        """The position of the request that each band belongs to."""
        return np.repeat(np.arange(len(self.bands)), [len(bands) for bands in self.bands])

    @cached_property
    def first_band(self) -> Whole:
        """Where each request's bands begin in the table, with the table's length at the end."""
        return np.cumsum([0, *(len(bands) for bands in self.bands)])

    @cached_property
    def must(self) -> npt.NDArray[np.bool_]:
        """Whether each request is pinned or frozen, and so can't be bumped."""
        problem = self.ground.problem
        return np.array([bool(problem.fixed(one)) for one in self.requests], dtype=np.bool_)

    @cached_property
    def weights(self) -> Whole:
        """What bumping each request costs."""
        return self._joined([np.array([one.weight for one in self.requests], dtype=np.int64)])

    @cached_property
    def lengths(self) -> Whole:
        """How many slots each request takes."""
        return self._joined([np.array([one.length for one in self.requests], dtype=np.int64)])

    @cached_property
    def sold(self) -> npt.NDArray[np.bool_]:
        """Whether each request is sold airtime."""
        return np.array([one.sold for one in self.requests], dtype=np.bool_)

    @cached_property
    def weight_value(self) -> int:
        """What a unit of weight is worth: more than all points of the week can come to."""
        span = 1
        for bands in self.bands:
            if len(bands):
                span += max(int(bands.points.max()), 0) - min(int(bands.points.min()), 0)
        return span

    @cached_property
    def value(self) -> Whole:
        """What each band of the table is worth to the week."""
        return self.all.points + self.weight_value * self.weights[self.owner]

    def value_of(self, places: dict[str, Place]) -> int:
        """The value of a whole grid."""
        return sum(self.value_at(name, place) for name, place in places.items())

    def value_at(self, name: str, place: Place) -> int:
        """The value of one request's place."""
        weight = self.requests[self.index[name]].weight
        return self.points_at(name, place) + self.weight_value * weight

    def points_at(self, name: str, place: Place) -> int:
        """What one request scores at a place that it may have."""
        return int(self.all.points[self.band_at(self.index[name], place)])

    def band_at(self, row: int, place: Place) -> int:
        """The position in the table of the band that holds one request's place."""
        bands = self.bands[row]
        here = (bands.channel == place.channel) & (bands.first <= place.start)
        return int(self.first_band[row]) + int(np.argmax(here & (place.start < bands.end)))

    def best_by_stretch(self) -> Whole:
        """The best value of each request in each channel's stretch; `CLOSED` where none."""
        channels, stretches = self.ground.stretches
        table = np.full((len(self.requests), channels * stretches), CLOSED)
        low, high = (self.ground.stretch(at) for at in (self.all.first, self.all.end - 1))
        many = high - low + 1
        inside = np.repeat(low, many) + counted(many)
        column = np.repeat(self.all.channel, many) * stretches + inside
        np.maximum.at(table, (np.repeat(self.owner, many), column), np.repeat(self.value, many))
        return table

    @staticmethod
    def _joined(parts: Sequence[Whole]) -> Whole:
        return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def counted(many: Whole) -> Whole:
    """0, 1, 2 … for each count, one after another."""
    total = np.arange(int(many.sum()))
    return total - np.repeat(many.cumsum() - many, many)


def bands_of(ground: Ground, request: Request, starts: Starts) -> Bands:
    """The bands that open starts make for a request."""
    return ground.bands(request, starts, wishes.points(ground, request))
