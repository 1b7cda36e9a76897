"""A channel's clock hour holds at most so many sold slots."""

import numpy as np

from scheduler.ground import Starts
from scheduler.model import Model
from scheduler.problem import Request
from scheduler.taken import Taken

NAME = "sold-per-hour"
REASON = "in an hour that has all the sold airtime it may have"

CLASH = "an hour would have too many sold slots"


def close(taken: Taken, request: Request, starts: Starts) -> None:
    """Close the starts that would put too many sold slots into an hour."""
    if not request.sold:
        return
    ground = taken.ground
    room = ground.problem.rules.sold_per_hour - taken.sold
    start = np.arange(ground.problem.starts)
    hour, per_hour = ground.hour(start), ground.problem.starts_per_hour
    end = np.minimum(start + request.length, ground.problem.starts)
    for further in range(-(-request.length // per_hour) + 1):
        reached = np.minimum(hour + further, ground.problem.hours - 1)
        inside = np.minimum(end, (hour + further + 1) * per_hour) - np.maximum(
            start, (hour + further) * per_hour
        )
        starts &= (inside <= 0) | (inside <= room[:, reached])


def constrain(model: Model) -> None:
    """Sum the sold slots of each channel's clock hour."""
    most = model.ground.problem.rules.sold_per_hour
    sold = [request for request in model.free if request.sold]
    for (channel, hour), asked in model.slots_by_hour(sold).items():
        room = most - int(model.taken.sold[channel, hour])
        if sum(slots for _, slots in asked) > room:
            model.cp.add(sum(slots * literal for literal, slots in asked) <= room)
