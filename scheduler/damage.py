"""What late changes broke is what the checker finds in the places on show.

Whoever is in no violation stays. Each violation takes at least one move, and no week places
more slots than it has open: both say what no repair can do without.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from scheduler import rules
from scheduler.check import broken_rules
from scheduler.ground import Ground, Starts
from scheduler.plan import Bumped, Placement
from scheduler.problem import Place, Problem, Request
from station.errors import Violation


@dataclass(frozen=True, slots=True)
class Damage:
    """Who can stay where, who can't, and the fewest moves that this takes.

    `torn` may stay only when others of them go. `impossible` says that pins or frozen places
    break a rule by themselves.
    """

    staying: Mapping[str, Place]
    torn: frozenset[str]
    least_moves: int
    impossible: bool


def damage(problem: Problem) -> Damage:
    """Hold the places on show, and the pins, against the rules as they are now."""
    places = {
        request.id: place
        for request in problem.requests
        if (place := _now_at(problem, request)) is not None
    }
    fixed = {request.id for request in problem.requests if problem.fixed(request)}
    found = broken(problem, places)
    torn = {name for violation in found for name in violation.ids} - fixed
    staying = {name: place for name, place in places.items() if name not in torn}
    driven_out = sum(places.get(name) != seat.place for name, seat in problem.was.items())
    return Damage(
        staying=staying,
        torn=frozenset(torn),
        least_moves=driven_out + _apart(found, fixed),
        # Nobody complains about those who stay but what is fixed.
        impossible=bool(found) and bool(broken(problem, staying)),
    )


def broken(problem: Problem, places: Mapping[str, Place]) -> list[Violation]:
    """The rules that a grid breaks."""
    placements = [Placement(name, place.channel, place.start) for name, place in places.items()]
    left = [Bumped(one.id, "not placed") for one in problem.requests if one.id not in places]
    return broken_rules(problem, placements, left)


def least_weight(ground: Ground, unplaced: Iterable[Request]) -> int:
    """A weight that every grid bumps at least.

    Whoever must lie inside an area can't take more slots than it has. Areas that are tried: the
    openings of each request without a place, those of all of them together, and the whole week.
    """
    openings = {one.id: rules.openings(ground, one) for one in unplaced}
    nowhere = sum(
        ground.problem.request[name].weight for name, starts in openings.items() if not starts.any()
    )
    if nowhere == sum(ground.problem.request[name].weight for name in openings):
        return nowhere
    slots = [
        covered(starts, ground.problem.request[name].length) for name, starts in openings.items()
    ]
    union = np.logical_or.reduce(slots)
    areas = (ground.unreserved, union, *slots)
    distinct = {area.tobytes(): area for area in areas if area.any()}
    return nowhere + max(_crowded_out(ground, area) for area in distinct.values())


def _now_at(problem: Problem, request: Request) -> Place | None:
    """Where a request is fixed, else where it is on show, if the week still has that place."""
    seat = problem.was.get(request.id)
    place = request.pin or (seat.place if seat else None)
    if place is None or place.channel >= problem.channels:
        return None
    return place if place.start + request.length <= problem.starts else None


def _apart(found: Iterable[Violation], fixed: set[str]) -> int:
    """How many violations there are at least that share nobody who could move."""
    movers = sorted((set(violation.ids) - fixed for violation in found), key=len)
    seen: set[str] = set()
    count = 0
    for names in movers:
        if names and not names & seen:
            seen |= names
            count += 1
    return count


def covered(starts: Starts, length: int) -> Starts:
    """The slots that something of a length covers at any of some starts."""
    slots = starts.copy()
    for further in range(1, min(length, starts.shape[1])):
        slots[:, further:] |= starts[:, : starts.shape[1] - further]
    return slots


def _crowded_out(ground: Ground, area: Starts) -> int:
    """The least weight to be bumped of those that must lie in an area: the lightest slots go."""
    inside = [one for one in ground.problem.requests if _inside(ground, one, area)]
    excess = sum(one.length for one in inside) - int(area.sum())
    weight = 0
    for one in sorted(inside, key=lambda one: one.waited):
        if excess <= 0:
            break
        weight += min(one.length, excess) * (1 + one.waited)
        excess -= one.length
    return weight


def _inside(ground: Ground, request: Request, area: Starts) -> bool:
    starts = rules.openings(ground, request)
    return bool(starts.any()) and not (covered(starts, request.length) & ~area).any()
