"""Silences of different causes lie at least so many slots apart on a channel."""

from itertools import combinations

from scheduler.ground import Starts
from scheduler.model import Model
from scheduler.problem import Kind, Request
from scheduler.taken import Taken, close_near

NAME = "silence-gap"
REASON = "too near to a silence for another cause"

CLASH = "silences for different causes would be too near to each other"


def close(taken: Taken, request: Request, starts: Starts) -> None:
    """Close the starts too near to a silence for another cause."""
    if request.kind != Kind.SILENCE:
        return
    gap = taken.ground.problem.rules.silence_gap
    for channel in range(taken.ground.problem.channels):
        for other, place in taken.of("silences", channel):
            if other.cause != request.cause:
                close_near(starts, request, other, place, gap, channel)


def constrain(model: Model) -> None:
    """Intervals lengthened by the gap never overlap, cause by cause."""
    gap = model.ground.problem.rules.silence_gap
    quiet = [request for request in model.free if request.kind == Kind.SILENCE]
    for channel in range(model.ground.problem.channels):
        here = [request for request in quiet if channel in model.channels(request.id)]
        for sets in _of_different_causes(here):
            model.cp.add_no_overlap([model.interval(r.id, channel, gap) for r in sets])


def _of_different_causes(silences: list[Request]) -> list[list[Request]]:
    """All of them at once where no two share a cause, else pair by pair."""
    if len({request.cause for request in silences}) == len(silences):
        return [silences] if len(silences) > 1 else []
    return [[a, b] for a, b in combinations(silences, 2) if a.cause != b.cause]
