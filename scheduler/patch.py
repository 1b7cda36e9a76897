"""A patch fills the gaps of a torn week, lifting no more people than it takes.

Whoever the change hit looks for a place among the free slots; only when that is not enough,
some of those in the way are lifted too; and only when that fails, the whole week is built
again, with moves as dear as they can be.
"""

from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
from ortools.sat.python import cp_model

from scheduler import rules, wishes
from scheduler.catalogue import CLOSED
from scheduler.check.figures import score_of
from scheduler.damage import Damage, least_weight
from scheduler.ground import Bands, Ground, joined
from scheduler.in_the_way import in_the_way
from scheduler.model import Model
from scheduler.patience import Patience
from scheduler.plan import Placement
from scheduler.problem import Place, Problem, Request
from scheduler.solve import solve
from scheduler.taken import Taken

# So few are all lifted at once: the answer is then proven the best on every level.
FEW = 40
# Of those who wait for a place, so many are tried.
MOST_WAITING = 100
# In how many of its places the way is cleared for a request, try by try.
PLACES_TO_CLEAR = (2, 8, 24)
MOST_LIFTED = 60
EFFORT = 0.3
EFFORT_OF_WHOLE = 3.0
# Up to so many starts a request are told apart one by one, beyond that band by band.
MOST_SINGLE_STARTS = 400
# A move must gain more than this many of the widest spans of anybody's points.
DEAR = 20

Level = tuple[int, int, int]


class Patch:
    """The places so far, which always keep every rule, and the ways to better ones.

    `level` is what is to be least: the bumped weight, the moves, the score's negative.
    """

    def __init__(self, ground: Ground, broke: Damage, patience: Patience, few: int) -> None:
        self.ground, self.problem = ground, ground.problem
        self.patience = patience
        self.few = few
        self.random = np.random.default_rng(patience.seed)
        self.torn = broke.torn
        self.least_moves = broke.least_moves
        self.least_weight = 0
        self.loose = frozenset(
            one.id for one in self.problem.requests if not self.problem.fixed(one)
        )
        self.weight = sum(one.weight for one in self.problem.requests)
        self.taken = Taken(ground)
        self.proven = False
        self._take(broke.staying)

    def run(self, *, afresh: bool) -> None:
        """Find places for whoever needs one; `proven` says whether weight and moves are least."""
        waiting = [one.id for one in self._queue() if one.id not in self.torn]
        hit = self.torn | frozenset(waiting[:MOST_WAITING])
        self._fill_in(hit)
        if hit and len(self.loose) <= self.few:
            self.proven = self._place(self.loose, EFFORT_OF_WHOLE)
        elif hit:
            self._place(hit)
            if not self._is_least():
                self._make_room(hit)
            if afresh and not self._is_least():
                self._build_afresh()
        self.proven |= self._is_least() and self.level[1] <= self.least_moves

    def unplaced(self) -> list[Request]:
        """Whoever has no place."""
        return [one for one in self.problem.requests if one.id not in self.taken.places]

    def _fill_in(self, hit: frozenset[str]) -> None:
        """Give each of those hit the best of what is open to it, longest waiting first."""
        for request in [one for one in self._queue() if one.id in hit]:
            starts = rules.left_open(self.taken, request, rules.openings(self.ground, request))
            if starts.any():
                points = np.where(starts, wishes.points(self.ground, request), CLOSED)
                channel, start = np.unravel_index(int(points.argmax()), points.shape)
                self.taken.place(request, Place(int(channel), int(start)))
        self.level = self._level(self.taken.places)

    def _make_room(self, hit: frozenset[str]) -> None:
        """Let those left without a place lift some in their way, one after another, then all."""
        lifted: set[str] = set()
        for request in [one for one in self._queue() if one.id in hit]:
            for places in PLACES_TO_CLEAR:
                enough = self.level[0] <= self.least_weight or self.patience.left <= 0
                if enough or request.id in self.taken.places:
                    break
                others = in_the_way(self.taken, request, self.loose, places, self.random)
                self._place({request.id} | others)
                lifted |= others
        if lifted:
            self._place(hit | set(sorted(lifted)[:MOST_LIFTED]))

    def _queue(self) -> list[Request]:
        """Those without a place, longest waiting first."""
        return sorted(self.unplaced(), key=lambda one: (-one.waited, -one.length, one.id))

    def _is_least(self) -> bool:
        """Whether nothing can bump less."""
        if self.level[0] > self.least_weight:
            self.least_weight = max(self.least_weight, least_weight(self.ground, self.unplaced()))
        return self.level[0] <= self.least_weight

    def _level(self, places: Mapping[str, Place]) -> Level:
        placements = [Placement(name, place.channel, place.start) for name, place in places.items()]
        placed = sum(self.problem.request[name].weight for name in places)
        moves = len(moved(self.problem, places))
        return self.weight - placed, moves, -score_of(self.problem, placements)

    def _place(self, names: Iterable[str], effort: float = EFFORT) -> bool:
        """Place some anew among the others; whether that is proven the best for them."""
        chosen = sorted(names)
        before = {name: self.taken.places[name] for name in chosen if name in self.taken.places}
        self.taken.lift_all(before)
        choices = {name: self._choices(name) for name in chosen}
        model = rules.model_of(self.ground, self.taken, choices, before)
        model.cp.maximize(self._worth(model, choices))
        outcome = self.patience.begin(model.cp, effort, linear=True).outcome()
        found = model.read(outcome.value) if outcome else before
        self._take(min(found, before, key=lambda ways: self._level({**self.taken.places, **ways})))
        return bool(outcome and outcome.proven)

    def _take(self, places: Mapping[str, Place]) -> None:
        self.taken.place_all(places)
        self.level = self._level(self.taken.places)

    def _choices(self, name: str) -> Bands:
        """Where a request may go while the others stay; its place on show is a band of its own."""
        request = self.problem.request[name]
        starts = rules.left_open(self.taken, request, rules.openings(self.ground, request))
        points = wishes.points(self.ground, request)
        if starts.sum() <= MOST_SINGLE_STARTS:
            return self.ground.single_starts(starts, points)
        seat = self.problem.was.get(name)
        if seat is None or not starts[seat.channel, seat.start]:
            return self.ground.bands(request, starts, points)
        stay = np.zeros_like(starts)
        stay[seat.channel, seat.start] = True
        parts = (self.ground.bands(request, where, points) for where in (starts & ~stay, stay))
        return joined(*parts)

    def _worth(self, model: Model, choices: Mapping[str, Bands]) -> cp_model.LinearExpr:
        """All three levels in one sum: a move outweighs all points, and weight all moves."""
        on_show = [name for name in choices if name in self.problem.was]
        stays = [literal for name in on_show for literal in self._stays(model, name)]
        move = 1 + sum(
            int(bands.points.max(initial=0)) - int(bands.points.min(initial=0))
            for bands in choices.values()
        )
        bump = move * (1 + len(on_show))
        return model.score() + move * cp_model.LinearExpr.sum(stays) - bump * model.weight()

    def _stays(self, model: Model, name: str) -> list[cp_model.IntVar]:
        place = self.problem.was[name].place
        only = (place.channel, place.start, place.start + 1)
        return [
            literal
            for literal, band in model.bands(name)
            if (band.channel, band.first, band.end) == only
        ]

    def _build_afresh(self) -> None:
        """Build the whole week, each move so dear that hardly any gain is worth it."""
        spans = [
            int(points.max() - points.min())
            for points in (wishes.points(self.ground, one) for one in self.problem.requests)
        ]
        dear = msgspec.structs.replace(self.problem, move_cost=DEAR * max(spans, default=1))
        plan = solve(
            dear, seconds=self.patience.left, seed=self.patience.seed, stopped=self.patience.stopped
        )
        found = {one.id: one.place for one in plan.placements}
        if plan.has_grid and self._level(found) < self.level:
            self.taken.lift_all(self.taken.places)
            self._take(found)


def moved(problem: Problem, places: Mapping[str, Place]) -> list[str]:
    """Those on show who are elsewhere in a grid, or nowhere."""
    return [name for name, seat in problem.was.items() if places.get(name) != seat.place]
