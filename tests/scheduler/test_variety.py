"""Neighbours of one category cost points, in `check` too, and the solver parts them."""

from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.check import check
from scheduler.check.figures import score_of
from scheduler.ground import Ground
from scheduler.patience import Patience
from scheduler.plan import Status, gap_of
from scheduler.problem import Place, Problem, Window
from scheduler.solve import solve
from scheduler.variety import varied
from tests.scheduler.brute_force import legal, score
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import planned, repeated, request, silence, week

COST = 7
Spots = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Case:
    """Where requests repeat, so many times, and the nearest places at which they do not."""

    says: str
    problem: Problem
    repeats: Spots
    parted: Spots
    times: int = 1
    wish: str = "variety"


def spoken(*requests, **more):
    return week(*requests, repeat_cost=COST, **more)


def english(name, **more):
    return request(name, category="en", **more)


CASES = [
    Case(
        "one empty slot between them parts two of one category, across the hour too",
        spoken(english("a"), english("b")),
        {"a": (0, 3), "b": (0, 4)},
        {"a": (0, 3), "b": (0, 5)},
    ),
    Case(
        "a reserved block between them parts them",
        spoken(english("a"), english("b"), reserved=[(0, 4, 1)]),
        {"a": (1, 3), "b": (1, 4)},
        {"a": (0, 3), "b": (0, 5)},
    ),
    Case(
        "another channel is no neighbour",
        spoken(english("a"), english("b")),
        {"a": (0, 3), "b": (0, 4)},
        {"a": (0, 3), "b": (1, 4)},
    ),
    Case(
        "a long one is a neighbour where it ends, not where it starts",
        spoken(english("a", length=3), english("b")),
        {"a": (0, 3), "b": (0, 6)},
        {"a": (0, 3), "b": (0, 7)},
    ),
    Case(
        "of three in a row each two are a repeat, and another between them parts them",
        spoken(*map(english, "abc"), request("d", category="zu")),
        {"a": (0, 3), "b": (0, 4), "c": (0, 5), "d": (0, 6)},
        {"a": (0, 3), "d": (0, 4), "b": (0, 5), "c": (1, 6)},
        times=2,
    ),
    Case(
        "no category is none, whatever somebody's cause is; an empty name is one",
        spoken(silence("a", "peace"), silence("b", "peace"), *(english(n) for n in "cd")),
        {"a": (0, 3), "b": (0, 4), "c": (0, 5), "d": (0, 6)},
        {"a": (0, 3), "b": (0, 4), "c": (0, 5), "d": (0, 7)},
    ),
]
EACH = pytest.mark.parametrize("case", CASES, ids=[one.says for one in CASES])


def only_there(problem: Problem, spots: Spots) -> Problem:
    """The same week, in which each may be in one place alone."""
    asked = []
    for one in problem.requests:
        channel, start = spots[one.id]
        allowed = (Window(start, start + one.length, channel),)
        asked.append(msgspec.structs.replace(one, allowed=allowed))
    return msgspec.structs.replace(problem, requests=tuple(asked))


@EACH
def test_a_repeat_costs_and_the_bound_leaves_it_out(case):
    plan = solve(only_there(case.problem, case.repeats), seconds=5)
    most = len(case.repeats)
    assert (plan.score, plan.bound) == (most - COST * case.times, most)
    assert (plan.status, plan.bumped) == (Status.FEASIBLE, ())
    assert check(case.problem, plan) == []


@EACH
def test_at_its_exact_boundary_it_costs_nothing(case):
    plan = solve(only_there(case.problem, case.parted), seconds=5)
    assert (plan.status, plan.score) == (Status.OPTIMAL, len(case.parted))
    assert check(case.problem, plan) == []


@EACH
def test_its_twin_in_the_checker_and_brute_force_count_the_same(case):
    for spots, times in ((case.repeats, case.times), (case.parted, 0)):
        plan, points = planned(case.problem, **spots), len(spots) - COST * times
        assert score_of(case.problem, plan.placements) == points
        assert score(case.problem, {name: Place(*spot) for name, spot in spots.items()}) == points
        assert check(case.problem, plan) == []
        bound = points + COST
        claims = {"score": points + 1, "bound": bound, "gap": gap_of(points, bound)}
        claimed = msgspec.structs.replace(plan, **claims)
        assert [found.rule for found in check(case.problem, claimed)] == ["score"]


@EACH
@pytest.mark.parametrize("seconds", [0, 5])
def test_those_who_may_go_elsewhere_are_parted(case, seconds):
    plan = solve(case.problem, seconds=seconds)
    assert (plan.status, plan.score) == (Status.OPTIMAL, len(case.repeats))


def test_a_repeat_stays_where_parting_costs_more():
    problem = spoken(english("a"), english("b"), channels=1, value=[[20, 0, 0, 0, 0, 0]], starts=24)
    narrow = only_there(problem, {"a": (0, 0), "b": (0, 1)})
    a, b = narrow.requests
    for worth, parted in ((COST + 1, False), (COST - 1, True)):
        away = msgspec.structs.replace(b, allowed=(Window(1, 2), Window(4, 5)))
        week = msgspec.structs.replace(narrow, requests=(a, away), value=((worth, 0, 0, 0, 0, 0),))
        plan = solve(week, seconds=5)
        assert (plan.placements[1].start == 4) == parted
        assert plan.score == worth + (0 if parted else worth - COST)


def test_whoever_is_fixed_stays_beside_one_of_their_kind():
    pinned = [english("a", pin=Place(0, 3)), english("b", pin=Place(0, 4))]
    late = [english("c"), request("d", category="zu")]
    problem = spoken(*pinned, *late, channels=1, published=[("c", 0, 5, True)])
    plan = solve(problem, seconds=5)
    assert {one.id: one.start for one in plan.placements if one.id in "abc"} == {
        "a": 3,
        "b": 4,
        "c": 5,
    }
    assert plan.score == 4 - 2 * COST


def full_week(cost):
    """Two channels of 400 starts, nearly full of four languages, in which hours differ by tens."""
    asked = [
        request(
            f"r{n}",
            f"m{n % 300}",
            allowed=[(0, 400)] if n % 5 else [(100, 400)],
            length=1 + (n % 11 == 0),
            category=["en", "zu", "xh", "af"][n * n % 7 % 4],
        )
        for n in range(700)
    ]
    values = [[hour * 37 % 9 * 10 for hour in range(100)]] * 2
    return week(*asked, starts=400, value=values, holder_gap=4, repeat_cost=cost)


def test_in_a_full_week_runs_become_rare_at_no_loss_of_other_points():
    as_it_comes, varied = (solve(full_week(cost), seconds=0) for cost in (0, 1))
    before, after = (
        repeated(full_week(0), {one.id: one.place for one in plan.placements})
        for plan in (as_it_comes, varied)
    )
    assert check(full_week(1), varied) == []
    assert varied.bumped_weight == as_it_comes.bumped_weight
    assert varied.score + after >= as_it_comes.score
    assert before > 150
    assert after < before / 10


@settings(QUICK, max_examples=60)
@given(problems(most_requests=10, most_starts=12, most_channels=2), st.integers(1, 20))
def test_varying_any_grid_keeps_the_rules_and_all_who_are_placed_and_loses_nothing(problem, cost):
    problem = msgspec.structs.replace(problem, repeat_cost=cost)
    before = solve(msgspec.structs.replace(problem, repeat_cost=0), seconds=0).placements
    seats = {one.id: one.place for one in before}
    found = varied(Ground(problem), seats, Patience(seconds=0, seed=1))
    assert found.keys() == seats.keys()
    assert legal(problem, found) or not seats
    assert score(problem, found) >= score(problem, seats)


def test_the_same_seed_varies_the_same():
    first, second = (solve(full_week(3), seconds=0, steady=True) for _ in range(2))
    assert first.placements == second.placements
