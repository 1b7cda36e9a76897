"""A late change is repaired by moving as few people as possible.

The levels: the least bumped weight, then the fewest of those on show who move or lose their
place, then the score.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scheduler.conflict import place_fixed, smallest
from scheduler.damage import broken, damage
from scheduler.explain import Reasons
from scheduler.ground import Ground
from scheduler.patch import FEW, Patch, moved
from scheduler.patience import Patience, never
from scheduler.plan import Bumped
from scheduler.problem import Place, Problem
from station.errors import Fault, Violation


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired week; where it is impossible, `conflict` says why and there are no places.

    `moved` are those on show who are elsewhere now, or nowhere. `least` says it is proven that
    nothing bumps less, and nothing that bumps as little moves fewer.
    """

    places: Mapping[str, Place]
    bumped: tuple[Bumped, ...]
    moved: tuple[str, ...]
    bumped_weight: int
    score: int
    least: bool
    seconds: float
    conflict: tuple[Violation, ...] = ()


def repair(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 1,
    stopped: Callable[[], bool] = never,
    afresh: bool = True,
    few: int = FEW,
) -> Repaired:
    """Repair the published places of a week as the problem is now.

    It takes more than a moment only where somebody is left without a place and it is not proven
    that this must be: then `afresh` lets it build the whole week. At most `few` requests are
    all tried at once. Raises Fault when the checker finds anything, which would be our mistake.
    """
    patience = Patience(seconds, seed, stopped)
    ground, broke = Ground(problem), damage(problem)
    if broke.impossible:
        conflict = smallest(place_fixed(ground)[1])
        return Repaired({}, (), (), 0, 0, least=True, seconds=patience.spent, conflict=conflict)
    patch = Patch(ground, broke, patience, few)
    patch.run(afresh=afresh)
    places = dict(patch.taken.places)
    wrong = broken(problem, places)
    if wrong:
        raise Fault(f"The repair breaks a rule: {wrong[0].sentence}", permanent=True)
    reasons = Reasons(patch.taken, least=patch.proven)
    weight, _, short_of_score = patch.level
    return Repaired(
        places=places,
        bumped=tuple(Bumped(one.id, reasons.of(one)) for one in patch.unplaced()),
        moved=tuple(moved(problem, places)),
        bumped_weight=weight,
        score=-short_of_score,
        least=patch.proven,
        seconds=round(patience.spent, 3),
    )
