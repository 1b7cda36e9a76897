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
from datetime import timedelta
from typing import Generic, TypeVar

from ortools.math_opt import model_pb2  # type: ignore[import-untyped]
from ortools.math_opt.python import mathopt  # type: ignore[import-untyped]
from ortools.sat.python import cp_model

from station.command import LEFT_BEHIND

# One worker repeats itself exactly; on these models more of them taking turns were slower.
WORKERS = 1
LOOK_UP_SECONDS = 0.05
HALF = 0.5
# About so many seconds for each column of a linear programme.
PROGRAMME_SECONDS = 3e-5

Found = TypeVar("Found")


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


class Work(Generic[Found]):
    """Something done in a thread, so that a signal is heard meanwhile.

    What nothing can interrupt is `left_behind` when the program ends.
    """

    def __init__(self, do: Callable[[], Found], *, left_behind: bool = False) -> None:
        self._do = do
        self._found: list[Found] = []
        self._wrong: list[BaseException] = []
        name = LEFT_BEHIND if left_behind else None
        self._thread = threading.Thread(target=self._run, name=name, daemon=left_behind)
        self._thread.start()

    def goes_on(self) -> bool:
        """Whether it is not done, after a moment."""
        self._thread.join(LOOK_UP_SECONDS)
        return self._thread.is_alive()

    def result(self) -> Found:
        """What was found. Raises what it raised."""
        for error in self._wrong:
            raise error
        return self._found[0]

    def _run(self) -> None:
        try:
            self._found.append(self._do())
        except BaseException as error:  # noqa: BLE001 (told to whoever asks for the result)
            self._wrong.append(error)


class Run:
    """A search that goes on in a thread."""

    def __init__(
        self,
        solver: cp_model.CpSolver,
        model: cp_model.CpModel,
        most: float,
        stopped: Callable[[], bool],
    ) -> None:
        self._solver, self._stopped = solver, stopped
        self._work = Work(lambda: solver.solve(model, Enough(most)))

    def stop(self) -> None:
        """Ask it to end with what it has."""
        self._solver.stop_search()

    def outcome(self) -> Outcome | None:
        """What it found, once it has ended; None when it found no solution."""
        try:
            while self._work.goes_on():
                if self._stopped():
                    self.stop()
        except KeyboardInterrupt:
            # Whoever ends it at once does not wait for the thread either.
            self.stop()
            raise
        status = self._work.result()
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None
        # The bound of whole numbers is whole; the solver keeps it as a float.
        bound = math.floor(self._solver.best_objective_bound + HALF)
        return Outcome(self._solver.value, bound, status == cp_model.OPTIMAL)


class Programme:
    """A linear programme that is being solved in a thread."""

    def __init__(self, model: model_pb2.ModelProto, patience: "Patience") -> None:
        self._patience = patience
        whole = mathopt.Model.from_model_proto(model)
        limit = mathopt.SolveParameters()
        if not patience.steady:
            limit = mathopt.SolveParameters(time_limit=timedelta(seconds=patience.left))
        highs = mathopt.SolverType.HIGHS
        self._work = Work(lambda: mathopt.solve(whole, highs, params=limit), left_behind=True)

    def result(self) -> mathopt.SolveResult | None:
        """What it found, once it has ended; None when it was cut short."""
        while self._work.goes_on():
            # Nothing can interrupt it: whoever has no time left leaves it behind. Where time is
            # work, its work is counted already.
            patience = self._patience
            if patience.stopped() or (patience.left <= 0 and not patience.steady):
                return None
        found = self._work.result()
        is_best = found.termination.reason == mathopt.TerminationReason.OPTIMAL
        return found if is_best else None


@dataclass
class Patience:
    """What is left of a solve's time.

    A `steady` one counts work instead of seconds, so that the same work is always done.
    """

    seconds: float
    seed: int
    stopped: Callable[[], bool] = never
    steady: bool = False
    began: float = field(default_factory=time.monotonic)
    worked: float = 0.0

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds left; none once it was stopped."""
        gone = self.worked if self.steady else self.spent
        return 0.0 if self.stopped() else max(0.0, self.seconds - gone)

    def work(self, seconds: float) -> None:
        """Count work that takes about so long, where seconds are not counted."""
        self.worked += seconds

    def begin(
        self,
        model: cp_model.CpModel,
        effort: float,
        share: float = 1.0,
        enough: float = math.inf,
        *,
        linear: bool = False,
    ) -> Run:
        """Begin to solve a model that maximises, within `effort` and a share of the rest.

        `effort` is deterministic time; a solution that reaches `enough` ends the search. What was
        found when it is stopped is kept. A `linear` model is all but an assignment: its relaxation
        answers before probing would have begun.
        """
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = self.seed
        solver.parameters.num_workers = WORKERS
        solver.parameters.max_deterministic_time = effort
        if self.steady:
            solver.parameters.max_deterministic_time = min(effort, self.left * share)
            self.work(min(effort, self.left * share))
        else:
            solver.parameters.max_time_in_seconds = self.left * share
        solver.parameters.catch_sigint_signal = False
        if linear:
            solver.parameters.linearization_level = 2
            solver.parameters.cp_model_probing_level = 0
            solver.parameters.symmetry_level = 0
        return Run(solver, model, enough, self.stopped)

    def relax(self, model: model_pb2.ModelProto) -> "Programme":
        """Begin to solve a linear programme that maximises."""
        self.work(PROGRAMME_SECONDS * len(model.variables.ids))
        return Programme(model, self)
