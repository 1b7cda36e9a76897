"""What a plan claims to be worth, summed again from its placements."""

from collections import Counter
from collections.abc import Iterable, Iterator

from scheduler.check.seated import Seated
from scheduler.plan import Placement, Plan, Status
from scheduler.problem import Problem
from station.errors import Violation

# What two programs may differ by when they divide the same two integers.
ROUNDING = 1e-9


def figures(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The bumped weight, the score, the bound and the gap that are not as claimed."""
    weight = sum(
        problem.request[bump.id].length * (1 + problem.request[bump.id].waited)
        for bump in plan.bumped
    )
    if plan.bumped_weight != weight:
        said = f"The bumped weight is {weight}, the plan says {plan.bumped_weight}."
        yield Violation("bumped-weight", said)
    score = score_of(problem, plan.placements)
    if plan.score != score:
        yield Violation("score", f"The score is {score}, the plan says {plan.score}.")
    if plan.bound is None or plan.bound < score:
        yield Violation("bound", f"The bound {plan.bound} is below the score {score}.")
        return
    gap = (plan.bound - score) / max(1, abs(plan.bound))
    if plan.gap is None or abs(plan.gap - gap) > ROUNDING:
        yield Violation("gap", f"The gap is {gap}, the plan says {plan.gap}.")
    if plan.status == Status.OPTIMAL and plan.bound != score:
        said = f"The plan calls itself optimal, and its bound {plan.bound} is above its score."
        yield Violation("optimal", said)


def score_of(problem: Problem, placements: Iterable[Placement]) -> int:
    """What placements score together."""
    shown = {seat.id: (seat.channel, seat.start) for seat in problem.published}
    seated = [Seated(problem.request[one.id], one) for one in placements]
    points = sum(_points(problem, one, shown.get(one.request.id)) for one in seated)
    return points - problem.repeat_cost * _repeats(seated)


def _repeats(seated: Iterable[Seated]) -> int:
    """How often one of a category starts in the slot in which another ends."""
    named = [one for one in seated if one.request.category is not None]
    starts = Counter((one.channel, one.start, one.request.category) for one in named)
    return sum(starts[one.channel, one.end, one.request.category] for one in named)


def _points(problem: Problem, one: Seated, shown: tuple[int, int] | None) -> int:
    wished = None
    for wish in one.request.wishes:
        here = wish.channel is None or wish.channel == one.channel
        if here and wish.start <= one.start < wish.end and (wished is None or wish.points > wished):
            wished = wish.points
    worth = problem.value[one.channel][one.start // problem.starts_per_hour]
    points = (wished or 0) + round(one.request.owed * worth)
    if shown not in {None, (one.channel, one.start)}:
        points -= problem.move_cost
    return points
