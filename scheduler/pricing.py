"""The flow of a shortlist of bands finds the prices of all.

First a sample of the requests, each counted several times, gives rough prices. They choose a
shortlist of each request's bands, whose flow gives finer prices, which choose a better list.
At last the relaxation sharpens the bound, where it is not too large.
"""

from dataclasses import dataclass

import numpy as np

from scheduler.catalogue import GRAIN, Catalogue
from scheduler.clashes import Clash
from scheduler.flow import Flow, Network, best_flow, network
from scheduler.ground import Whole
from scheduler.patience import Patience
from scheduler.prices import Prices
from scheduler.proof import Proof, Shortlist, listing, prove
from scheduler.relaxation import Relaxation

# So many arcs may lead from the sample, and so many bands are listed of each request.
SAMPLE_ARCS = 400_000
SMALLEST_SAMPLE = 800
LISTED = 64
MOST_FLOWS = 2
MOST_RELAXATIONS = 3
# A relaxation begins with so many bands of each request: fewer teach it wrong prices. Where that
# comes to more bands than it can bear, there is none.
NEAR, MOST_RELAXED = 24, 600_000
# What bumping a slot costs in a relaxation, in spans of anybody's points.
DEAR = 5
# The prices are fine once another relaxation would improve the bound by no more than this share.
FINE = 1 / 30_000
# More passes than any chain of requests that move up for one another is ever long.
MOST_PASSES = 400
FAR = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, slots=True)
class Priced:
    """The best proof, prices to choose by, all bands worth a thought, and those to begin with."""

    proof: Proof
    guide: Prices
    listed: Shortlist
    used: Shortlist


def priced(catalogue: Catalogue) -> Priced:
    """Find prices that prove a good bound, soon."""
    best = prove(catalogue, _sampled(catalogue), LISTED)
    guide, listed, used = best.prices, best.shortlist, best.shortlist
    for _ in range(MOST_FLOWS if catalogue.requests else 0):
        guide, used = flow_prices(catalogue, listed)
        proof = prove(catalogue, guide, LISTED)
        listed = Shortlist.joined([listed, proof.shortlist, used])
        best = min(proof, best, key=lambda one: one.bound)
    return Priced(best, guide, listed.at(catalogue, guide), used)


class Sharpening:
    """Rounds of a relaxation, each of which proves a sharper bound; they go on in a thread.

    What bumping costs is small here: huge numbers are what linear programmes bear worst, and
    where the least weight is not reached, this bound still tells how much as light a grid scores.
    """

    def __init__(self, catalogue: Catalogue, rough: Priced, patience: Patience) -> None:
        self.catalogue = catalogue
        self.even = catalogue.valued(min(DEAR * catalogue.span, catalogue.weight_value))
        self.rough = rough
        self.patience = patience
        self.listed = rough.listed
        self.best: Proof | None = None
        self.near = Shortlist.joined([rough.listed.nearest(NEAR), rough.used])
        self.clashes: set[Clash] = set()
        self.rounds = MOST_RELAXATIONS if 0 < len(self.near.net) <= MOST_RELAXED else 0

    def evenly(self) -> Proof:
        """What the rough prices prove where bumping costs little.

        Where somebody is bumped who need not be, it is only this which still says how much as
        light a grid can score.
        """
        return prove(self.even, self.rough.proof.prices, LISTED)

    def begin(self) -> Relaxation | None:
        """Begin another round; None when it would not be worth it."""
        if self.rounds <= 0 or self.patience.left <= 0:
            return None
        self.rounds -= 1
        return Relaxation(self.even, self.near, sorted(self.clashes), self.patience)

    def end(self, relaxation: Relaxation) -> Priced | None:
        """Wait for a round, and learn from it; None when there was no time to."""
        found = relaxation.result()
        if found is None:
            self.rounds = 0
            return None
        proof = prove(self.even, found.prices, LISTED)
        self.best = min(proof, self.best or proof, key=lambda one: one.bound)
        self.listed = Shortlist.joined([self.listed, found.used])
        # More bands could improve the bound by no more than what it is above the relaxation.
        is_fine = proof.bound <= GRAIN * (found.value + FINE * self.even.widest)
        if is_fine and (self.clashes or not found.clashes):
            self.rounds = 0
        self.near = Shortlist.joined([self.near, proof.shortlist.nearest(NEAR // 2)])
        self.clashes |= found.clashes
        guide = self.rough.guide
        return Priced(self.best, guide, self.listed.at(self.catalogue, guide), found.used)


def _sampled(catalogue: Catalogue) -> Prices:
    """Rough prices, from some of the requests."""
    free = Prices.none(catalogue.ground)
    channels, hours = catalogue.ground.cells
    count = len(catalogue.requests)
    size = min(count, max(SMALLEST_SAMPLE, SAMPLE_ARCS // (channels * hours)))
    if not size:
        return free
    rows = np.sort(np.random.default_rng(0).choice(count, size, replace=False))
    listed = Shortlist.joined(
        listing(catalogue, free, row, catalogue.bands(row)) for row in rows.tolist()
    )
    times = int(catalogue.lengths.sum()) // int(catalogue.lengths[rows].sum())
    return flow_prices(catalogue, listed, times)[0]


def flow_prices(
    catalogue: Catalogue, listed: Shortlist, times: int = 1
) -> tuple[Prices, Shortlist]:
    """The prices of the best flow of a list, and the bands that it uses."""
    ground = catalogue.ground
    sold_room = np.full(ground.cells, ground.problem.rules.sold_per_hour)
    net = network(catalogue, listed, ground.unreserved, sold_room)
    flow = best_flow(catalogue, net, times)
    least, most = _least(catalogue, net, flow), _greatest(catalogue, net, flow)
    # All prices between are best, too; those in the middle are fair to whoever has a choice.
    cost = np.where(most < FAR // 2, (least + most) // 2, least)
    hours = net.hours
    plain = np.repeat(cost[net.stretches :], net.end - net.first).reshape(ground.shape)
    surcharge = np.maximum(0, cost[hours : 2 * hours] - cost[:hours]).reshape(ground.cells)
    sold = plain + surcharge[:, ground.hour(np.arange(ground.problem.starts))]
    return Prices(ground, plain, sold), listed.only(np.unique(net.band[flow.arcs > 0]))


def _least(catalogue: Catalogue, net: Network, flow: Flow) -> Whole:
    """The least prices of cells under which everyone in the flow is where they like best.

    Somebody in cell `c` who would gain `g` in cell `d` makes `d` cost at least the price of
    `c` plus `g`; somebody bumped makes each cell cost at least their worth there.
    """
    order = np.argsort(net.cell, kind="stable")
    cells, begins = np.unique(net.cell[order], return_index=True)
    person, worth = net.person[order], net.worth[order]
    used = np.flatnonzero(flow.arcs)
    bumped = (flow.bumped > 0) & ~catalogue.must[net.people]
    cost = np.zeros(net.cells, dtype=np.int64)
    hour, sold, stretch = np.split(cost, [net.hours, net.stretches])
    room_for_sold = flow.links[: net.hours] < net.link_room[: net.hours]
    hour_of, led = net.link_from[net.hours :], np.flatnonzero(flow.links[net.hours :])
    for _ in range(MOST_PASSES):
        before = cost.copy()
        pays = np.where(bumped, 0, -FAR)
        np.maximum.at(pays, net.person[used], cost[net.cell[used]] - net.worth[used])
        cost[cells] = np.maximum(cost[cells], np.maximum.reduceat(pays[person] + worth, begins))
        # Whoever may have any slot of an hour has the cheapest.
        np.maximum(hour, sold, out=hour, where=room_for_sold)
        np.maximum.at(hour, hour_of[led], stretch[led])
        np.maximum(stretch, hour[hour_of], out=stretch)
        np.maximum(sold, hour, out=sold)
        if (cost == before).all():
            break
    return cost


def _greatest(catalogue: Catalogue, net: Network, flow: Flow) -> Whole:
    """The greatest prices under which everyone in the flow is where they like best.

    A slot to spare costs nothing; nobody pays more than what they would gain by being here
    instead of elsewhere, or nowhere. `FAR` and more where nothing sets a limit.
    """
    order = np.argsort(net.person, kind="stable")
    begins = np.unique(net.person[order], return_index=True)[1]
    cell, worth = net.cell[order], net.worth[order]
    used = np.flatnonzero(flow.arcs)
    cost = np.full(net.cells, FAR)
    hour, sold, stretch = np.split(cost, [net.hours, net.stretches])
    room_for_sold = flow.links[: net.hours] < net.link_room[: net.hours]
    hour_of, led = net.link_from[net.hours :], np.flatnonzero(flow.links[net.hours :])
    taken = np.bincount(net.cell[used], flow.arcs[used], net.cells)[net.stretches :]
    is_open = np.flatnonzero(net.room)
    stretch[taken + flow.links[net.hours :] < net.room] = 0
    must = catalogue.must[net.people]
    for _ in range(MOST_PASSES):
        before = cost.copy()
        elsewhere = np.minimum.reduceat(cost[cell] - worth, begins)
        elsewhere = np.where(must, elsewhere, np.minimum(elsewhere, 0))
        np.minimum.at(cost, net.cell[used], elsewhere[net.person[used]] + net.worth[used])
        np.minimum.at(hour, hour_of[is_open], stretch[is_open])
        np.minimum(hour, sold, out=hour)
        stretch[led] = np.minimum(stretch[led], hour[hour_of[led]])
        np.minimum(sold, hour, out=sold, where=room_for_sold)
        if (cost == before).all():
            break
    return cost
