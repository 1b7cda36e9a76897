"""How long a solve may still think, and whether somebody has asked it to stop.

The seconds decide when a solve ends and never what it finds until then: every search runs
with a fixed seed, fixed workers and a limit in deterministic time, so that a solve that is
not cut short by the clock is repeated exactly.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

# One worker repeats itself exactly; on these models more of them taking turns were slower.
WORKERS = 1
LOOK_UP_SECONDS = 0.05
HALF = 0.5


def never() -> bool:
    """Nobody stops it."""
    return False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one search found: a solution to read, and whether it is proven the best."""

    value: Callable[[cp_model.IntVar], int]
    bound: int
    proven: bool


class Enough(cp_model.CpSolverSolutionCallback):
    """Stops a search whose solution reaches what is proven to be the most."""

    def __init__(self, most: float) -> None:
        super().__init__()
        self.most = most

    def on_solution_callback(self) -> None:
        """Hear of a better solution."""
        if self.objective_value >= self.most:
            self.stop_search()


@dataclass
class Patience:
    """What is left of a solve's time."""

    seconds: float
    seed: int
    stopped: Callable[[], bool] = never
    began: float = field(default_factory=time.monotonic)

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds left; none once it was stopped."""
        return 0.0 if self.stopped() else max(0.0, self.seconds - self.spent)

    def run(
        self,
        model: cp_model.CpModel,
        effort: float,
        share: float = 1.0,
        enough: float = math.inf,
        *,
        linear: bool = False,
    ) -> Outcome | None:
        """Solve a model that maximises, within `effort` and a share of the clock's rest.

        `effort` is deterministic time; a solution that reaches `enough` ends the search. None
        when it found no solution. What was found when it is stopped is kept. A `linear` model
        is all but an assignment: its relaxation answers before probing would have begun.
        """
        if self.left <= 0:
            return None
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = self.seed
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_time_in_seconds = self.left * share
        solver.parameters.max_deterministic_time = effort
        solver.parameters.catch_sigint_signal = False
        if linear:
            solver.parameters.linearization_level = 2
            solver.parameters.cp_model_probing_level = 0
            solver.parameters.symmetry_level = 0
        status = self._watch(solver, model, Enough(enough))
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None
        # The bound of whole numbers is whole; the solver keeps it as a float.
        bound = math.floor(solver.best_objective_bound + HALF)
        return Outcome(solver.value, bound, status == cp_model.OPTIMAL)

    def _watch(self, solver: cp_model.CpSolver, model: cp_model.CpModel, enough: Enough) -> object:
        """Search in a thread, so that a signal is heard meanwhile."""
        found: list[object] = []
        search = threading.Thread(target=lambda: found.append(solver.solve(model, enough)))
        search.start()
        try:
            while search.is_alive():
                search.join(LOOK_UP_SECONDS)
                if self.stopped():
                    solver.stop_search()
        except KeyboardInterrupt:
            # Whoever ends it at once does not wait for the thread either.
            solver.stop_search()
            raise
        return next(iter(found), cp_model.UNKNOWN)
