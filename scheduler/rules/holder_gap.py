"""One holder's requests lie at least so many slots apart, on all channels."""

from scheduler.ground import Starts
from scheduler.model import Model
from scheduler.problem import Request
from scheduler.taken import Taken, close_near

NAME = "holder-gap"
REASON = "too near to other airtime of yours"

CLASH = "one holder's requests would be too near to each other"


def close(taken: Taken, request: Request, starts: Starts) -> None:
    """Close the starts too near to what the same holder has."""
    gap = taken.ground.problem.rules.holder_gap
    for other, place in taken.of("holder", request.holder):
        close_near(starts, request, other, place, gap, None)


def constrain(model: Model) -> None:
    """Intervals lengthened by the gap never overlap."""
    gap = model.ground.problem.rules.holder_gap
    for theirs in model.grouped(lambda request: request.holder):
        model.cp.add_no_overlap([model.interval(r.id, None, gap) for r in theirs])
