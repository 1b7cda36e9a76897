"""The weekly build's answer to a problem: prices, a first grid, a search, and the certificate.

The levels are those of `docs/problem-format.md`: the least bumped weight, then the score.
This file only assembles; what a rule or a wish means is said in `rules` and `wishes`.
"""

from collections.abc import Callable

from scheduler.catalogue import Catalogue
from scheduler.conflict import place_fixed, smallest
from scheduler.explain import Reasons
from scheduler.grid import Best
from scheduler.ground import Ground
from scheduler.patience import Patience, never
from scheduler.plan import FORMAT, Bumped, Placement, Plan, Status, gap_of
from scheduler.pricing import priced
from scheduler.problem import Problem
from scheduler.search import Search
from scheduler.taken import Taken
from station.errors import Violation

DEFAULT_SECONDS = 60.0

Told = Callable[[Best], None]


def hears_nothing(_: Best) -> None:
    """Nobody wants to hear how it goes."""


def solve(
    problem: Problem,
    *,
    seconds: float = DEFAULT_SECONDS,
    seed: int = 1,
    told: Told = hears_nothing,
    stopped: Callable[[], bool] = never,
    steady: bool = False,
) -> Plan:
    """Place a week's requests. `told` hears of each better grid while it goes on.

    A `steady` solve counts its seconds in work done, and not by the clock: it finds the same on
    any machine, however busy.
    The first grid is finished whatever the time. Once `stopped` says so, the best so far is
    the answer. Only a KeyboardInterrupt before the first grid makes a plan `unknown`.
    """
    patience = Patience(seconds, seed, stopped, steady)
    try:
        ground = Ground(problem)
        clashes = place_fixed(ground)[1]
        if clashes:
            return _nothing(Status.INFEASIBLE, patience, smallest(clashes))
        catalogue = Catalogue(ground)
        search = Search(catalogue, priced(catalogue), patience, told)
    except KeyboardInterrupt:
        return _nothing(Status.UNKNOWN, patience, ())
    best = search.run()
    return _plan(ground, best, patience)


def _plan(ground: Ground, best: Best, patience: Patience) -> Plan:
    problem, taken = ground.problem, Taken(ground)
    taken.place_all(best.places)
    reasons = Reasons(taken, least=best.least_weight)
    bumped = [request for request in problem.requests if request.id not in best.places]
    return Plan(
        format=FORMAT,
        status=Status.OPTIMAL if best.optimal else Status.FEASIBLE,
        placements=tuple(
            Placement(name, place.channel, place.start)
            for name, place in sorted(best.places.items(), key=lambda item: item[1])
        ),
        bumped=tuple(Bumped(request.id, reasons.of(request)) for request in bumped),
        bumped_weight=best.weight,
        score=best.score,
        bound=best.bound,
        gap=gap_of(best.score, best.bound),
        seconds=round(patience.spent, 3),
        seed=patience.seed,
    )


def _nothing(status: Status, patience: Patience, conflict: tuple[Violation, ...]) -> Plan:
    return Plan(
        format=FORMAT,
        status=status,
        seconds=round(patience.spent, 3),
        seed=patience.seed,
        conflict=conflict,
    )
