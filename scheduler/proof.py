"""Any prices of the week's slots prove a bound; the best flow's prices prove a sharp one.

Weak duality: let each slot have a price, and each of the sold slots that a clock hour may hold
a surcharge. Whatever rule-abiding grid there is, its value is at most what all slots cost
together plus, for each party of requests, the most that its choices (or being bumped) are worth
above their price. All sums are of integers, so the bound is exact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduler.catalogue import CLOSED, GRAIN, Catalogue, counted
from scheduler.grid import Certificate
from scheduler.ground import Bands, Whole, joined
from scheduler.parties import most_at_once, parties
from scheduler.prices import Prices
from scheduler.problem import Place

Mask = npt.NDArray[np.bool_]
# Bands that differ by less than this part of a request's usual points are as good as each other.
ALIKE = 16
NONE = Bands(*(np.zeros(0, dtype=np.int64) for _ in range(4)))


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Some bands of many requests, by row, with what each is worth above its price, in grains."""

    owner: Whole
    bands: Bands
    net: Whole

    def only(self, chosen: Mask | Whole) -> "Shortlist":
        """Those that a mask or an index chooses."""
        return Shortlist(self.owner[chosen], self.bands.only(chosen), self.net[chosen])

    def of(self, row: int) -> "Shortlist":
        """Those of one request."""
        return self.only(np.arange(*np.searchsorted(self.owner, [row, row + 1])))

    def among(self, other: "Shortlist") -> Mask:
        """Which of its bands are on another list too."""
        mine, theirs = (
            (one.owner << 40) + (one.bands.channel << 24) + one.bands.first for one in (self, other)
        )
        found: Mask = np.isin(mine, theirs)
        return found

    def at(self, catalogue: Catalogue, prices: Prices) -> "Shortlist":
        """The same bands at other prices."""
        lengths, sold = catalogue.lengths[self.owner], catalogue.sold[self.owner]
        net = catalogue.values(self.bands.points, self.owner)
        for length, is_sold in sorted({(one.length, one.sold) for one in catalogue.requests}):
            alike = np.flatnonzero((lengths == length) & (sold == is_sold))
            net[alike] -= prices.cheapest(length, is_sold, self.bands.only(alike))
        return Shortlist(self.owner, self.bands, net)

    def nearest(self, most: int) -> "Shortlist":
        """So many of each request, those worth most."""
        order = np.lexsort((-self.net, self.owner))
        owner = self.owner[order]
        place = np.arange(len(owner)) - np.searchsorted(owner, owner)
        return self.only(np.sort(order[place < most]))

    @classmethod
    def joined(cls, lists: Iterable["Shortlist"]) -> "Shortlist":
        """Several as one, each band once."""
        parts = [cls(NONE.first, NONE, NONE.first), *lists]
        owner = np.concatenate([one.owner for one in parts])
        bands = joined(*(one.bands for one in parts))
        order = np.lexsort((bands.first, bands.channel, owner))
        key = np.stack([owner, bands.channel, bands.first])[:, order]
        new = np.append(True, (key[:, 1:] != key[:, :-1]).any(axis=0))[: len(order)]
        whole = cls(owner, bands, np.concatenate([one.net for one in parts]))
        return whole.only(order[new])


@dataclass(frozen=True, slots=True)
class Proof:
    """What prices prove: no grid's value is above `bound`, in grains.

    `best` is each request's most above its price, `left_out` the most of what is not on its
    shortlist. A grid that uses a band stays below `bound` by at least `best - slack - net`.
    """

    catalogue: Catalogue
    prices: Prices
    bound: int
    best: Whole
    slack: Whole
    left_out: Whole
    shortlist: Shortlist

    @property
    def certificate(self) -> Certificate:
        """What it says of every grid."""
        return Certificate(self.bound // GRAIN, self.catalogue.weight_value)

    def within(self, places: Mapping[str, Place]) -> Shortlist | None:
        """All bands that a grid of more value may use, if they are listed."""
        room = self.bound - self.catalogue.value_of(places)
        if (self.best - self.slack - self.left_out < room).any():
            return None
        listed = self.shortlist
        loss = (self.best - self.slack)[listed.owner] - listed.net
        return listed.only(loss < room)

    def losses(self, places: Mapping[str, Place]) -> Whole:
        """How much each request falls short of its best where it is; if it is bumped, by all."""
        losses = self.best.copy()
        for name in places:
            losses[self.catalogue.index[name]] = self.loss(name, places[name])
        return losses

    def loss(self, name: str, place: Place | None) -> int:
        """How much one request falls short of its best at a place; if it has none, by all."""
        best = int(self.best[self.catalogue.index[name]])
        if place is None:
            return best
        request = self.catalogue.ground.problem.request[name]
        cost = self.prices.costs(request.length, request.sold)[place.channel, place.start]
        return best - self.catalogue.value_at(name, place) + int(cost)


def prove(catalogue: Catalogue, prices: Prices, most: int) -> Proof:
    """The bound that prices prove, with a shortlist of so many bands of each request."""
    count, tied = len(catalogue.requests), 0
    best = np.where(catalogue.must, CLOSED, 0)
    slack, left_out = np.zeros(count, dtype=np.int64), np.full(count, CLOSED)
    listed: list[Shortlist] = []
    chance = np.random.default_rng(0)
    alike = GRAIN * int(catalogue.most.mean()) // ALIKE if count else 0
    for party in parties(catalogue.ground.problem):
        rows, at_starts = list(party), []
        for row in rows:
            everything = listing(catalogue, prices, row, catalogue.bands(row))
            if len(everything.net):
                best[row] = max(int(best[row]), int(everything.net.max()))
            if len(rows) > 1:
                at_starts.append(_at_starts(catalogue, prices, everything))
            kept, left_out[row] = _worth_most(everything, most, alike, chance)
            listed.append(kept)
        best[rows] = np.where(best[rows] == CLOSED, 0, best[rows])
        if len(rows) > 1:
            at_once = most_at_once(catalogue.ground.problem, rows, at_starts)
            slack[rows] = best[rows].sum() - at_once
            tied += int(slack[rows[0]])
    bound = prices.rent() + int(best.sum()) - tied
    return Proof(catalogue, prices, bound, best, slack, left_out, Shortlist.joined(listed))


def listing(catalogue: Catalogue, prices: Prices, row: int, bands: Bands) -> Shortlist:
    """Bands of one request as a list."""
    request = catalogue.requests[row]
    net = catalogue.values(bands.points, row) - prices.cheapest(request.length, request.sold, bands)
    return Shortlist(np.full(len(net), row), bands, net)


def _at_starts(catalogue: Catalogue, prices: Prices, listed: Shortlist) -> Whole:
    """The most that a request is worth above its price at each start, on whatever channel."""
    net = np.full(catalogue.ground.problem.starts, CLOSED)
    bands = listed.bands
    if len(bands):
        request = catalogue.requests[int(listed.owner[0])]
        many = bands.end - bands.first
        channel = np.repeat(bands.channel, many)
        start = np.repeat(bands.first, many) + counted(many)
        value = catalogue.values(np.repeat(bands.points, many), int(listed.owner[0]))
        np.maximum.at(
            net, start, value - prices.costs(request.length, request.sold)[channel, start]
        )
    return net


def _worth_most(
    listed: Shortlist, most: int, alike: int, chance: np.random.Generator
) -> tuple[Shortlist, int]:
    """So many of a list, and the most of the rest; those alike are shuffled, not piled up."""
    if len(listed.net) <= most:
        return listed, CLOSED
    order = np.argpartition(chance.integers(0, alike + 1, len(listed.net)) - listed.net, most)
    return listed.only(np.sort(order[:most])), int(listed.net[order[most:]].max())
