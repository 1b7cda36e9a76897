"""One holder's requests lie at least so many slots apart, on all channels."""

from collections.abc import Iterator
from operator import itemgetter

from ortools.sat.python import cp_model

from scheduler.ground import Band, Starts
from scheduler.model import Model
from scheduler.problem import Request
from scheduler.taken import Taken, close_near

NAME = "holder-gap"
CLASH = "one holder's requests would be too near to each other"
REASON = "too near to other airtime of yours"

Choice = tuple[cp_model.IntVar, Band]


def close(taken: Taken, request: Request, starts: Starts) -> None:
    """Close the starts too near to what the same holder has."""
    gap = taken.ground.problem.rules.holder_gap
    for other, place in taken.of("holder", request.holder):
        close_near(starts, request, other, place, gap, None)


def constrain(model: Model) -> None:
    """Intervals lengthened by the gap never overlap.

    Implied, but what makes the linear relaxation tight: of choices whose starts are all too
    near to each other, at most one is made.
    """
    gap = model.ground.problem.rules.holder_gap
    for theirs in model.grouped(lambda request: request.holder):
        model.cp.add_no_overlap([model.interval(r.id, None, gap) for r in theirs])
        choices = [pair for request in theirs for pair in model.bands(request.id)]
        for near in _near(choices, gap + min(request.length for request in theirs)):
            model.cp.add_at_most_one(near)


def _near(choices: list[Choice], reach: int) -> Iterator[list[cp_model.IntVar]]:
    """The largest sets of choices whose starts all lie within `reach` of each other."""
    spans = sorted(
        ((band.first, band.end, literal) for literal, band in choices), key=itemgetter(0, 1)
    )
    furthest = 0
    for index, (first, _, _) in enumerate(spans):
        if index and spans[index - 1][0] == first:
            continue
        near = [span for span in spans[index:] if span[1] <= first + reach]
        last = max((end for _, end, _ in near), default=0)
        if last > furthest and len(near) > 1:
            yield [literal for _, _, literal in near]
        furthest = max(furthest, last)
