"""A start's airtime value counts as often as its holder is owed it."""

import numpy as np

from scheduler.ground import Ground, Whole
from scheduler.problem import Request


def reward(ground: Ground, request: Request, points: Whole) -> None:
    """Add `round(owed x value)` of each start's clock hour (halves to even, as Python does)."""
    by_hour = np.rint(request.owed * ground.value).astype(np.int64)
    points += by_hour[:, ground.hour(np.arange(ground.problem.starts))]
