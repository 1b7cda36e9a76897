"""A what-if solves a week's own problem, changed, and keeps the figures and no grid."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.orm import Session

from scheduler import load
from scheduler.load import Loaded
from scheduler.patience import never
from scheduler.plan import Plan
from scheduler.problem import Problem
from scheduler.solve import Told, hears_nothing, solve
from station.airtime import Week
from station.db import Database
from station.recordings import Master
from station.rights import Request, RequestKind
from station.settings import Settings
from station.what_ifs import Dropped, WhatIf

MS_A_SECOND = 1000


def answer(
    database: Database,
    settings: Settings,
    number: int,
    now: datetime,
    told: Told = hears_nothing,
    stopped: Callable[[], bool] = never,
) -> WhatIf:
    """Solve a question and keep what was found; where the week is impossible then, why."""
    with database.reading() as session:
        asked = session.get_one(WhatIf, number)
        loaded = load.load(session, settings, Week.parse(asked.week, settings.zone), now)
        longer = _longer(session, settings, loaded, asked.ident_seconds)
    plan = solve(
        changed(loaded.problem, asked, longer),
        seconds=settings.solver.seconds,
        seed=settings.solver.seed,
        told=told,
        stopped=stopped,
    )
    with database.writing() as session:
        return _keep(session, loaded, number, plan, sum(longer.values()))


def changed(problem: Problem, asked: WhatIf, longer: Mapping[str, int]) -> Problem:
    """A problem as a question has it; `longer` is how many slots more each request takes.

    A channel that is added is worth what the last one is. What is on air stays as it is.
    """
    more = asked.channels - problem.channels
    rules, without = problem.rules, set(asked.without)
    if Dropped.HOLDER_GAP in without:
        rules = replace(rules, holder_gap=0)
    if Dropped.SOLD_PER_HOUR in without:
        rules = replace(rules, sold_per_hour=problem.starts_per_hour)
    if Dropped.SILENCE_GAP in without:
        rules = replace(rules, silence_gap=0)
    return replace(
        problem,
        channels=asked.channels,
        value=(*problem.value, *(problem.value[-1:] * more)),
        rules=rules,
        reserved=() if Dropped.BLOCKS in without else problem.reserved,
        requests=tuple(
            replace(one, length=one.length + longer[one.id]) if one.id in longer else one
            for one in problem.requests
        ),
    )


def _longer(
    session: Session, settings: Settings, loaded: Loaded, ident_seconds: int | None
) -> dict[str, int]:
    """How many slots more each piece takes with an ident before it, where it takes any.

    A piece that is sent with a longer ident keeps its own; what has begun stays as it is.
    """
    if not ident_seconds:
        return {}
    slot_ms = settings.station.slot_seconds * MS_A_SECOND
    frozen = {seat.id for seat in loaded.problem.published if seat.frozen}
    facts = _facts(session, loaded)
    found = {}
    for one in loaded.problem.requests:
        parts = [facts.get(part, {}) for part in loaded.runs.whole(load.request_id(one.id))]
        piece_ms = sum(part.get("piece_ms") or 0 for part in parts)
        ident_ms = max(parts[0].get("ident_ms") or 0, ident_seconds * MS_A_SECOND)
        more = -(-(piece_ms + ident_ms) // slot_ms) - one.length
        if piece_ms and more > 0 and one.id not in frozen:
            found[one.id] = more
    return found


def _facts(session: Session, loaded: Loaded) -> dict[int, dict[str, int]]:
    query = (
        sa.select(Request.id, Master.facts)
        .join(Master, Master.sha256 == Request.master_sha256)
        .where(Request.week == loaded.problem.week, Request.kind == RequestKind.SEGMENT)
    )
    return {number: facts for number, facts in session.execute(query)}  # noqa: C416  typed


def _keep(session: Session, loaded: Loaded, number: int, plan: Plan, longer: int) -> WhatIf:
    asked = session.get_one(WhatIf, number)
    asked.status, asked.longer, asked.seconds = plan.status, longer, plan.seconds
    asked.problem = " ".join(clash.sentence for clash in plan.conflict)
    if plan.has_grid:
        asked.placed = _slots(loaded, (placed.id for placed in plan.placements))
        asked.bumped = _slots(loaded, (bump.id for bump in plan.bumped)) + len(loaded.left_out)
        asked.score, asked.bound, asked.gap = plan.score, plan.bound, plan.gap
    session.flush()
    return asked


def _slots(loaded: Loaded, names: Iterable[str]) -> int:
    """How many of the station's requests are behind some of the problem."""
    return sum(len(loaded.runs.whole(load.request_id(name))) for name in names)
