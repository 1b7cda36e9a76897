"""The dearest of a request's wished windows that holds its first start counts once."""

import numpy as np

from scheduler.ground import Ground, Whole
from scheduler.problem import Request

NO_WISH = np.iinfo(np.int64).min


def reward(ground: Ground, request: Request, points: Whole) -> None:
    """Add the points of the best wish at each start."""
    if not request.wishes:
        return
    best = np.full(ground.shape, NO_WISH)
    for wish in request.wishes:
        held = best[_rows(wish.channel), wish.start : wish.end]
        np.maximum(held, wish.points, out=held)
    points += np.where(best == NO_WISH, 0, best)


def _rows(channel: int | None) -> slice:
    return slice(None) if channel is None else slice(channel, channel + 1)
