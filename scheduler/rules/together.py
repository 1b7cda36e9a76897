"""Those of a group that are placed start at one instant, on different channels."""

from itertools import combinations

import numpy as np

from scheduler.ground import Starts
from scheduler.model import Model
from scheduler.problem import Request
from scheduler.taken import Taken

NAME = "together"
REASON = "at another instant than the group you joined"

CLASH = "a group starts at one instant, on different channels"


def close(taken: Taken, request: Request, starts: Starts) -> None:
    """Close every instant but the group's; a slot holds one, so that channels differ."""
    if request.together is None:
        return
    for _, place in taken.of("together", request.together):
        others = np.arange(taken.ground.problem.starts) != place.start
        starts[:, others] = False


def constrain(model: Model) -> None:
    """Equal starts for each two that are placed; one slot holds one, so channels differ."""
    for theirs in model.grouped(lambda request: request.together):
        for one, other in combinations(theirs, 2):
            model.cp.add(model.start(one.id) == model.start(other.id)).only_enforce_if(
                [model.placed(one.id), model.placed(other.id)]
            )
