"""A build loads a week, solves it without holding the database, and keeps a draft."""

from collections.abc import Callable
from datetime import datetime

from scheduler import load
from scheduler.check import check
from scheduler.load import Loaded
from scheduler.patience import never
from scheduler.plan import Plan, Status, figures
from scheduler.problem import Problem
from scheduler.solve import Told, hears_nothing, solve
from station import grid
from station.airtime import Week
from station.db import Database
from station.errors import Fault, Refusal
from station.settings import Settings


def build(
    database: Database,
    settings: Settings,
    week: Week,
    now: datetime,
    told: Told = hears_nothing,
    stopped: Callable[[], bool] = never,
) -> tuple[Problem, Plan, int]:
    """Build a week into a draft; answers its problem, its plan and the draft's version.

    Raises Refusal `week-impossible` or `week-undecided`, and Fault when the plan breaks a
    rule, which would be our own mistake: such a plan is never kept.
    """
    with database.reading() as session:
        loaded = load.load(session, settings, week, now)
    plan = solve(
        loaded.problem,
        seconds=settings.solver.seconds,
        seed=settings.solver.seed,
        told=told,
        stopped=stopped,
    )
    _require_grid(week, plan)
    broken = check(loaded.problem, plan)
    if broken:
        raise Fault(f"The plan of {week} breaks a rule: {broken[0].sentence}", permanent=True)
    with database.writing() as session:
        draft = grid.draft(
            session, week, _places(loaded, plan), _bumps(loaded, plan), proof_of(plan), now
        )
        return loaded.problem, plan, draft.version


def proof_of(plan: Plan) -> dict[str, object]:
    """The certificate that is kept with a version."""
    return {**figures(plan), "violations": []}


def _require_grid(week: Week, plan: Plan) -> None:
    if plan.status == Status.INFEASIBLE:
        clashes = " ".join(clash.sentence for clash in plan.conflict)
        raise Refusal("week-impossible", week=week, clashes=clashes)
    if not plan.has_grid:
        raise Refusal("week-undecided", week=week)


def _places(loaded: Loaded, plan: Plan) -> list[grid.Place]:
    return [
        grid.Place(
            load.request_id(placed.id),
            placed.channel,
            placed.start,
            load.worth_at(loaded.problem, placed.channel, placed.start),
        )
        for placed in plan.placements
    ]


def _bumps(loaded: Loaded, plan: Plan) -> list[tuple[int, str]]:
    solved = [(load.request_id(bump.id), bump.reason) for bump in plan.bumped]
    return [*solved, *loaded.left_out.items()]
