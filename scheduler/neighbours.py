"""Who is placed anew together: somebody who could do better, with those in their way."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from scheduler.catalogue import GRAIN, Catalogue
from scheduler.problem import Kind, Place
from scheduler.proof import Proof

FEWEST_REQUESTS, MOST_REQUESTS = 16, 80
MOST_CELLS = 40
WANTED_CELLS = 12
# Silences lie so near to each other that they may be in each other's way.
SILENCE_HOURS = 2


class Neighbours:
    """Draws neighbourhoods; who was drawn in vain is drawn less often."""

    def __init__(self, catalogue: Catalogue, random: np.random.Generator) -> None:
        self.catalogue = catalogue
        self.random = random
        self.drawn = np.zeros(len(catalogue.requests), dtype=np.int64)
        self._near: dict[tuple[str, object], set[str]] = defaultdict(set)
        for request in catalogue.requests:
            self._near["holder", request.holder].add(request.id)
            if request.together is not None:
                self._near["together", request.together].add(request.id)
        self._fixed = {catalogue.requests[row].id for row in np.flatnonzero(catalogue.must)}

    def begin(self, proof: Proof, places: Mapping[str, Place]) -> None:
        """Draw by a proof, beginning from some places."""
        self.proof = proof
        self.losses = proof.losses(places)
        for key in [key for key in self._near if key[0] in {"cell", "silence"}]:
            del self._near[key]
        for name, place in places.items():
            self._settle(name, place)

    def move(self, name: str, before: Place | None, after: Place | None) -> None:
        """Hear that somebody was moved."""
        for key in self._at(name, before):
            self._near[key].discard(name)
        self._settle(name, after)
        self.losses[self.catalogue.index[name]] = self.proof.loss(name, after)

    def draw(self) -> set[str]:
        """Names of requests to place anew, the first drawn by what each loses where it is now."""
        # A place that no prices see as worse may still be in another's way.
        lost = np.maximum(self.losses - self.proof.slack, 0) + GRAIN
        chance = lost / (1.0 + self.drawn) ** 2 * self.random.random(len(lost))
        most = int(self.random.integers(FEWEST_REQUESTS, MOST_REQUESTS + 1))
        row = int(chance.argmax())
        self.drawn[row] += 1
        names, cells = self._tied(row), 0
        while len(names) < most and cells < MOST_CELLS:
            cells += 1
            found = self._wanted(row, cells == 1)
            names |= {one for key in found for one in self._near[key]}
            # Whoever was in the way goes where they would do best in turn.
            follow = sorted(names)[int(self.random.integers(len(names)))]
            row = self.catalogue.index[follow]
            names |= self._tied(row)
        return names - self._fixed

    def _tied(self, row: int) -> set[str]:
        request = self.catalogue.requests[row]
        names = {request.id} | self._near["holder", request.holder]
        if request.together is not None:
            names |= self._near["together", request.together]
        return names

    def _wanted(self, row: int, best: bool) -> list[tuple[str, object]]:
        """A cell where the request would do best, or one of those where it would do well."""
        listed = self.proof.shortlist.of(row)
        if not len(listed.net):
            return []
        order = np.argsort(-listed.net, kind="stable")
        band = order[0 if best else int(self.random.integers(min(len(order), WANTED_CELLS)))]
        hour = int(listed.bands.first[band]) // self.catalogue.ground.problem.starts_per_hour
        return list(self._keys(row, int(listed.bands.channel[band]), hour))

    def _settle(self, name: str, place: Place | None) -> None:
        for key in self._at(name, place):
            self._near[key].add(name)

    def _at(self, name: str, place: Place | None) -> Iterator[tuple[str, object]]:
        if place is not None:
            hour = place.start // self.catalogue.ground.problem.starts_per_hour
            yield from self._keys(self.catalogue.index[name], place.channel, hour)

    def _keys(self, row: int, channel: int, hour: int) -> Iterator[tuple[str, object]]:
        """What a request shares with others in an hour; silences share more of it."""
        yield "cell", (channel, hour)
        if self.catalogue.requests[row].kind == Kind.SILENCE:
            yield "silence", (channel, hour // SILENCE_HOURS)
