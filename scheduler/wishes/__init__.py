"""Every soft term, one a file, in one unit: points."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from scheduler.ground import Ground, Whole
from scheduler.problem import Place, Problem, Request
from scheduler.wishes import fairness, nearness, requested, variety


class Alone(Protocol):
    """A wish that looks at one request only."""

    def reward(self, ground: Ground, request: Request, points: Whole) -> None:
        """Add to each start's points what the request gains by this term."""


class Between(Protocol):
    """A wish between requests."""

    def cost(self, problem: Problem, places: Mapping[str, Place]) -> int:
        """What a grid loses by this term, in points; never below 0."""


ALONE: tuple[Alone, ...] = (requested, fairness, nearness)
BETWEEN: tuple[Between, ...] = (variety,)


def points(ground: Ground, request: Request) -> Whole:
    """What each start scores for one request, by all that look at it alone."""
    total = np.zeros(ground.shape, dtype=np.int64)
    for wish in ALONE:
        wish.reward(ground, request, total)
    return total


def cost(problem: Problem, places: Mapping[str, Place]) -> int:
    """What a grid loses by all that is between its requests."""
    return sum(wish.cost(problem, places) for wish in BETWEEN)
