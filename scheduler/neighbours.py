"""Who is placed anew together: somebody who could do better, with those in their way."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from scheduler.catalogue import Catalogue
from scheduler.ground import Whole
from scheduler.problem import Kind, Place
from scheduler.proof import Proof

FEWEST_REQUESTS, MOST_REQUESTS = 12, 48
WANTED_CELLS = 4
# Silences lie so near to each other that they may be in each other's way.
SILENCE_HOURS = 2


class Neighbours:
    """Draws neighbourhoods; who was drawn in vain is drawn less often."""

    def __init__(self, catalogue: Catalogue, proof: Proof, random: np.random.Generator) -> None:
        self.catalogue = catalogue
        self.proof = proof
        self.random = random
        self.drawn = np.zeros(len(catalogue.requests), dtype=np.int64)

    def draw(self, places: Mapping[str, Place]) -> set[str]:
        """Names of requests to place anew, drawn by what each loses where it is now."""
        losses = self.proof.losses(self.catalogue, places) - self.proof.slack
        # A place that no prices see as worse may still be in another's way.
        chance = (np.maximum(losses, 0) + 1) / (1.0 + self.drawn) ** 2
        most = int(self.random.integers(FEWEST_REQUESTS, MOST_REQUESTS + 1))
        near = self._near(places)
        chosen: set[str] = set()
        for row in np.argsort(-chance * self.random.random(len(chance))).tolist():
            if len(chosen) >= most:
                break
            self.drawn[row] += 1
            chosen |= self._around(row, near)
        fixed = {self.catalogue.requests[row].id for row in np.flatnonzero(self.catalogue.must)}
        return chosen - fixed

    def _around(self, row: int, near: Mapping[tuple[str, object], list[str]]) -> set[str]:
        request = self.catalogue.requests[row]
        names = {request.id, *near["holder", request.holder]}
        if request.together is not None:
            names |= set(near["together", request.together])
        for channel, hour in self._wanted(row):
            names |= set(near["cell", (channel, hour)])
            if request.kind == Kind.SILENCE:
                names |= set(near["silence", (channel, hour // SILENCE_HOURS)])
        return names

    def _wanted(self, row: int) -> list[tuple[int, int]]:
        """Cells where the request would do best, some of them at random."""
        listed = self.proof.shortlist.of(row)
        order = np.argsort(-listed.net, kind="stable")[: WANTED_CELLS**2]
        some = order[np.sort(self.random.permutation(len(order))[:WANTED_CELLS])]
        best = listed.bands.only(np.append(order[:1], some))
        hours: Whole = self.catalogue.ground.hour(best.first)
        return list(dict.fromkeys(zip(best.channel.tolist(), hours.tolist(), strict=True)))

    def _near(self, places: Mapping[str, Place]) -> dict[tuple[str, object], list[str]]:
        """Who shares a holder, a group, or an hour."""
        near: dict[tuple[str, object], list[str]] = defaultdict(list)
        for request in self.catalogue.requests:
            near["holder", request.holder].append(request.id)
            if request.together is not None:
                near["together", request.together].append(request.id)
            place = places.get(request.id)
            if place is None:
                continue
            hour = place.start // self.catalogue.ground.problem.starts_per_hour
            near["cell", (place.channel, hour)].append(request.id)
            if request.kind == Kind.SILENCE:
                near["silence", (place.channel, hour // SILENCE_HOURS)].append(request.id)
        return near
