"""The first grid: those that many rules bind choose first, then everybody else is seated.

The prices say what a place costs the rest of the week, so that even a request that chooses
alone chooses well.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from scheduler import rules
from scheduler.catalogue import CLOSED, Catalogue, bands_of
from scheduler.prices import Prices, Proof
from scheduler.problem import Kind, Place, Request
from scheduler.seats import easy, seat
from scheduler.taken import Taken


def draft(catalogue: Catalogue, taken: Taken, prices: Prices, proof: Proof) -> None:
    """Fill a grid that holds the pinned and frozen requests already."""
    alone = easy(catalogue.ground.problem)
    waiting = [
        one for one in catalogue.requests if one.id not in taken.places and one.id not in alone
    ]
    for group in _queue(waiting):
        _place_group(catalogue, taken, prices, group)
    seat(catalogue, taken, alone, proof.loss(catalogue))
    fill_in(catalogue, taken, prices)


def fill_in(catalogue: Catalogue, taken: Taken, prices: Prices) -> None:
    """Place whoever still fits somewhere, longest waiting first."""
    left = [one for one in catalogue.requests if one.id not in taken.places]
    for request in sorted(left, key=lambda one: (-one.weight / one.length, one.length, one.id)):
        place = best_place(catalogue, taken, prices, request)
        if place:
            taken.place(request, place)


def best_place(
    catalogue: Catalogue,
    taken: Taken,
    prices: Prices,
    request: Request,
    instant: int | None = None,
) -> Place | None:
    """The open place with the most points above its price, at an instant when one is given."""
    ground = catalogue.ground
    starts = rules.left_open(taken, request, rules.openings(catalogue.ground, request))
    if instant is not None:
        chosen = starts[:, instant].copy()
        starts[:] = False
        starts[:, instant] = chosen
    if not starts.any():
        return None
    bands = bands_of(ground, request, starts)
    net = bands.points - prices.cheapest(request.length, request.sold, bands)
    best = next(iter(bands.only(np.array([int(net.argmax())]))))
    return Place(best.channel, best.first)


def _queue(waiting: Iterable[Request]) -> list[list[Request]]:
    """Who chooses when: groups, then long ones, silences, sold ones, and the rest."""
    groups: dict[str, list[Request]] = {}
    for request in waiting:
        name = f"group {request.together}" if request.together else f"one {request.id}"
        groups.setdefault(name, []).append(request)
    return sorted(groups.values(), key=_urgency)


def _urgency(group: Sequence[Request]) -> tuple[object, ...]:
    first = group[0]
    quiet = first.kind == Kind.SILENCE
    waited = max(one.waited for one in group)
    return (-len(group), -waited, -first.length, not quiet, not first.sold, first.id)


def _place_group(
    catalogue: Catalogue, taken: Taken, prices: Prices, group: Sequence[Request]
) -> None:
    instant = _instant(catalogue, taken, group) if len(group) > 1 else None
    for request in group:
        place = best_place(catalogue, taken, prices, request, instant)
        if place:
            taken.place(request, place)


def _instant(catalogue: Catalogue, taken: Taken, group: Sequence[Request]) -> int:
    """The instant at which most of a group find a channel, and then score most."""
    problem = catalogue.ground.problem
    members = np.zeros(problem.starts, dtype=np.int64)
    channels = np.zeros(catalogue.ground.shape, dtype=np.bool_)
    gain = np.zeros(problem.starts, dtype=np.int64)
    for request in group:
        starts = rules.left_open(taken, request, rules.openings(catalogue.ground, request))
        members += starts.any(axis=0)
        channels |= starts
        points = np.full(catalogue.ground.shape, CLOSED)
        for band in bands_of(catalogue.ground, request, starts):
            points[band.channel, band.first : band.end] = band.points
        best = points.max(axis=0)
        gain += np.where(best == CLOSED, 0, best)
    fit = np.minimum(members, channels.sum(axis=0))
    return int(np.lexsort((-gain, -fit))[0])
