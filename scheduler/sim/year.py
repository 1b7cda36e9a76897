"""A played year: each week is built, checked and carried to the next, as a station's weeks are."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from scheduler import carry
from scheduler.carry import Got
from scheduler.check import check
from scheduler.clock import Clock
from scheduler.grid import Best
from scheduler.plan import Placement, Plan, Status, gap_of
from scheduler.problem import Problem
from scheduler.sim.demand import Demand, Past
from scheduler.sim.people import Asking, Member, week_of
from scheduler.solve import solve
from station.airtime import Week
from station.errors import Fault
from station.settings import Settings

# A week of a played year is searched until its grid is within so much of what is proven.
NEAR = 0.001


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
    """How each week is built: in how many seconds at most, after the first grid.

    Each `compare_every` weeks, one is built a second time.
    """

    seconds: float
    seed: int
    compare_every: int


class _Near:
    """Hears of each better grid, and stops the search once one is near enough to the best."""

    def __init__(self) -> None:
        self._gap = math.inf

    def hear(self, best: Best) -> None:
        """A grid that may bump fewer is far from the best, whatever it scores."""
        self._gap = gap_of(best.score, best.bound) if best.least_weight else math.inf

    def is_reached(self) -> bool:
        return self._gap <= NEAR


def play(
    settings: Settings,
    people: Sequence[Member],
    weeks: Sequence[Week],
    pace: Pace,
    told: Callable[[PlayedWeek], None],
) -> list[PlayedWeek]:
    """Play some weeks, until Ctrl-C: the week that is being built then is not in the answer.

    Raises Fault when the checker finds anything: that would be our mistake.
    """
    random = np.random.default_rng(pace.seed)
    past = Past()
    played: list[PlayedWeek] = []
    with suppress(KeyboardInterrupt):
        for number, week in enumerate(weeks, 1):
            if week.number == 1:
                past.got.clear()
            demand = Demand(Clock(week, settings, 0), week_of(people, random))
            compared = number % pace.compare_every == 0
            one = _built(demand, past, pace, compared=compared)
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


def _built(demand: Demand, past: Past, pace: Pace, *, compared: bool) -> PlayedWeek:
    problem = demand.problem(past)
    plan = _solved(problem, pace)
    aired = _aired(problem, demand, plan)
    return PlayedWeek(
        week=demand.clock.week,
        asked=demand.everybody,
        aired=aired,
        bumped=tuple(problem.request[bump.id].holder for bump in plan.bumped),
        gap=plan.gap or 0.0,
        met_unowed=_met_unowed(demand, past, pace)
        if compared and any(one.wished for one in aired)
        else None,
    )


def _solved(problem: Problem, pace: Pace) -> Plan:
    near = _Near()
    plan = solve(
        problem, seconds=pace.seconds, seed=pace.seed, told=near.hear, stopped=near.is_reached
    )
    if plan.status == Status.UNKNOWN:
        # The Ctrl-C that ended it is meant for the year.
        raise KeyboardInterrupt
    wrong = check(problem, plan)
    if wrong:
        raise Fault(
            f"The plan of {problem.week} breaks a rule: {wrong[0].sentence}", permanent=True
        )
    return plan


def _met_unowed(demand: Demand, past: Past, pace: Pace) -> int:
    """How many wishes the same week meets in a station that carries nothing but who was bumped."""
    problem = demand.problem(Past(waited=past.waited))
    return sum(one.met for one in _aired(problem, demand, _solved(problem, pace)))


def _aired(problem: Problem, demand: Demand, plan: Plan) -> tuple[Aired, ...]:
    return tuple(_one_aired(problem, demand, placed) for placed in plan.placements)


def _one_aired(problem: Problem, demand: Demand, placed: Placement) -> Aired:
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
