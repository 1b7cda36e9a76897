"""For each bumped request of a version, the cheapest change that would place it, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.orm import Session

from scheduler import load, runs
from scheduler.change_words import NO_TIME, Names, sentence
from scheduler.changes import Change
from scheduler.load import Loaded
from scheduler.problem import Problem, Published
from station import grid
from station.airtime import Week
from station.db import Database
from station.grid import Grid
from station.members import Person
from station.moments import local_text
from station.rights import Request
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class WayOut:
    """A change in words; without a change, `sentence` says that there is none, or was no time."""

    change: Change | None
    sentence: str


def ways_out(
    database: Database,
    settings: Settings,
    week: Week,
    version: int,
    now: datetime,
    seconds: float,
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

    found = cheapest_changes(problem, seconds=seconds, seed=settings.solver.seed)
    with database.reading() as session:
        titles = _titles(session, found.values())
        blocks = _blocks(session, settings, week)
    names = Names(
        settings.channel_name, titles.__getitem__, lambda one: blocks[one.channel, one.start]
    )
    told = {}
    for number in asked:
        # A run is bumped as one.
        name = load.name_of(loaded.runs.whole(number)[0])
        change = found.get(name)
        said = sentence(change, names) if name in found else NO_TIME.format(option="--time-limit")
        told[number] = WayOut(change, said)
    return told


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


def _titles(session: Session, changes: Iterable[Change | None]) -> dict[str, str]:
    """The requests that changes speak of, as people know them."""
    numbers = [load.request_id(one.other) for one in changes if one is not None and one.other]
    query = (
        sa.select(Request.id, Request.title, Person.name)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Request.id.in_(numbers))
    )
    return {
        load.name_of(number): f"“{title}” of {name}"
        for number, title, name in session.execute(query)
    }


def _blocks(session: Session, settings: Settings, week: Week) -> dict[tuple[int, int], str]:
    return {
        (block.channel, block.start): f"“{block.label}” of "
        + local_text(week.instant(block.start, settings.slots), settings)
        for block in grid.reserved_blocks(session, week)
    }
