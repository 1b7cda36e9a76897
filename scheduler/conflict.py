"""Only what is pinned or frozen can make a week impossible, and then a smallest clash is named.

Everything else may be bumped. So a week is impossible exactly when its fixed requests, each
at its one place, break a rule by themselves.
"""

import numpy as np

from scheduler import rules
from scheduler.ground import Ground, Starts
from scheduler.problem import Place, Request
from scheduler.rules import ALONE, BETWEEN, Between
from scheduler.taken import Taken
from station.errors import Violation


def place_fixed(ground: Ground) -> tuple[Taken, list[Violation]]:
    """A grid of the fixed requests alone, and what keeps some of them out of it."""
    taken, clashes = Taken(ground), []
    for request in ground.problem.requests:
        places = sorted(ground.problem.fixed(request))
        if not places:
            continue
        if len(places) > 1 or not rules.openings(ground, request).any():
            clashes.append(_alone(ground, request, places))
            continue
        starts = rules.openings(ground, request)
        broken = [rule for rule in BETWEEN if _closed(taken, request, starts, rule)]
        if broken:
            clashes.extend(_between(taken, request, starts, rule) for rule in broken)
        else:
            taken.place(request, places[0])
    return taken, clashes


def smallest(clashes: list[Violation]) -> tuple[Violation, ...]:
    """The clash of the fewest requests: none of them can be left out of it."""
    return tuple(sorted(clashes, key=lambda clash: len(clash.ids))[:1])


def _alone(ground: Ground, request: Request, places: list[Place]) -> Violation:
    if len(places) > 1:
        said = f"Request {request.id} is pinned away from the slot in which it is on air already."
        return Violation("frozen", said, (request.id,))
    only = np.zeros(ground.shape, dtype=np.bool_)
    only[places[0].channel, places[0].start] = True
    for rule in ALONE:
        starts = only.copy()
        rule.narrow(ground, request, starts)
        if not starts.any():
            said = f"Request {request.id} is fixed at {_at(places[0])}, {rule.CLASH}."
            return Violation(rule.NAME, said, (request.id,))
    said = f"Request {request.id} does not fit at {_at(places[0])}."
    return Violation("inside-the-week", said, (request.id,))


def _closed(taken: Taken, request: Request, starts: Starts, rule: Between) -> bool:
    left = starts.copy()
    rule.close(taken, request, left)
    return not left.any()


def _between(taken: Taken, request: Request, starts: Starts, rule: Between) -> Violation:
    """One clash with everybody left out without whom it would be one still."""
    needed, lifted = [], []
    for name, place in list(taken.places.items()):
        other = taken.ground.problem.request[name]
        taken.lift(other)
        if _closed(taken, request, starts, rule):
            lifted.append((other, place))
        else:
            taken.place(other, place)
            needed.append(name)
    for other, place in lifted:
        taken.place(other, place)
    ids = (*needed, request.id)
    said = f"Requests {' and '.join(ids)} can't all stay where they are fixed: {rule.CLASH}."
    return Violation(rule.NAME, said, ids)


def _at(place: Place) -> str:
    return f"channel {place.channel}, start {place.start}"
