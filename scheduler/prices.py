"""Every slot has a price, for any request and for a sold one; a long request pays for them all.

Prices are in grains (`catalogue`).
"""

from dataclasses import dataclass, field

import numpy as np

from scheduler.ground import Bands, Ground, Whole


@dataclass(frozen=True)
class Prices:
    """What each slot costs, by channel and start: `plain` anybody, `sold` sold airtime."""

    ground: Ground
    plain: Whole
    sold: Whole
    _costs: dict[tuple[int, bool], list[Whole]] = field(default_factory=dict)

    @classmethod
    def none(cls, ground: Ground) -> "Prices":
        """Everything is free."""
        nothing = np.zeros(ground.shape, dtype=np.int64)
        return cls(ground, nothing, nothing)

    def rent(self) -> int:
        """What all open slots cost together, and the surcharge of all that may be sold."""
        ground = self.ground
        hours = np.arange(0, ground.problem.starts, ground.problem.starts_per_hour)
        surcharge = np.where(ground.unreserved, self.sold - self.plain, 0)
        dearest = np.maximum.reduceat(surcharge, hours, axis=1)
        most_sold = ground.problem.rules.sold_per_hour
        return int(self.plain[ground.unreserved].sum()) + int(dearest.sum()) * most_sold

    def costs(self, length: int, sold: bool) -> Whole:
        """What so many slots cost from each start on."""
        return self._lookup(length, sold)[0]

    def cheapest(self, length: int, sold: bool, bands: Bands) -> Whole:
        """What so many slots cost at the cheapest start of each band."""
        costs = self._lookup(length, sold)
        reach = np.frexp(bands.end - bands.first)[1].astype(np.int64) - 1
        least = np.zeros(len(bands), dtype=np.int64)
        for power in range(len(costs)):
            here = np.flatnonzero(reach == power)
            channel, first = bands.channel[here], bands.first[here]
            last = bands.end[here] - (1 << power)
            least[here] = np.minimum(costs[power][channel, first], costs[power][channel, last])
        return least

    def _lookup(self, length: int, sold: bool) -> list[Whole]:
        """For each power of two, the least cost among so many starts from each start on."""
        key = (length, sold)
        if key not in self._costs:
            slot = self.sold if sold else self.plain
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
