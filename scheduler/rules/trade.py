"""Two sold requests of one trade are never back to back on a channel."""

from scheduler.ground import Starts
from scheduler.model import Model
from scheduler.problem import Request
from scheduler.taken import Taken, close_near

NAME = "trade"
REASON = "next to sold airtime of your trade"

CLASH = "sold requests of one trade would be back to back"


def close(taken: Taken, request: Request, starts: Starts) -> None:
    """Close the starts next to a sold request of the same trade."""
    if not request.sold or request.trade is None:
        return
    for channel in range(taken.ground.problem.channels):
        for other, place in taken.of("trade", (channel, request.trade)):
            close_near(starts, request, other, place, 1, channel)


def constrain(model: Model) -> None:
    """Intervals lengthened by one slot never overlap on a channel."""
    for theirs in model.grouped(lambda request: request.trade if request.sold else None):
        for channel in range(model.ground.problem.channels):
            here = [r for r in theirs if channel in model.channels(r.id)]
            if len(here) > 1:
                model.cp.add_no_overlap([model.interval(r.id, channel, 1) for r in here])
