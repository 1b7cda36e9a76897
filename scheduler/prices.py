"""Any prices of the week's slots prove a bound; the best flow's prices prove a sharp one.

Weak duality: let each slot of a channel's stretch have a price, and each of the sold slots
that a clock hour may hold a surcharge. Whatever rule-abiding grid there is, its value is at
most what all slots cost together plus, for each request, the most that one of its choices (or
being bumped) is worth above its price. All sums are of integers, so the bound is exact.
"""

from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]

from scheduler.catalogue import CLOSED, Catalogue
from scheduler.ground import Bands, Ground, Whole
from station.errors import Fault

# More passes than any chain of requests that move up for one another is ever long.
MOST_PASSES = 400
FAR = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Prices:
    """What a slot of each channel's stretch costs, for any request and for a sold one."""

    ground: Ground
    plain: Whole
    sold: Whole
    _costs: dict[tuple[int, bool], list[Whole]] = field(default_factory=dict)

    def cheapest(self, length: int, sold: bool, bands: Bands) -> Whole:
        """What so many slots cost at the cheapest start of each band."""
        costs = self._lookup(length, sold)
        reach = np.frexp(bands.end - bands.first)[1].astype(np.int64) - 1
        least = np.zeros(len(bands), dtype=np.int64)
        for power in range(len(costs)):
            here = reach == power
            channel, last = bands.channel[here], bands.end[here] - (1 << power)
            least[here] = np.minimum(
                costs[power][channel, bands.first[here]], costs[power][channel, last]
            )
        return least

    def rent(self) -> int:
        """What all slots cost together, and the surcharge of all that may be sold."""
        ground = self.ground
        slots = ground.open_slots(ground.unreserved, ground.stretch_first)
        hours = np.arange(0, ground.problem.starts, ground.problem.starts_per_hour)
        dearest = np.maximum.reduceat(self.sold - self.plain, ground.stretch(hours), axis=1)
        surcharge = int(dearest.sum()) * ground.problem.rules.sold_per_hour
        return int((slots * self.plain).sum()) + surcharge

    def _lookup(self, length: int, sold: bool) -> list[Whole]:
        """For each power of two, the least cost among so many starts from each start on."""
        key = (length, sold)
        if key not in self._costs:
            by_stretch = self.sold if sold else self.plain
            slot = by_stretch[:, self.ground.stretch(np.arange(self.ground.problem.starts))]
            until = np.concatenate([np.zeros_like(slot[:, :1]), slot.cumsum(axis=1)], axis=1)
            ends = np.minimum(np.arange(slot.shape[1]) + length, slot.shape[1])
            least = [until[:, ends] - until[:, :-1]]
            widest = min(self.ground.problem.starts_per_hour, self.ground.problem.starts)
            while 1 << len(least) <= widest:
                half = 1 << (len(least) - 1)
                below = least[-1]
                ahead = np.concatenate([below[:, half:], below[:, -1:].repeat(half, 1)], axis=1)
                least.append(np.minimum(below, ahead[:, : below.shape[1]]))
            self._costs[key] = least
        return self._costs[key]


@dataclass(frozen=True, slots=True)
class Proof:
    """What prices prove: no grid's value is above `bound`.

    `net` is each band's worth above its price and `best` each request's most: a grid that
    uses a band stays below `bound` by at least `best - net`.
    """

    bound: int
    net: Whole
    best: Whole

    def loss(self, catalogue: Catalogue) -> Whole:
        """How much each band falls short of its request's best."""
        return self.best[catalogue.owner] - self.net


def prove(catalogue: Catalogue, prices: Prices) -> Proof:
    """The bound that prices prove."""
    net = catalogue.value.copy()
    lengths, sold = catalogue.lengths[catalogue.owner], catalogue.sold[catalogue.owner]
    for length, is_sold in sorted({(one.length, one.sold) for one in catalogue.requests}):
        alike = (lengths == length) & (sold == is_sold)
        net[alike] -= prices.cheapest(length, is_sold, catalogue.all.only(alike))
    best = np.where(catalogue.must, CLOSED, 0)
    np.maximum.at(best, catalogue.owner, net)
    best = np.where(best == CLOSED, 0, best)
    return Proof(prices.rent() + int(best.sum()), net, best)


def by_flow(catalogue: Catalogue) -> Prices:
    """The prices of the best flow of requests into stretches.

    The flow holds each stretch's slots and sold slots and nothing else. A long request counts as
    single slots that may part: its prices are then not the best, and no less valid.
    """
    table = catalogue.best_by_stretch()
    unit = np.where(table == CLOSED, CLOSED, table // np.maximum(catalogue.lengths, 1)[:, None])
    flow = _solve(catalogue, unit)
    return _prices(catalogue, unit, flow)


def _solve(catalogue: Catalogue, unit: Whole) -> Whole:
    """How many slots of each request lie in each cell."""
    count, cells = unit.shape
    rows, columns = np.nonzero(unit != CLOSED)
    sold = catalogue.sold[rows]
    cell_node, sold_node, sink = count, count + cells, count + 2 * cells
    ground = catalogue.ground
    slots = ground.open_slots(ground.unreserved, ground.stretch_first).ravel()
    network = min_cost_flow.SimpleMinCostFlow()
    lengths = catalogue.lengths
    arcs = network.add_arcs_with_capacity_and_unit_cost(
        rows, columns + np.where(sold, sold_node, cell_node), lengths[rows], -unit[rows, columns]
    )
    every = np.arange(cells)
    most_sold = np.full(cells, ground.problem.rules.sold_per_hour)
    nothing = np.zeros(cells, dtype=np.int64)
    _add(network, sold_node + every, cell_node + every, most_sold, nothing)
    _add(network, cell_node + every, np.full(cells, sink), slots, nothing)
    # A request that must not be bumped still may be, at a cost beyond all others: its long
    # slots could be too many for the hour it starts in.
    dear = np.where(catalogue.must, abs(unit[unit != CLOSED]).max(initial=0) + 1, 0)
    everyone = np.arange(count)
    _add(network, everyone, np.full(count, sink), lengths, dear)
    network.set_nodes_supplies(
        np.append(everyone, sink), np.append(lengths, -int(lengths.sum())).astype(np.int64)
    )
    require_optimal(network)
    flow = np.zeros_like(unit)
    flow[rows, columns] = network.flows(arcs)
    return flow


def require_optimal(network: min_cost_flow.SimpleMinCostFlow) -> None:
    """Solve a flow that always has a solution. Raises Fault when the solver finds none."""
    status = network.solve()
    if status != network.OPTIMAL:
        raise Fault(f"The flow through the week's hours ended as {status.name}.", permanent=True)


def _add(
    network: min_cost_flow.SimpleMinCostFlow, tails: Whole, heads: Whole, room: Whole, cost: Whole
) -> None:
    network.add_arcs_with_capacity_and_unit_cost(tails, heads, room, cost)


def _prices(catalogue: Catalogue, unit: Whole, flow: Whole) -> Prices:
    """The least prices under which everyone in the flow is where they like best.

    Somebody in cell `c` who would gain `g` in cell `d` makes `d` cost at least the price of
    `c` plus `g`; somebody bumped makes each cell cost at least their value there.
    """
    left_out = flow.sum(axis=1) < catalogue.lengths
    full = flow[catalogue.sold].sum(axis=0) >= catalogue.ground.problem.rules.sold_per_hour
    gains, floors = [], []
    for kind in (~catalogue.sold, catalogue.sold):
        gains.append(_gains(unit[kind], flow[kind]))
        floors.append(np.maximum(unit[kind & left_out & ~catalogue.must].max(axis=0, initial=0), 0))
    plain, sold = floors
    for _ in range(MOST_PASSES):
        before = int(plain.sum()) + int(sold.sum())
        plain = np.maximum(plain, (plain[:, None] + gains[0]).max(axis=0))
        sold = np.maximum(np.maximum(sold, plain), (sold[:, None] + gains[1]).max(axis=0))
        plain = np.where(full, plain, sold)
        if int(plain.sum()) + int(sold.sum()) == before:
            break
    shape = catalogue.ground.stretches
    return Prices(catalogue.ground, plain.reshape(shape), sold.reshape(shape))


def _gains(unit: Whole, flow: Whole) -> Whole:
    """For each two cells, the most that anybody in the first would gain in the second."""
    cells = unit.shape[1]
    gains = np.full((cells, cells), -FAR)
    who, where = np.nonzero(flow)
    for cell in np.unique(where):
        here = who[where == cell]
        gain = np.where(unit[here] == CLOSED, -FAR, unit[here] - unit[here, cell][:, None])
        gains[cell] = gain.max(axis=0)
    return gains
