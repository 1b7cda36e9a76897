"""For each bumped request of a version, the cheapest change that would place it, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from scheduler import change_names, load, runs
from scheduler.change_names import named
from scheduler.change_words import NO_TIME, sentence
from scheduler.changes import Change
from scheduler.load import Loaded
from scheduler.problem import Problem, Published
from station import grid
from station.airtime import Week
from station.db import Database
from station.grid import Grid, GridState
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class WayOut:
    """A change in words; without one, `sentence` says that there is none.

    Where there was no time to look it is not `tried`.
    """

    change: Change | None
    sentence: str
    tried: bool = True


def ways_out(
    database: Database,
    settings: Settings,
    week: Week,
    version: int,
    now: datetime,
    seconds: float,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[int, WayOut]:
    """What would place each request that a version bumps, by request id."""
    with database.reading() as session:
        shown = grid.require_version(session, week, version)
        bumped = [bump.request_id for bump in shown.bumps]
        loaded = load.load(session, settings, week, now)
        problem = _as_shown(loaded, shown)
    known = loaded.asked
    asked = [number for number in bumped if number in known]
    if not asked or seconds <= 0:
        return {}
    # OR-Tools is loaded only where there is something to solve.
    from scheduler.advice import cheapest_changes

    seed = settings.solver.seed
    found = cheapest_changes(problem, seconds=seconds, seed=seed, stopped=stopped)
    with database.reading() as session:
        names = named(session, settings, week, found.values())
    told = {}
    for number in asked:
        # A run is bumped as one.
        name = load.name_of(loaded.runs.whole(number)[0])
        change = found.get(name)
        said = sentence(change, names) if name in found else NO_TIME.format(option="--time-limit")
        told[number] = WayOut(change, said, name in found)
    return told


def explain(
    database: Database,
    settings: Settings,
    grid_id: int,
    now: datetime,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Keep with a version what would place each that it bumps; answers how many could be placed.

    Of those for whom there was no time nothing is kept, nor of a version that was overtaken.
    """
    with database.reading() as session:
        version = session.get_one(Grid, grid_id)
    if version.state not in (GridState.DRAFT, GridState.PUBLISHED):
        return 0
    week, seconds = Week.parse(version.week, settings.zone), settings.solver.explain_seconds
    found = ways_out(database, settings, week, version.version, now, seconds, stopped)
    changes = {number: way.change for number, way in found.items() if way.tried}
    return database.do(lambda session: change_names.keep(session, version, changes))


def _as_shown(loaded: Loaded, shown: Grid) -> Problem:
    """A problem with a version's places on show; what has begun stays where it is."""
    frozen = [seat for seat in loaded.problem.published if seat.frozen]
    begun = {seat.id for seat in frozen}
    seats = [
        Published(load.name_of(number), place.channel, place.start)
        for number, place in loaded.runs.joined(runs.spots(shown)).items()
    ]
    return replace(
        loaded.problem, published=(*frozen, *(seat for seat in seats if seat.id not in begun))
    )
