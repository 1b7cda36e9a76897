"""Requests that only need a free slot are seated all at once, and none could be better off.

Once everybody that other rules bind has a place, what is left is an assignment: one slot for
one request. A min-cost flow through the clock hours solves it exactly.
"""

from collections import Counter

import numpy as np
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]

from scheduler.catalogue import Catalogue, counted
from scheduler.ground import Starts, Whole
from scheduler.prices import require_optimal
from scheduler.problem import Kind, Place, Problem, Request
from scheduler.taken import Taken

# Beyond so many choices in all, each request keeps only those nearest to its best.
MOST_CHOICES = 600_000


def easy(problem: Problem) -> set[str]:
    """The requests bound by no rule but their own limits and one request a slot."""
    of_holder = Counter(request.holder for request in problem.requests)
    return {
        request.id
        for request in problem.requests
        if _stands_alone(request) and of_holder[request.holder] == 1 and not problem.fixed(request)
    }


def seat(catalogue: Catalogue, taken: Taken, names: set[str], loss: Whole) -> None:
    """Lift the named easy requests and place them as well as the free slots allow.

    `loss` is each band's shortfall from its request's best at the going prices.
    """
    for name in names & taken.places.keys():
        taken.lift(catalogue.requests[catalogue.index[name]])
    free: Starts = catalogue.ground.unreserved & ~taken.occupied
    mine = np.isin(catalogue.owner, [catalogue.index[name] for name in names])
    chosen = np.flatnonzero(mine)
    if len(chosen) > MOST_CHOICES:
        chosen = _nearest(catalogue, chosen, loss, MOST_CHOICES // len(names))
    for position, place in _assign(catalogue, free, chosen):
        taken.place(catalogue.requests[position], place)


def _stands_alone(request: Request) -> bool:
    plain = request.length == 1 and request.kind == Kind.SEGMENT
    return plain and not request.sold and request.together is None


def _nearest(catalogue: Catalogue, chosen: Whole, loss: Whole, most: int) -> Whole:
    """The bands with the least loss of each request; equals are shuffled, not piled up."""
    shuffle = np.random.default_rng(0).permutation(len(chosen))
    order = np.lexsort((shuffle, loss[chosen], catalogue.owner[chosen]))
    chosen = chosen[order]
    owner = catalogue.owner[chosen]
    begins = np.searchsorted(owner, owner, side="left")
    kept: Whole = chosen[np.arange(len(chosen)) - begins < most]
    return kept


def _assign(catalogue: Catalogue, free: Starts, chosen: Whole) -> list[tuple[int, Place]]:
    """The best places for the chosen bands' requests among the free slots.

    A band that holds all free slots of its hour leads to the hour; another, to each slot.
    """
    ground, bands = catalogue.ground, catalogue.all.only(chosen)
    slots = np.flatnonzero(free)
    row = bands.channel * ground.problem.starts
    low, high = (np.searchsorted(slots, row + start) for start in (bands.first, bands.end))
    hour = ground.hour(bands.first)
    hour_begins = row + hour * ground.problem.starts_per_hour
    hour_ends = row + np.minimum((hour + 1) * ground.problem.starts_per_hour, ground.problem.starts)
    whole = (low == np.searchsorted(slots, hour_begins)) & (
        high == np.searchsorted(slots, hour_ends)
    )
    whole &= high > low
    people, person = np.unique(catalogue.owner[chosen], return_inverse=True)
    cost = -catalogue.value[chosen]

    part = np.flatnonzero(~whole)
    many = (high - low)[part]
    single = np.repeat(low[part], many) + counted(many)
    slot_node, cell_node = len(people), len(people) + len(slots)
    sink = cell_node + ground.cells[0] * ground.cells[1]
    slot_channel, slot_start = np.divmod(slots, ground.problem.starts)
    cell_of_slot = slot_channel * ground.cells[1] + ground.hour(slot_start)

    flow = min_cost_flow.SimpleMinCostFlow()
    cell = bands.channel * ground.cells[1] + hour
    to_cell = _arcs(flow, person[whole], cell_node + cell[whole], cost[whole])
    to_slot = _arcs(
        flow, np.repeat(person[part], many), slot_node + single, np.repeat(cost[part], many)
    )
    every = np.arange(len(slots))
    inside = _arcs(flow, cell_node + cell_of_slot, slot_node + every, np.zeros_like(every))
    _arcs(flow, slot_node + every, np.full_like(every, sink), np.zeros_like(every))
    everyone = np.arange(len(people))
    _arcs(flow, everyone, np.full_like(everyone, sink), np.zeros_like(everyone))
    supply = np.append(np.ones_like(everyone), -len(people))
    flow.set_nodes_supplies(np.append(everyone, sink), supply)
    require_optimal(flow)
    used = np.flatnonzero(flow.flows(to_slot))
    found = list(zip(np.repeat(person[part], many)[used], single[used], strict=True))
    used = np.flatnonzero(flow.flows(to_cell))
    guests = person[whole][used][np.argsort(cell[whole][used], kind="stable")]
    # Slots come by channel and start, and so do the cells they are in.
    found += zip(guests, np.flatnonzero(flow.flows(inside)), strict=True)
    return [
        (int(people[one]), Place(int(slot_channel[slot]), int(slot_start[slot])))
        for one, slot in found
    ]


def _arcs(flow: min_cost_flow.SimpleMinCostFlow, tails: Whole, heads: Whole, cost: Whole) -> Whole:
    arcs: Whole = flow.add_arcs_with_capacity_and_unit_cost(tails, heads, np.ones_like(tails), cost)
    return arcs
