"""Every promise of a plan is held against the problem again, by no means of the solver.

Nothing here is shared with `rules`, `wishes` or `solve`: the rules and the scoring are read
from `docs/problem-format.md` and written a second time, plainly. Publishing needs an empty
list from here.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from scheduler.check.figures import figures
from scheduler.check.rules import RULES, inside
from scheduler.check.seated import Seated
from scheduler.plan import Bumped, Placement, Plan
from scheduler.problem import Problem
from station.errors import Violation

# Where one of these is wrong, the figures can't be computed.
UNREADABLE = ("unknown-request", "lost", "placed-once", "inside-the-week")


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything that is wrong with a plan; an empty list lets it be published."""
    if not plan.has_grid:
        return [Violation("no-plan", f"There is no grid: the plan says it is {plan.status}.")]
    found = broken_rules(problem, plan.placements, plan.bumped)
    unreadable = any(one.rule in UNREADABLE for one in found)
    return found if unreadable else [*found, *figures(problem, plan)]


def broken_rules(
    problem: Problem, placements: Sequence[Placement], bumped: Sequence[Bumped]
) -> list[Violation]:
    """Every hard rule that a grid breaks, whatever it claims to be worth."""
    found = list(_named(problem, placements, bumped))
    if found:
        return found
    seated = [Seated(problem.request[one.id], one) for one in placements]
    found = list(inside(problem, seated))
    if found:
        return found
    return [violation for rule in RULES for violation in rule(problem, seated)]


def _named(
    problem: Problem, placements: Sequence[Placement], bumps: Sequence[Bumped]
) -> Iterator[Violation]:
    placed = Counter(placement.id for placement in placements)
    bumped = Counter(bump.id for bump in bumps)
    known = {request.id for request in problem.requests}
    for name in sorted((placed | bumped).keys() - known):
        yield Violation("unknown-request", f"The problem has no request {name}.", (name,))
    for name in sorted(known):
        times = placed[name] + bumped[name]
        if times == 0:
            yield Violation("lost", f"Request {name} is neither placed nor bumped.", (name,))
        if times > 1:
            yield Violation("placed-once", f"Request {name} stands in it {times} times.", (name,))
    for bump in bumps:
        if not bump.reason.strip():
            yield Violation("reason", f"Request {bump.id} is bumped without reason.", (bump.id,))
