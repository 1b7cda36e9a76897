"""A grid gets better by solving parts of it again, and is proven when the whole fits a model.

What could not be part of any better grid is left out first: at the proven prices, a grid
that uses a band falls short of the bound by at least the band's loss.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from scheduler import rules
from scheduler.catalogue import Catalogue
from scheduler.conflict import place_fixed
from scheduler.draft import draft
from scheduler.grid import Best, measured
from scheduler.ground import Bands
from scheduler.model import Model
from scheduler.parts import Parts, with_own
from scheduler.patience import Patience, never
from scheduler.pricing import Priced, Sharpening
from scheduler.problem import Place
from scheduler.proof import Proof, Shortlist
from scheduler.taken import Taken
from scheduler.variety import varied

Told = Callable[[Best], None]

# A problem with few bands left is solved whole, for a while; one with many part by part; and the
# whole of what is not too large once more, when some parts in a row were no better.
FEW_BANDS = 6_000
MOST_BANDS = 100_000
VAIN_PARTS = 12
PARTS_AT_ONCE = 2
EFFORT_OF_FIRST, EFFORT_OF_WHOLE = 2.0, 1e9
SHARE_FOR_WEIGHT = 0.5


class Search:
    """The best grid so far, and the ways to a better one."""

    def __init__(self, catalogue: Catalogue, rough: Priced, patience: Patience, told: Told) -> None:
        self.catalogue = catalogue
        self.rough = rough
        self.proof = rough.proof
        self.certificates = [rough.proof.certificate]
        self.patience = patience
        self.told = told
        self.sharpening = Sharpening(catalogue, rough, patience)
        self.parts = Parts(catalogue, patience)
        ids = np.array([request.id for request in catalogue.requests], dtype=object)
        self.must = frozenset(ids[catalogue.must])
        # A small problem needs no relaxation; with a large one it can't begin too soon.
        large = len(rough.listed.net) > FEW_BANDS
        self.relaxation = self.sharpening.begin() if large else None
        self.best = measured(catalogue, self._drafted(rough, never), self.certificates)
        told(self.best)

    def run(self) -> Best:
        """Search until the best is proven or patience ends."""
        if few := self._possible(FEW_BANDS):
            self._whole(few, EFFORT_OF_FIRST)
        if self.best.weight and not self._done():
            self._learn(self.sharpening.evenly())
        if not self._done():
            self._sharpen()
            self.parts.begin(self.proof, self.best.places)
        vain = 0
        while not self._done():
            vain = 0 if self._part() else vain + 1
            # As long as parts are in vain, what is possible stays as it is.
            if vain == VAIN_PARTS and (possible := self._possible(MOST_BANDS)):
                self.parts.leave()
                self._whole(possible, EFFORT_OF_WHOLE)
                break
        self.parts.leave()
        if self.catalogue.ground.problem.varies:
            # The parts saw no repeats: what they left may be the best once it is varied.
            self._keep(varied(self.catalogue.ground, self.parts.taken.places, self.patience))
            self._keep(varied(self.catalogue.ground, self.best.places, self.patience))
        return self.best

    def _done(self) -> bool:
        return self.best.optimal or self.patience.left <= 0

    def _drafted(self, priced: Priced, stopped: Callable[[], bool]) -> dict[str, Place]:
        taken, _ = place_fixed(self.catalogue.ground)
        draft(self.catalogue, taken, priced, stopped)
        return dict(taken.places)

    def _sharpen(self) -> None:
        """Prove sharper bounds, and draft the grid again by what each of them taught."""
        relaxation = self.relaxation or self.sharpening.begin()
        while relaxation:
            found = self.sharpening.end(relaxation)
            if found is None:
                return
            relaxation = self.sharpening.begin()
            self._learn(found.proof)
            # One that is cut short bumps more, and is not kept.
            self._keep(self._drafted(found, lambda: self.patience.left <= 0))

    def _learn(self, proof: Proof) -> None:
        """Tell of a grid what a sharper proof says of it."""
        self.proof = proof
        self.certificates.append(proof.certificate)
        known = measured(self.catalogue, self.best.places, self.certificates)
        self.best = replace(
            self.best,
            bound=min(self.best.bound, known.bound),
            least_weight=self.best.least_weight or known.least_weight,
        )
        self.told(self.best)

    def _part(self) -> bool:
        """Place a part of the grid anew; whether that was better."""
        better = self.parts.improve(PARTS_AT_ONCE)
        if better:
            self._keep(dict(self.parts.taken.places))
        return better

    def _possible(self, most: int) -> Shortlist | None:
        """The bands that a better grid could use, when all are listed and there are so few."""
        # Where less could be bumped, only a proof in which weight comes first knows them.
        proof = self.proof if self.best.least_weight else self.rough.proof
        possible = proof.within(self.best.places)
        return possible if possible is not None and len(possible.net) <= most else None

    def _whole(self, possible: Shortlist, effort: float) -> None:
        """Solve the whole problem: first the least bumped weight, then the best score."""
        choices = {
            request.id: with_own(
                self.catalogue, request.id, possible.of(row).bands, self.best.places.get(request.id)
            )
            for row, request in enumerate(self.catalogue.requests)
        }
        if not self.best.least_weight:
            self._least_weight(choices, effort)
        self._best_score(choices, effort)

    def _least_weight(self, choices: Mapping[str, Bands], effort: float) -> None:
        model = self._model(choices)
        model.cp.maximize(-model.weight())
        outcome = self.patience.begin(model.cp, effort, SHARE_FOR_WEIGHT).outcome()
        if outcome:
            self._keep(model.read(outcome.value))
            least = self.best.least_weight or outcome.proven
            self.best = replace(self.best, least_weight=least)

    def _best_score(self, choices: Mapping[str, Bands], effort: float) -> None:
        model = self._model(choices)
        model.cp.add(model.weight() <= self.best.weight)
        model.cp.maximize(model.score())
        run = self.patience.begin(model.cp, effort, enough=self.best.bound)
        outcome = run.outcome()
        if outcome:
            self._keep(model.read(outcome.value))
            # What was left out scores no more than the grid it was left out for.
            proven = max(self.best.score, outcome.bound)
            self.best = replace(self.best, bound=min(self.best.bound, proven))

    def _model(self, choices: Mapping[str, Bands]) -> Model:
        empty = Taken(self.catalogue.ground)
        return rules.model_of(self.catalogue.ground, empty, choices, self.best.places, self.must)

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
