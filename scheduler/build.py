"""A build or a repair loads a week, solves it without holding the database, and keeps a draft."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler import load, runs
from scheduler.check import check
from scheduler.load import Loaded
from scheduler.patience import never
from scheduler.plan import Bumped, Plan, figures
from scheduler.problem import Place, Problem
from scheduler.repair import Repaired
from scheduler.repair import repair as repair_problem
from scheduler.solve import Told, hears_nothing, solve
from station import grid, jobs
from station.airtime import Week
from station.db import Database
from station.errors import Fault, Refusal, Violation
from station.grid import Grid
from station.jobs import JobKind
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
    _require_possible(week, plan.conflict)
    if not plan.has_grid:
        raise Refusal("week-undecided", week=week)
    broken = check(loaded.problem, plan)
    if broken:
        raise Fault(f"The plan of {week} breaks a rule: {broken[0].sentence}", permanent=True)
    with database.writing() as session:
        places = {placed.id: placed.place for placed in plan.placements}
        draft = _keep(session, loaded, week, places, plan.bumped, proof_of(plan), now)
        return loaded.problem, plan, draft.version


def repair(
    database: Database,
    settings: Settings,
    week: Week,
    now: datetime,
    stopped: Callable[[], bool] = never,
) -> tuple[Repaired, int | None]:
    """Repair the published version of a week into a draft that moves as few people as possible.

    Answers the draft's version, None when the published one fits as it is. Raises Refusal
    `nothing-published` or `week-impossible`.
    """
    with database.reading() as session:
        shown = grid.published(session, week)
        if shown is None:
            raise Refusal("nothing-published", week=week)
        version, was = shown.version, runs.spots(shown)
        without = {bump.request_id for bump in shown.bumps}
        loaded = load.load(session, settings, week, now)
    repaired = repair_problem(
        loaded.problem,
        seconds=settings.solver.seconds,
        seed=settings.solver.seed,
        stopped=stopped,
    )
    _require_possible(week, repaired.conflict)
    bumped = {one for bump in repaired.bumped for one in _numbers(loaded, bump.id)}
    places = _places(loaded, repaired.places)
    if (places, bumped | loaded.left_out.keys()) == (was, without):
        return repaired, None
    proven = {**proof_of_repair(repaired), "repairs": version, "seed": settings.solver.seed}
    with database.writing() as session:
        draft = _keep(session, loaded, week, repaired.places, repaired.bumped, proven, now)
        return repaired, draft.version


def proof_of_repair(repaired: Repaired) -> dict[str, object]:
    """The certificate that is kept with a repaired version."""
    return {
        "status": "repaired",
        "moved": len(repaired.moved),
        "least": repaired.least,
        "bumped_weight": repaired.bumped_weight,
        "score": repaired.score,
        "seconds": repaired.seconds,
        "violations": [],
    }


def proof_of(plan: Plan) -> dict[str, object]:
    """The certificate that is kept with a version."""
    return {**figures(plan), "violations": []}


def _numbers(loaded: Loaded, name: str) -> tuple[int, ...]:
    """The station's requests behind one of the problem."""
    return loaded.runs.whole(load.request_id(name))


def _places(loaded: Loaded, places: Mapping[str, Place]) -> dict[int, Place]:
    """The places of the station's requests, when those of the problem are at some."""
    return loaded.runs.parted({load.request_id(name): place for name, place in places.items()})


def _require_possible(week: Week, conflict: Iterable[Violation]) -> None:
    clashes = " ".join(clash.sentence for clash in conflict)
    if clashes:
        raise Refusal("week-impossible", week=week, clashes=clashes)


def _keep(
    session: Session,
    loaded: Loaded,
    week: Week,
    places: Mapping[str, Place],
    bumped: Iterable[Bumped],
    proven: dict[str, object],
    now: datetime,
) -> Grid:
    """Keep a grid of a problem as the week's draft, and promise to look for ways out."""
    placed = [
        grid.Place(
            number,
            place.channel,
            place.start,
            load.worth_at(loaded.problem, place.channel, place.start),
        )
        for number, place in _places(loaded, places).items()
    ]
    solved = [(one, bump.reason) for bump in bumped for one in _numbers(loaded, bump.id)]
    draft = grid.draft(session, week, placed, [*solved, *loaded.left_out.items()], proven, now)
    if solved:
        jobs.promise(session, JobKind.EXPLAIN, draft.id, now)
    return draft
