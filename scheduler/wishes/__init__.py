"""Every soft term, one a file, in one unit: points."""

from typing import Protocol

import numpy as np

from scheduler.ground import Ground, Whole
from scheduler.problem import Request
from scheduler.wishes import fairness, nearness, requested


class Wishes(Protocol):
    """What each file in here offers."""

    def reward(self, ground: Ground, request: Request, points: Whole) -> None:
        """Add to each start's points what it gains by this term."""


WISHES: tuple[Wishes, ...] = (requested, fairness, nearness)


def points(ground: Ground, request: Request) -> Whole:
    """What each start scores, by all of them together."""
    total = np.zeros(ground.shape, dtype=np.int64)
    for wish in WISHES:
        wish.reward(ground, request, total)
    return total
