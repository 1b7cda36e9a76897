"""Every slot of a request lies in one of its allowed windows.

Blackouts, the watershed, a channel and a language all come as these windows.
"""

import numpy as np

from scheduler.ground import Ground, Starts
from scheduler.problem import Request

NAME = "limits"
CLASH = "outside the windows it is allowed"


def narrow(ground: Ground, request: Request, starts: Starts) -> None:
    """Close the starts from which a slot would lie outside."""
    slots = np.zeros(ground.shape, dtype=np.bool_)
    for window in request.allowed:
        rows = slice(None) if window.channel is None else window.channel
        slots[rows, window.start : window.end] = True
    starts &= ground.fitting(slots, request.length)
