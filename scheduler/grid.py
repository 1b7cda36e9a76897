"""A grid in progress: the best places so far, and the bound that is proven for them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from scheduler import wishes
from scheduler.catalogue import Catalogue
from scheduler.problem import Place


@dataclass(frozen=True, slots=True)
class Best:
    """Places with their bumped weight and score, and what is proven about better ones.

    `least_weight` says that no grid bumps less; `bound` that none which bumps as little
    scores more.
    """

    places: dict[str, Place]
    weight: int
    score: int
    bound: int
    least_weight: bool

    @property
    def optimal(self) -> bool:
        """Whether nothing better can be."""
        return self.least_weight and self.bound == self.score


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is proven: no grid's score and `unit` times the weight it places are above `value`.

    Both are in points.
    """

    value: int
    unit: int


def measured(
    catalogue: Catalogue, places: dict[str, Place], certificates: Iterable[Certificate]
) -> Best:
    """A grid with what certificates say about its weight and its score."""
    total = int(catalogue.weights.sum())
    weight = total - sum(catalogue.requests[catalogue.index[name]].weight for name in places)
    bound, least = most_points(catalogue), weight == 0
    for one in certificates:
        bound = min(bound, one.value - one.unit * (total - weight))
        # To bump one unit less takes `unit` more value, less all that points can fall.
        least |= one.value - one.unit * (total - weight + 1) < fewest_points(catalogue)
    # Certificates leave out what is between requests: no grid scores more for it, some score less.
    score = catalogue.score_of(places) - wishes.cost(catalogue.ground.problem, places)
    return Best(places, weight, score, bound, least)


def most_points(catalogue: Catalogue) -> int:
    """More than this no grid can score: everybody at their best, or bumped where that is less."""
    return int(np.where(catalogue.must, catalogue.most, np.maximum(catalogue.most, 0)).sum())


def fewest_points(catalogue: Catalogue) -> int:
    """Less than this no grid can score before what is between requests is taken off."""
    return int(np.minimum(catalogue.least, 0).sum())
