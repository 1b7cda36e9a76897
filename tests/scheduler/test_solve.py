"""The solver agrees with brute force, and whatever it answers satisfies the checker."""

import pytest
from hypothesis import given, settings

from scheduler import search
from scheduler.check import check
from scheduler.plan import Plan, Status, gap_of
from scheduler.problem import Problem
from scheduler.solve import solve
from scheduler.soundness import contradictions
from tests.scheduler.brute_force import best_by_weight, bumped_weight, legal, score
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import request, week

SECONDS = 20
SHORT = 0.2


def holds(problem: Problem, plan: Plan) -> bool:
    """Holds all that a plan claims against every grid there is; answers whether it has one."""
    best = best_by_weight(problem)
    if not best:
        assert plan.status == Status.INFEASIBLE
        assert plan.conflict
        return False
    seats = {one.id: one.place for one in plan.placements}
    assert plan.has_grid
    assert legal(problem, seats)
    assert check(problem, plan) == []
    assert (plan.bumped_weight, plan.score) == (
        bumped_weight(problem, seats),
        score(problem, seats),
    )
    assert plan.bound >= best[plan.bumped_weight]
    assert plan.gap == gap_of(plan.score, plan.bound)
    if plan.status == Status.OPTIMAL:
        least = min(best)
        assert (plan.bumped_weight, plan.score, plan.bound) == (least, best[least], best[least])
    return True


def agrees_with_brute_force(problem):
    """With time the plan is the best there is; without any, all that it claims is so.

    What repeats cost is in no bound: a plan in which there are any bumps the least.
    """
    assert list(contradictions(problem)) == []
    plan = solve(problem, seconds=SECONDS)
    if holds(problem, plan):
        assert plan.status == Status.OPTIMAL or problem.repeat_cost
        assert plan.bumped_weight == min(best_by_weight(problem))
    holds(problem, solve(problem, seconds=0))


def by_parts_it_agrees_with_brute_force(problem):
    """A week that is called too large for one model gets a sharper bound, and better parts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "FEW_BANDS", 0)
        patch.setattr(search, "MOST_BANDS", 0)
        holds(problem, solve(problem, seconds=SHORT))


def keeps_every_rule(problem):
    for seconds in (0, SECONDS):
        plan = solve(problem, seconds=seconds)
        if plan.status == Status.INFEASIBLE:
            assert plan.conflict
        else:
            assert check(problem, plan) == []


@settings(QUICK, max_examples=400)
@given(problems(most_requests=4, most_starts=5, most_channels=3))
def test_on_tiny_weeks_brute_force_finds_nothing_better(problem):
    agrees_with_brute_force(problem)


@settings(QUICK, max_examples=40)
@given(problems(most_requests=4, most_starts=5))
def test_part_by_part_too_its_grids_and_its_bound_are_true(problem):
    by_parts_it_agrees_with_brute_force(problem)


@settings(QUICK, max_examples=60)
@given(problems(most_requests=14, most_starts=30, most_channels=3))
def test_whatever_week_it_is_given_the_plan_satisfies_the_checker(problem):
    keeps_every_rule(problem)


@pytest.mark.parametrize("seconds", [0, SECONDS])
def test_two_of_one_holder_in_one_group_are_never_at_one_instant(seconds):
    problem = week(request("a", "Ada", together="g"), request("b", "Ada", together="g"))
    plan = solve(problem, seconds=seconds)
    assert check(problem, plan) == []
    assert (len(plan.placements), plan.bumped_weight) == (1, 1)


@pytest.mark.parametrize("seconds", [0, SECONDS])
def test_a_long_request_that_needs_the_whole_hour_has_it(seconds):
    short = request("short", "Ada", together="g", waited=1, owed=0.0, allowed=[(0, 3)])
    long = request("long", "Ada", length=3, owed=0.0, allowed=[(0, 3)])
    problem = week(short, long, starts=3, per_hour=3, channels=1, value=[[0]], sold_per_hour=0)
    plan = solve(problem, seconds=seconds)
    assert check(problem, plan) == []
    assert plan.bumped_weight == 2 or plan.status == Status.FEASIBLE


def test_a_week_of_nothing_is_planned_at_once():
    plan = solve(week(), seconds=SECONDS)
    assert (plan.status, plan.score, plan.bound, plan.gap) == (Status.OPTIMAL, 0, 0, 0.0)


def test_the_same_seed_plans_the_same():
    problem = week(*(request(f"r{n}", f"m{n % 4}") for n in range(12)), holder_gap=3)
    first, second = solve(problem, seconds=SECONDS), solve(problem, seconds=SECONDS)
    assert first.placements == second.placements
