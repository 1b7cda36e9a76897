"""A pinned request is at its pin, and a frozen one stays where it was published."""

import numpy as np

from scheduler.ground import Ground, Starts
from scheduler.problem import Request

NAME = "fixed"
CLASH = "away from where it is fixed"


def narrow(ground: Ground, request: Request, starts: Starts) -> None:
    """Close every other start."""
    for place in ground.problem.fixed(request):
        only = np.zeros(ground.shape, dtype=np.bool_)
        only[place.channel, place.start] = True
        starts &= only
