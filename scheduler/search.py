"""A grid gets better by solving parts of it again, and is proven when the whole fits a model.

What could not be part of any better grid is left out first: at the proven prices, a grid
that uses a band falls short of the bound by at least the band's loss.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from scheduler import rules, wishes
from scheduler.catalogue import Catalogue, bands_of
from scheduler.conflict import place_fixed
from scheduler.draft import draft
from scheduler.grid import Best, measured
from scheduler.ground import Bands
from scheduler.model import Model
from scheduler.neighbours import Neighbours
from scheduler.patience import Patience
from scheduler.pricing import Priced, certificate, evenly, sharpened
from scheduler.problem import Place
from scheduler.proof import Shortlist
from scheduler.taken import Taken

Told = Callable[[Best], None]

# A problem with few bands left is solved whole; one with many part by part; and one between
# them is solved whole once some parts in a row were no better.
FEW_BANDS = 6_000
MOST_BANDS = 100_000
VAIN_PARTS = 3
BANDS_IN_PART = 60
MOST_TOLD_APART = 300
EFFORT_OF_PART = 0.5
EFFORT_OF_WHOLE = 1e9
SHARE_FOR_WEIGHT = 0.5


class Search:
    """The best grid so far, and the ways to a better one."""

    def __init__(
        self,
        catalogue: Catalogue,
        rough: Priced,
        taken: Taken,
        patience: Patience,
        told: Told,
    ) -> None:
        self.catalogue = catalogue
        self.rough = rough
        self.proof = rough.proof
        self.taken = taken
        self.patience = patience
        self.told = told
        self.sharp = False
        random = np.random.default_rng(patience.seed)
        self.neighbours = Neighbours(catalogue, self.proof, random)
        ids = np.array([request.id for request in catalogue.requests], dtype=object)
        self.must = frozenset(ids[catalogue.must])
        self.certificates = [certificate(catalogue, rough.proof)]
        self.best = measured(catalogue, dict(taken.places), self.certificates)
        told(self.best)

    def run(self) -> Best:
        """Search until the best is proven or patience ends."""
        vain = 0
        while not self.best.optimal and self.patience.left > 0:
            possible = self._possible()
            size = len(possible.net) if possible else MOST_BANDS
            if possible and (size <= FEW_BANDS or (size < MOST_BANDS and vain >= VAIN_PARTS)):
                self._whole(possible)
                break
            if not self.sharp:
                self._sharpen()
                continue
            before = self.best
            self._part()
            vain = vain + 1 if self.best is before else 0
        return self.best

    def _sharpen(self) -> None:
        """Prove a sharper bound, and draft the grid again by what that taught."""
        self.sharp = True
        found = sharpened(self.catalogue, self.rough, self.patience)
        self.proof = self.neighbours.proof = found.proof
        self.certificates.append(certificate(self.catalogue, found.proof))
        if self.best.weight:
            self.certificates.append(evenly(self.catalogue))
        known = measured(self.catalogue, self.best.places, self.certificates)
        self.best = replace(
            self.best,
            bound=min(self.best.bound, known.bound),
            least_weight=self.best.least_weight or known.least_weight,
        )
        again, _ = place_fixed(self.catalogue.ground)
        draft(self.catalogue, again, found)
        self._keep(dict(again.places))
        self.told(self.best)
        self.taken = Taken(self.catalogue.ground)
        for name, place in self.best.places.items():
            self.taken.place(self.catalogue.ground.problem.request[name], place)

    def _possible(self) -> Shortlist | None:
        """The bands that a better grid could use, when all of them are listed."""
        return self.proof.within(self.proof.bound - self.catalogue.value_of(self.best.places))

    def _whole(self, possible: Shortlist) -> None:
        """Solve the whole problem: first the least bumped weight, then the best score."""
        choices = {
            request.id: self._with_own(request.id, possible.of(row).bands)
            for row, request in enumerate(self.catalogue.requests)
        }
        if not self.best.least_weight:
            self._least_weight(choices)
        self._best_score(choices)

    def _least_weight(self, choices: Mapping[str, Bands]) -> None:
        model = self._model(Taken(self.catalogue.ground), choices)
        model.cp.maximize(-model.weight())
        outcome = self.patience.run(model.cp, EFFORT_OF_WHOLE, SHARE_FOR_WEIGHT)
        if outcome:
            self._keep(model.read(outcome.value))
            least = self.best.least_weight or outcome.proven
            self.best = replace(self.best, least_weight=least)

    def _best_score(self, choices: Mapping[str, Bands]) -> None:
        model = self._model(Taken(self.catalogue.ground), choices)
        model.cp.add(model.weight() <= self.best.weight)
        model.cp.maximize(model.score())
        outcome = self.patience.run(model.cp, EFFORT_OF_WHOLE, enough=self.best.bound)
        if outcome:
            self._keep(model.read(outcome.value))
            # What was left out scores no more than the grid it was left out for.
            proven = max(self.best.score, outcome.bound)
            self.best = replace(self.best, bound=min(self.best.bound, proven))

    def _part(self) -> None:
        """Lift some requests that could do better, with those in their way, and place anew."""
        names = self.neighbours.draw(self.best.places)
        for name in names & self.taken.places.keys():
            self.taken.lift(self.catalogue.ground.problem.request[name])
        choices = {name: self._left_for(name) for name in sorted(names)}
        model = self._model(self.taken, choices)
        unit = sum(int(abs(bands.points).max(initial=0)) for bands in choices.values()) * 2 + 1
        model.cp.maximize(model.score() - unit * model.weight())
        outcome = self.patience.run(model.cp, EFFORT_OF_PART, linear=True)
        if outcome:
            self._keep({**self.taken.places, **model.read(outcome.value)})
        for name in names & self.best.places.keys():
            self.taken.place(self.catalogue.ground.problem.request[name], self.best.places[name])

    def _left_for(self, name: str) -> Bands:
        """The bands that the others leave to a request: those nearest to its best, and its own."""
        ground = self.catalogue.ground
        request = ground.problem.request[name]
        starts = rules.left_open(self.taken, request, rules.openings(ground, request))
        if starts.sum() <= MOST_TOLD_APART:
            channel, start = np.nonzero(starts)
            bands = Bands(channel, start, start + 1, wishes.points(ground, request)[starts])
        else:
            bands = bands_of(ground, request, starts)
        net = bands.points - self.proof.prices.cheapest(request.length, request.sold, bands)
        nearest = np.argsort(-net, kind="stable")[:BANDS_IN_PART]
        return self._with_own(name, bands.only(np.sort(nearest)))

    def _with_own(self, name: str, bands: Bands) -> Bands:
        """The bands, with the start that the request has now."""
        place = self.best.places.get(name)
        if place is None:
            return bands
        here = (bands.channel == place.channel) & (bands.first <= place.start)
        if (here & (place.start < bands.end)).any():
            return bands
        points = self.catalogue.points_at(name, place)
        own = (place.channel, place.start, place.start + 1, points)
        columns = (bands.channel, bands.first, bands.end, bands.points)
        return Bands(*(np.append(column, one) for column, one in zip(columns, own, strict=True)))

    def _model(self, taken: Taken, choices: Mapping[str, Bands]) -> Model:
        model = Model(self.catalogue.ground, taken, choices, self.must)
        for rule in rules.BETWEEN:
            rule.constrain(model)
        model.hint(self.best.places)
        return model

    def _keep(self, places: dict[str, Place]) -> None:
        """Make a grid the best, when it is better."""
        found = measured(self.catalogue, places, self.certificates)
        if (-found.weight, found.score) <= (-self.best.weight, self.best.score):
            return
        if found.weight == self.best.weight:
            found = replace(
                found,
                bound=min(found.bound, self.best.bound),
                least_weight=found.least_weight or self.best.least_weight,
            )
        self.best = found
        self.told(found)
