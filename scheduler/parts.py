"""Parts of a grid are placed anew, several at once, each as if everybody else stayed.

What two of them find may not go together: each is held against the rules again when it is done,
in the order in which they were begun, so that the same parts always make the same grid.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scheduler import rules, wishes
from scheduler.catalogue import GRAIN, Catalogue, bands_of
from scheduler.ground import Bands
from scheduler.model import Model
from scheduler.neighbours import Neighbours
from scheduler.patience import Patience, Run
from scheduler.problem import Place
from scheduler.proof import Proof
from scheduler.taken import Taken

BANDS_IN_PART = 24
MOST_TOLD_APART = 300
EFFORT = 0.5
# About so long it takes to choose a part.
DRAW_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Part:
    """Some requests that are being placed anew."""

    names: frozenset[str]
    model: Model
    run: Run


class Parts:
    """A grid that gets better part by part."""

    def __init__(self, catalogue: Catalogue, patience: Patience) -> None:
        self.catalogue = catalogue
        self.patience = patience
        self.taken = Taken(catalogue.ground)
        self.neighbours = Neighbours(catalogue, np.random.default_rng(patience.seed))
        self._under_way: deque[Part] = deque()

    def begin(self, proof: Proof, places: Mapping[str, Place]) -> None:
        """Go on from other places, by other prices."""
        self.leave()
        self.proof = proof
        self.taken = Taken(self.catalogue.ground)
        self.taken.place_all(places)
        self.neighbours.begin(proof, places)

    def leave(self) -> None:
        """Wait for nothing that is still under way."""
        while self._under_way:
            self._under_way.popleft().run.stop()

    def improve(self, at_once: int) -> bool:
        """Place one more part anew; whether that made the grid better."""
        self.patience.work(DRAW_SECONDS)
        while len(self._under_way) < at_once:
            busy = [part.names for part in self._under_way]
            names = self.neighbours.draw() - frozenset().union(*busy)
            if not names:
                break
            self._under_way.append(self._begun(frozenset(names)))
        if not self._under_way:
            return False
        part = self._under_way.popleft()
        outcome = part.run.outcome()
        return outcome is not None and self._move(part.names, part.model.read(outcome.value))

    def _begun(self, names: frozenset[str]) -> Part:
        """Lift them to see what everybody else leaves them, and put them back."""
        before = {name: self.taken.places[name] for name in names & self.taken.places.keys()}
        self.taken.lift_all(before)
        choices = {name: self._choices(name, before.get(name)) for name in sorted(names)}
        model = rules.model_of(self.catalogue.ground, self.taken, choices, before)
        unit = sum(int(abs(bands.points).max(initial=0)) for bands in choices.values()) * 2 + 1
        model.cp.maximize(model.score() - unit * model.weight())
        self.taken.place_all(before)
        return Part(names, model, self.patience.begin(model.cp, EFFORT, linear=True))

    def _move(self, names: frozenset[str], places: Mapping[str, Place]) -> bool:
        """Move them, if that is better and keeps the rules; whether it was."""
        before = {name: self.taken.places[name] for name in names & self.taken.places.keys()}
        if self.catalogue.value_of(places) <= self.catalogue.value_of(before):
            return False
        self.taken.lift_all(before)
        if not rules.place_open(self.taken, places):
            self.taken.place_all(before)
            return False
        for name in names:
            self.neighbours.move(name, before.get(name), places.get(name))
        return True

    def _choices(self, name: str, own: Place | None) -> Bands:
        """The bands that the others leave to a request: those nearest to its best, and its own."""
        ground = self.catalogue.ground
        request = ground.problem.request[name]
        starts = rules.left_open(self.taken, request, rules.openings(ground, request))
        if starts.sum() <= MOST_TOLD_APART:
            bands = ground.single_starts(starts, wishes.points(ground, request))
        else:
            bands = bands_of(ground, request, starts)
        cost = self.proof.prices.cheapest(request.length, request.sold, bands)
        nearest = np.argsort(cost - GRAIN * bands.points, kind="stable")[:BANDS_IN_PART]
        return with_own(self.catalogue, name, bands.only(np.sort(nearest)), own)


def with_own(catalogue: Catalogue, name: str, bands: Bands, own: Place | None) -> Bands:
    """The bands, with the start that the request has now."""
    if own is None:
        return bands
    here = (bands.channel == own.channel) & (bands.first <= own.start)
    if (here & (own.start < bands.end)).any():
        return bands
    columns = (bands.channel, bands.first, bands.end, bands.points)
    start = (own.channel, own.start, own.start + 1, catalogue.points_at(name, own))
    return Bands(*(np.append(column, one) for column, one in zip(columns, start, strict=True)))
