"""What a plan and a version say to people and, with stable keys, to programs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler.plan import Plan, Status, figures
from scheduler.problem import Problem
from station import letters
from station.airtime import Week
from station.differences import Move, changed, differences
from station.grid import Bump, Grid, Place, Placement
from station.languages import gettext as _
from station.languages import marked, speaking
from station.members import Person
from station.moments import local_text
from station.rights import Request
from station.settings import Settings

Fact = dict[str, object]

CHANGED = marked("Your time in week %(week)s has changed")
SORRY = marked("Week %(week)s was published and had to change since. We are sorry for the trouble.")
MOVED = marked("“%(title)s” airs %(after)s, and no longer %(before)s.")
LOST = marked("“%(title)s” was to air %(before)s, and has no place now. %(reason)s")
PLACED = marked("“%(title)s” has a place now: %(after)s.")


def plan_facts(plan: Plan) -> Fact:
    """What a plan proves, in the plan file's own words."""
    return {
        **figures(plan),
        "placed": len(plan.placements),
        "bumped": [{"id": bump.id, "reason": bump.reason} for bump in plan.bumped],
        "conflict": [clash.sentence for clash in plan.conflict],
    }


def plan_lines(problem: Problem, plan: Plan) -> list[str]:
    """A plan for people: how many it places and how good that is."""
    if plan.status == Status.INFEASIBLE:
        return ["This week is impossible.", *(clash.sentence for clash in plan.conflict)]
    proven = "which is proven the best" if plan.status == Status.OPTIMAL else _short_of_best(plan)
    return [
        f"{len(plan.placements)} of {len(problem.requests)} requests are placed.",
        f"They score {plan.score}, {proven} ({plan.seconds:.1f} s).",
    ]


def version_facts(grid: Grid) -> Fact:
    """A version's own figures."""
    return {
        "week": grid.week,
        "version": grid.version,
        "state": grid.state,
        "certificate": grid.certificate,
        "root_hash": grid.root_hash,
    }


def placed(
    session: Session, settings: Settings, week: Week, grid: Grid
) -> tuple[list[Fact], list[str]]:
    """Who airs when and where, in order of time."""
    query = (
        sa.select(Placement, Request.kind, Request.title, Person.name)
        .join(Request, Request.id == Placement.request_id)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Placement.grid_id == grid.id)
        .order_by(Placement.start, Placement.channel)
    )
    facts: list[Fact] = []
    lines = []
    for one, kind, title, name in session.execute(query):
        at = week.instant(one.start, settings.slots)
        spot: Fact = {"channel": one.channel, "start": one.start, "at": at.isoformat()}
        facts.append({"request": one.request_id, **spot, "kind": kind, "title": title})
        quiet = "silence: " if kind == "silence" else ""
        where = f"{local_text(at, settings)}, {settings.station.channels[one.channel]}"
        lines.append(f"{where}: {name or settings.station.name}, {quiet}{title}")
    return facts, lines


def bumped(session: Session, grid: Grid) -> tuple[list[Fact], list[str]]:
    """Who was bumped, and why."""
    query = (
        sa.select(Bump, Request.title, Person.name)
        .join(Request, Request.id == Bump.request_id)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Bump.grid_id == grid.id)
        .order_by(Bump.request_id)
    )
    found = list(session.execute(query))
    facts: list[Fact] = [
        {"request": bump.request_id, "title": title, "holder": name, "reason": bump.reason}
        for bump, title, name in found
    ]
    return facts, [f"Bumped: {name}, {title}. {bump.reason}" for bump, title, name in found]


def moved(
    session: Session, settings: Settings, week: Week, moves: Sequence[Move]
) -> tuple[list[Fact], list[str]]:
    """What changes for whom between two versions."""
    query = (
        sa.select(Request.id, Request.title, Person.name)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Request.id.in_([move.request_id for move in moves]))
    )
    who = {number: f"{name}, {title}" for number, title, name in session.execute(query)}
    facts: list[Fact] = [
        {"request": one.request_id, "before": _spot(one.before), "after": _spot(one.after)}
        for one in moves
    ]
    lines = [
        f"{who[one.request_id]}: {_at(settings, week, one.before)} → "
        f"{_at(settings, week, one.after)}"
        for one in moves
    ]
    return facts, lines


def write_letters(
    session: Session,
    settings: Settings,
    week: Week,
    before: Grid | None,
    after: Grid,
    now: datetime,
) -> int:
    """Write to everybody whose place a new version changes; answers how many letters.

    The first version of a week changes nobody's, and whoever withdrew knows it.
    """
    moves = {move.request_id: move for move in _concerned(session, before, after)}
    reasons = _reasons(session, after)
    said: dict[Person, list[str]] = defaultdict(list)
    query = (
        sa.select(Request.id, Request.title, Person)
        .join(Person, Person.account_id == Request.account_id)
        # Where a run starts says where all of it is.
        .where(Request.id.in_(moves), Request.run_place == 0)
        .order_by(Request.id)
    )
    for number, title, person in session.execute(query):
        move = moves[number]
        with speaking(person.language):
            said[person].append(
                _(
                    _sentence(move),
                    title=title,
                    before=_at(settings, week, move.before),
                    after=_at(settings, week, move.after),
                    reason=_(reasons[number]) if number in reasons else "",
                )
            )
    page = f"{settings.web_url}/member/"
    for person, lines in said.items():
        with speaking(person.language):
            news = "\n".join((_(SORRY, week=week), "", *lines, "", page))
            body = letters.greeting(person.name, news)
            letters.write(session, person, _(CHANGED, week=week), body, now)
    return len(said)


def _concerned(session: Session, before: Grid | None, after: Grid) -> list[Move]:
    """What changes that people are told of: nothing by a week's first version.

    Whoever withdrew knows it.
    """
    if before is None:
        return []
    bumped = _reasons(session, after)
    changes = differences(before, after)
    return [move for move in changes if move.after is not None or move.request_id in bumped]


def people_told(session: Session, before: Grid | None, after: Grid) -> int:
    """How many people get a letter when a version is put on show."""
    if before is None:
        return 0
    changes = changed(before, after)
    bumped = sa.select(Bump.request_id).where(Bump.grid_id == after.id)
    query = (
        sa.select(sa.func.count(sa.distinct(Request.account_id)))
        .join(changes, changes.c.request_id == Request.id)
        .join(Person, Person.account_id == Request.account_id)
        .where(
            sa.or_(changes.c.new_start.is_not(None), Request.id.in_(bumped)),
            Request.run_place == 0,
        )
    )
    return session.scalars(query).one()


def _reasons(session: Session, version: Grid) -> dict[int, str]:
    """Why a version bumps whom it bumps, by request."""
    query = sa.select(Bump.request_id, Bump.reason).where(Bump.grid_id == version.id)
    return dict(session.execute(query).all())


def _sentence(move: Move) -> str:
    if move.after is None:
        return LOST
    return PLACED if move.before is None else MOVED


def _short_of_best(plan: Plan) -> str:
    return f"at most {plan.gap or 0:.2%} short of the best"


def _spot(place: Place | None) -> Fact | None:
    return None if place is None else {"channel": place.channel, "start": place.start}


def _at(settings: Settings, week: Week, place: Place | None) -> str:
    if place is None:
        return "nowhere"
    at = local_text(week.instant(place.start, settings.slots), settings)
    return f"{at}, {settings.channel_name(place.channel)}"
