"""A played year: each week is built, checked and carried to the next, as a station's weeks are."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from scheduler import carry
from scheduler.carry import Got
from scheduler.check import check
from scheduler.clock import Clock
from scheduler.plan import Placement, Plan
from scheduler.problem import Problem
from scheduler.sim.demand import Demand, Past
from scheduler.sim.people import Asking, Fate, Member, week_of
from scheduler.solve import solve
from station.airtime import Week
from station.errors import Fault
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Aired:
    """Five minutes on air: for whom, what the start was worth, by night or not, as wished or not.

    `wished` says whether anything was wished for.
    """

    holder: str
    worth: float
    night: bool
    wished: bool
    met: bool


@dataclass(frozen=True, slots=True)
class PlayedWeek:
    """One week: what everybody did, what went on air, who was bumped, and the proven gap.

    `met_unowed` is how many wishes are met where nobody is owed anything; None in a week that
    was not built a second time to see it.
    """

    week: Week
    asked: tuple[Asking, ...]
    aired: tuple[Aired, ...]
    bumped: tuple[str, ...]
    gap: float
    met_unowed: int | None

    @property
    def met(self) -> int:
        """How many wishes were met."""
        return sum(one.met for one in self.aired)


@dataclass(frozen=True, slots=True)
class Pace:
    """How each week is built; each `compare_every` weeks, one is built a second time."""

    seconds: float
    seed: int
    compare_every: int


def play(
    settings: Settings,
    people: Sequence[Member],
    weeks: Sequence[Week],
    pace: Pace,
    told: Callable[[PlayedWeek], None],
) -> list[PlayedWeek]:
    """Play some weeks. Raises Fault when the checker finds anything: that would be our mistake."""
    random = np.random.default_rng(pace.seed)
    past = Past()
    played = []
    for number, week in enumerate(weeks, 1):
        done = week_of(people, random)
        used = [one for one in done if one.fate != Fate.MISSED]
        demand = Demand(Clock(week, settings, 0), used)
        problem = demand.problem(past)
        plan = _solved(problem, pace)
        one = PlayedWeek(
            week=week,
            asked=tuple(done),
            aired=tuple(_aired(problem, demand, placed) for placed in plan.placements),
            bumped=tuple(problem.request[bump.id].holder for bump in plan.bumped),
            gap=plan.gap or 0.0,
            met_unowed=_met_unowed(problem, demand, pace)
            if _compares(number, problem, pace)
            else None,
        )
        _carry(one, past)
        played.append(one)
        told(one)
    return played


def by_holder(played: PlayedWeek) -> dict[str, list[Aired]]:
    """What each holder had on air in a week."""
    theirs: dict[str, list[Aired]] = defaultdict(list)
    for one in played.aired:
        theirs[one.holder].append(one)
    return theirs


def is_night_week(theirs: Sequence[Aired]) -> bool:
    """Whether somebody was on air by night only, and had not wished for it."""
    return all(one.night and not one.met for one in theirs)


def _solved(problem: Problem, pace: Pace) -> Plan:
    plan = solve(problem, seconds=pace.seconds, seed=pace.seed)
    wrong = check(problem, plan)
    if wrong:
        raise Fault(
            f"The plan of {problem.week} breaks a rule: {wrong[0].sentence}", permanent=True
        )
    return plan


def _compares(number: int, problem: Problem, pace: Pace) -> bool:
    """Whether a week is built a second time; where nobody wishes there is nothing to see."""
    return number % pace.compare_every == 0 and any(one.wishes for one in problem.requests)


def _met_unowed(problem: Problem, demand: Demand, pace: Pace) -> int:
    alike = tuple(msgspec.structs.replace(one, owed=0.0) for one in problem.requests)
    plan = _solved(msgspec.structs.replace(problem, requests=alike), pace)
    return sum(_aired(problem, demand, placed).met for placed in plan.placements)


def _aired(problem: Problem, demand: Demand, placed: Placement) -> Aired:
    row = int(placed.id.removeprefix("r"))
    return Aired(
        holder=problem.request[placed.id].holder,
        worth=problem.value[placed.channel][placed.start // problem.starts_per_hour],
        night=placed.start in demand.nights,
        wished=demand.asked[row].daypart is not None,
        met=demand.is_met(row, placed.start),
    )


def _carry(played: PlayedWeek, past: Past) -> None:
    for holder, theirs in by_holder(played).items():
        before = past.got.get(holder, carry.NOTHING)
        worth = sum(one.worth for one in theirs)
        past.got[holder] = Got(before.worth + worth, before.starts + len(theirs))
        past.nights[holder] = past.nights.get(holder, 0) + 1 if is_night_week(theirs) else 0
        past.waited.pop(holder, None)
    for holder in set(played.bumped) - {one.holder for one in played.aired}:
        past.waited[holder] = past.waited.get(holder, 0) + 1
