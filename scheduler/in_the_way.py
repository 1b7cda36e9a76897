"""Who is in the way of a request: whoever would have to leave for it to get a place.

The places with the fewest in the way are the ones to clear; whoever is lifted there and finds
no free slot looks for such a place in turn, so that chains of moves are found.
"""

import numpy as np

from scheduler import rules
from scheduler.ground import Starts, Whole
from scheduler.problem import Kind, Place, Request
from scheduler.rules import BETWEEN, one_a_slot
from scheduler.taken import Taken

# Whoever is lifted to make room looks at so many places for its own.
FURTHER_PLACES = 2
LONGEST_CHAIN = 3
# Beyond so many, more of them only make the search slower.
ENOUGH = 80
NEVER = 1_000_000


def in_the_way(
    taken: Taken,
    request: Request,
    loose: frozenset[str],
    places: int,
    random: np.random.Generator,
) -> frozenset[str]:
    """Those in the way at so many places of a request; only the loose may move."""
    problem = taken.ground.problem
    asking = [request]
    found: set[str] = set()
    for _ in range(LONGEST_CHAIN):
        lifted: list[Request] = []
        for one in asking if len(found) < ENOUGH else ():
            for place in _easiest(taken, one, loose, random, places):
                new = _blocking(taken, one, place) & loose - found
                found |= new
                lifted += [problem.request[other] for other in sorted(new)]
        asking = [one for one in lifted if not _has_room(taken, one)]
        places = FURTHER_PLACES
    return frozenset(found)


def _has_room(taken: Taken, request: Request) -> bool:
    openings = rules.openings(taken.ground, request)
    return bool(rules.left_open(taken, request, openings).any())


def _easiest(
    taken: Taken, request: Request, loose: frozenset[str], random: np.random.Generator, most: int
) -> list[Place]:
    """The openings with the fewest in the way, in a random order among equals."""
    ground = taken.ground
    starts = rules.openings(ground, request)
    cost = _slots_taken(taken.occupied, request.length)
    for rule in BETWEEN:
        if rule is not one_a_slot:
            left = np.ones_like(starts)
            rule.close(taken, request, left)
            cost += ~left
    stuck = np.zeros_like(starts)
    for name, place in taken.places.items():
        if name not in loose:
            length = ground.problem.request[name].length
            stuck[place.channel, place.start : place.start + length] = True
    cost[~starts | (_slots_taken(stuck, request.length) > 0)] = NEVER
    own = taken.places.get(request.id)
    if own is not None:
        cost[own.channel, own.start] = NEVER
    order = np.lexsort((random.random(cost.size), cost.ravel()))[:most]
    channel, start = np.unravel_index(order, cost.shape)
    return [
        Place(int(a), int(b)) for a, b in zip(channel, start, strict=True) if cost[a, b] < NEVER
    ]


def _slots_taken(occupied: Starts, length: int) -> Whole:
    """How many slots from each start on are taken."""
    count = occupied.astype(np.int64)
    for further in range(1, min(length, occupied.shape[1])):
        count[:, : occupied.shape[1] - further] += occupied[:, further:]
    return count


def _blocking(taken: Taken, request: Request, place: Place) -> frozenset[str]:
    """Who shares a slot with a request at a place, or lies near to it and shares a rule."""
    return frozenset(
        name
        for name, at in taken.places.items()
        if name != request.id and _blocks(taken, request, place, name, at)
    )


def _blocks(taken: Taken, request: Request, place: Place, name: str, at: Place) -> bool:
    problem = taken.ground.problem
    other = problem.request[name]
    apart = max(at.start - place.start - request.length, place.start - at.start - other.length)
    here = at.channel == place.channel
    if here and apart < 0:
        return True
    if other.holder == request.holder:
        return apart < problem.rules.holder_gap
    if other.together is not None and other.together == request.together:
        return True
    if here and other.kind == request.kind == Kind.SILENCE and other.cause != request.cause:
        return apart < problem.rules.silence_gap
    # Two sold ones share an hour, or are back to back with one trade.
    return here and other.sold and request.sold and apart < problem.starts_per_hour
