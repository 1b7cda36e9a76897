"""Only what is pinned or frozen can make a week impossible, and then a smallest clash is named.

Everything else may be bumped. So a week is impossible exactly when its fixed requests, each
at its one place, break a rule by themselves.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from scheduler import rules
from scheduler.ground import Ground, Starts
from scheduler.problem import Place, Request
from scheduler.rules import ALONE, BETWEEN, Between, sold_per_hour
from scheduler.taken import Taken
from station.errors import Violation


def place_fixed(ground: Ground) -> tuple[Taken, list[Violation]]:
    """A grid of the fixed requests alone, and what keeps some of them out of it."""
    taken, fixed = Taken(ground), dict[str, Place]()
    out, clashes = [], []
    for request in ground.problem.requests:
        places = sorted(ground.problem.fixed(request))
        if not places:
            continue
        starts = rules.openings(ground, request)
        if len(places) > 1 or not starts.any():
            clashes.append(_alone(ground, request, places))
            continue
        fixed[request.id] = places[0]
        if rules.left_open(taken, request, starts).any():
            taken.place(request, places[0])
        else:
            out.append(request)
    # Those placed agree with each other, so that every clash has somebody who is out.
    return taken, [*clashes, *(_between(ground, one, fixed) for one in out)]


def smallest(clashes: Sequence[Violation]) -> tuple[Violation, ...]:
    """The clash of the fewest requests: there is none of fewer."""
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


def _between(ground: Ground, request: Request, fixed: Mapping[str, Place]) -> Violation:
    """The smallest clash of one fixed request: by itself, with another, or with a crowd."""
    starts = rules.openings(ground, request)
    for name in (request.id, *fixed):
        beside = Taken(ground)
        if name != request.id:
            beside.place(ground.problem.request[name], fixed[name])
        for rule in BETWEEN:
            if _closed(beside, request, starts, rule):
                return _clash(rule, tuple(dict.fromkeys((name, request.id))))
    return _crowd(ground, request, fixed)


def _crowd(ground: Ground, request: Request, fixed: Mapping[str, Place]) -> Violation:
    """The fewest whose sold slots are too many for an hour: no other rule takes more than two."""
    place, most = fixed[request.id], ground.problem.rules.sold_per_hour
    crowds: list[list[str]] = []
    for hour, own in ground.spread(place, request.length).items():
        shares = {
            name: ground.spread(at, ground.problem.request[name].length).get(hour, 0)
            for name, at in fixed.items()
            if at.channel == place.channel and ground.problem.request[name].sold
        }
        names, total = [request.id], own
        for name in sorted(shares.keys() - names, key=lambda name: (-shares[name], name)):
            if total <= most:
                names.append(name)
                total += shares[name]
        if total > most:
            crowds.append(names)
    crowds.sort(key=len)
    return _clash(sold_per_hour, tuple(sorted(crowds[0])))


def _closed(taken: Taken, request: Request, starts: Starts, rule: Between) -> bool:
    left = starts.copy()
    rule.close(taken, request, left)
    return not left.any()


def _clash(rule: Between, ids: tuple[str, ...]) -> Violation:
    said = f"Requests {' and '.join(ids)} can't all stay where they are fixed: {rule.CLASH}."
    return Violation(rule.NAME, said, ids)


def _at(place: Place) -> str:
    return f"channel {place.channel}, start {place.start}"
