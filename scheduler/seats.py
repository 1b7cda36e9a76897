"""Requests that only need a free slot are seated all at once, and none could be better off.

Once everybody that other rules bind has a place, what is left is an assignment: one slot for
one request. A min-cost flow through the clock hours solves it exactly.
"""

from collections import Counter

import numpy as np

from scheduler.catalogue import Catalogue, counted
from scheduler.flow import Flow, Network, best_flow, network
from scheduler.ground import Starts, Whole
from scheduler.problem import Kind, Place, Problem, Request
from scheduler.proof import Shortlist
from scheduler.taken import Taken


def easy(problem: Problem) -> set[str]:
    """The requests bound by no rule but their own limits and one request a slot."""
    of_holder = Counter(request.holder for request in problem.requests)
    return {
        request.id
        for request in problem.requests
        if _stands_alone(request) and of_holder[request.holder] == 1 and not problem.fixed(request)
    }


def seat(catalogue: Catalogue, taken: Taken, names: set[str], listed: Shortlist) -> None:
    """Lift the named easy requests and place them as well as the free slots allow.

    Only the shortlisted bands are considered.
    """
    for name in names & taken.places.keys():
        taken.lift(catalogue.requests[catalogue.index[name]])
    mine_of = np.zeros(len(catalogue.requests), dtype=np.bool_)
    mine_of[[catalogue.index[name] for name in names]] = True
    mine = listed.only(mine_of[listed.owner])
    for band, place in flowing(catalogue, taken, mine):
        taken.place(catalogue.requests[int(mine.owner[band])], place)


def flowing(catalogue: Catalogue, taken: Taken, listed: Shortlist) -> list[tuple[int, Place]]:
    """Where the best flow of bands of single slots leads, among those placed already."""
    problem = catalogue.ground.problem
    free: Starts = catalogue.ground.unreserved & ~taken.occupied
    sold_room = np.maximum(0, problem.rules.sold_per_hour - taken.sold)
    net = network(catalogue, listed, free, sold_room)
    bands, slots = _slots(net, best_flow(catalogue, net), free)
    found = []
    for band, slot in zip(bands.tolist(), slots.tolist(), strict=True):
        place = Place(*divmod(slot, problem.starts))
        request = catalogue.requests[int(listed.owner[band])]
        catalogue.remember(request.id, place, int(listed.bands.points[band]))
        found.append((band, place))
    return found


def _stands_alone(request: Request) -> bool:
    plain = request.length == 1 and request.kind == Kind.SEGMENT
    return plain and not request.sold and request.together is None


def _slots(net: Network, flow: Flow, free: Starts) -> tuple[Whole, Whole]:
    """The bands that the flow uses, and a free slot for each."""
    hours = net.hours
    used = np.flatnonzero(flow.arcs)
    through = flow.links[hours:]
    # Who comes through an hour takes what the flow led on to its stretches, in order.
    by_hour = used[net.cell[used] < net.stretches]
    by_hour = by_hour[np.argsort(net.cell[by_hour] % hours, kind="stable")]
    led_to = np.repeat(net.link_to[hours:], through)
    direct = used[net.cell[used] >= net.stretches]
    stretch = np.concatenate([led_to, net.cell[direct]]) - net.stretches
    band = net.band[np.concatenate([by_hour, direct])]
    order = np.argsort(stretch, kind="stable")
    stretch, band = stretch[order], band[order]
    nth = counted(np.unique(stretch, return_counts=True)[1])
    slots = np.flatnonzero(free)
    return band, slots[np.searchsorted(slots, net.first[stretch]) + nth]
