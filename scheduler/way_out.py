"""For each bumped request of a version, the cheapest change that would place it, in words."""

from calendar import day_name
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.orm import Session

from scheduler import load
from scheduler.changes import Change, ChangeKind
from scheduler.problem import Problem, Published
from station import grid
from station.airtime import Week
from station.db import Database
from station.grid import Grid
from station.members import Person
from station.rights import Request, local_text
from station.settings import Settings

WOULD = "It would have a place "
SENTENCES = {
    ChangeKind.NOTHING: "There is room for it by now: repair the week.",
    ChangeKind.GROUP: WOULD + "without its group.",
    ChangeKind.CHANNEL: WOULD + "if it could be on {channel} too, at the same hours.",
    ChangeKind.DAY: WOULD + "if it could be on {day} too, at the same hours.",
    ChangeKind.ANYTIME: WOULD + "if it could be at any time, on any channel.",
    ChangeKind.GIVE_UP: WOULD + "without {other}, of the same holder.",
    ChangeKind.OTHER: WOULD + "if {other} could be at any time.",
    ChangeKind.SOLD: WOULD + "if an hour could have one more sold slot (rules.sold_per_hour).",
    ChangeKind.BLOCK: WOULD + "if the station gave the block {block} back.",
    ChangeKind.ADD_CHANNEL: WOULD + "if there were one more channel.",
}
NO_WAY = "None of the changes that are tried would give it a place."
NO_TIME = "There was no time to look for a change that would give it a place (--time-limit)."


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
        problem = _as_shown(load.load(session, settings, week, now).problem, shown)
    asked = [number for number in bumped if load.name_of(number) in problem.request]
    if not asked or seconds <= 0:
        return {}
    # OR-Tools is loaded only where there is something to solve.
    from scheduler.advice import cheapest_changes

    found = cheapest_changes(problem, seconds=seconds, seed=settings.solver.seed)
    with database.reading() as session:
        names = _names(session, found.values())
        blocks = _blocks(session, settings, week)
    told = {}
    for number in asked:
        name = load.name_of(number)
        sentence = NO_TIME if name not in found else NO_WAY
        change = found.get(name)
        if change is not None:
            sentence = _sentence(settings, change, names, blocks)
        told[number] = WayOut(change, sentence)
    return told


def _as_shown(problem: Problem, shown: Grid) -> Problem:
    """A problem with a version's places on show; what has begun stays where it is."""
    frozen = [seat for seat in problem.published if seat.frozen]
    begun = {seat.id for seat in frozen}
    seats = [
        Published(load.name_of(one.request_id), one.channel, one.start) for one in shown.placements
    ]
    return replace(problem, published=(*frozen, *(seat for seat in seats if seat.id not in begun)))


def _sentence(
    settings: Settings,
    change: Change,
    names: Mapping[str, str],
    blocks: Mapping[tuple[int, int], str],
) -> str:
    return SENTENCES[change.kind].format(
        channel=None if change.channel is None else settings.channel_name(change.channel),
        day=None if change.day is None else day_name[change.day],
        other=names.get(change.other or ""),
        block=change.block and blocks.get((change.block.channel, change.block.start)),
    )


def _names(session: Session, changes: Iterable[Change | None]) -> dict[str, str]:
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
