"""A grid in progress: the best places so far, and the bound that is proven for them."""

from dataclasses import dataclass

import numpy as np

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


def measured(catalogue: Catalogue, places: dict[str, Place], value_bound: int) -> Best:
    """A grid with what a bound on its value says about its weight and its score."""
    total = int(catalogue.weights.sum())
    weight = total - sum(catalogue.requests[catalogue.index[name]].weight for name in places)
    unit, score = catalogue.weight_value, catalogue.score_of(places)
    bound = min(value_bound - unit * (total - weight), most_points(catalogue))
    # To bump one unit less would take at least `unit` more value, less all that points can fall.
    least = weight == 0 or value_bound < unit * (total - weight + 1) + fewest_points(catalogue)
    return Best(places, weight, score, bound, least)


def most_points(catalogue: Catalogue) -> int:
    """More than this no grid can score: everybody at their best, or bumped where that is less."""
    return int(np.where(catalogue.must, catalogue.most, np.maximum(catalogue.most, 0)).sum())


def fewest_points(catalogue: Catalogue) -> int:
    """Less than this no grid can score."""
    return int(np.minimum(catalogue.least, 0).sum())
