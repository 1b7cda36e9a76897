"""The cheapest change that would give a bumped request a place, checked by solving again.

A change helps when the week, repaired with it made, places the request and bumps nobody who
had a place.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from msgspec.structs import replace

from scheduler import rules
from scheduler.changes import Change, ChangeKind, applied, families
from scheduler.damage import covered
from scheduler.ground import Ground
from scheduler.patience import Patience, never
from scheduler.plan import Plan
from scheduler.problem import Place, Problem, Published, Request
from scheduler.repair import Repaired, repair

# One more change is tried for so many seconds at most.
SECONDS_A_CHANGE = 3.0


def changes_for(
    problem: Problem, plan: Plan, *, seconds: float, stopped: Callable[[], bool] = never
) -> dict[str, Change | None]:
    """For each request that a plan bumps, its cheapest change, as if the plan were on show."""
    shown = _shown(problem, {one.id: one.place for one in plan.placements})
    return cheapest_changes(shown, seconds=seconds, seed=plan.seed, stopped=stopped)


def cheapest_changes(
    problem: Problem, *, seconds: float, seed: int, stopped: Callable[[], bool] = never
) -> dict[str, Change | None]:
    """For each request without a place in the published version, its cheapest change.

    None where no change of the list helps. Those for whom there was no time are left out.
    """
    patience = Patience(seconds, seed, stopped)
    now = repair(problem, seconds=patience.left, seed=seed, afresh=False)
    on_show = {seat.id for seat in problem.published}
    bumped = [one for one in problem.requests if one.id not in on_show]
    held = Counter(one.holder for one in problem.requests)
    found: dict[str, Change | None] = {}
    alike: dict[object, Change | None] = {}
    for request in sorted(bumped, key=lambda one: (-one.waited, one.id)):
        what = _asks(request) if held[request.holder] == 1 else request.id
        if request.id in now.places:
            found[request.id] = Change(ChangeKind.NOTHING)
        elif what in alike:
            found[request.id] = alike[what]
        elif patience.left > 0 and not now.conflict:
            finished, change = _cheapest(_shown(problem, now.places), request, now, patience)
            if finished:
                found[request.id] = alike[what] = change
    return found


def _asks(request: Request) -> object:
    """All that decides where a request could be when its holder has no other.

    Two that ask for the same are helped by the same: exchanged, the week stays what it is.
    """
    limits = request.allowed, request.pin, request.together
    return (
        request.kind,
        request.length,
        request.waited,
        *limits,
        request.sold,
        request.trade,
        request.cause,
    )


def _cheapest(
    problem: Problem, request: Request, now: Repaired, patience: Patience
) -> tuple[bool, Change | None]:
    """Whether all changes up to the first that helps could be tried, and that one."""
    for family in families(problem, request, _in_the_way(problem, request, now)):
        if not family.changes or not _helps(family.widest, request, now, patience):
            continue
        for change in family.changes:
            if _helps(applied(problem, request, change), request, now, patience):
                return True, change
    return patience.left > 0, None


def _in_the_way(problem: Problem, request: Request, now: Repaired) -> list[str]:
    """Who has a slot that the request could have, and is not fixed there."""
    ground = Ground(problem)
    wanted = covered(rules.openings(ground, request), request.length)
    found = []
    for name, place in now.places.items():
        other = problem.request[name]
        slots = wanted[place.channel, place.start : place.start + other.length]
        if slots.any() and not problem.fixed(other):
            found.append(name)
    return found


def _helps(changed: Problem, request: Request, now: Repaired, patience: Patience) -> bool:
    """Whether a change gives the request a place and takes nobody's."""
    limit = min(SECONDS_A_CHANGE, patience.left)
    after = repair(changed, seconds=limit, seed=patience.seed, afresh=False)
    had = now.places.keys() & set(changed.request)
    return {request.id, *had} <= after.places.keys()


def _shown(problem: Problem, places: Mapping[str, Place]) -> Problem:
    """A problem with a grid on show."""
    frozen = {seat.id for seat in problem.published if seat.frozen}
    seats = tuple(
        Published(name, place.channel, place.start, name in frozen)
        for name, place in places.items()
    )
    return replace(problem, published=seats)
