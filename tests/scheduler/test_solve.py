"""The solver agrees with brute force, and whatever it answers satisfies the checker."""

import pytest
from hypothesis import given, settings

from scheduler.catalogue import Catalogue
from scheduler.check import check
from scheduler.conflict import place_fixed
from scheduler.draft import draft
from scheduler.ground import Ground
from scheduler.patience import Patience
from scheduler.plan import Plan, Status, gap_of
from scheduler.pricing import priced
from scheduler.problem import Problem
from scheduler.search import Search
from scheduler.solve import _plan, hears_nothing, solve
from scheduler.soundness import contradictions
from tests.scheduler.brute_force import best_by_weight, bumped_weight, legal, score
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import request, week

SECONDS = 20


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
    """With time the plan is the best there is; without any, all that it claims is so."""
    assert list(contradictions(problem)) == []
    plan = solve(problem, seconds=SECONDS)
    if holds(problem, plan):
        assert plan.status == Status.OPTIMAL
    holds(problem, solve(problem, seconds=0))


def by_parts_it_agrees_with_brute_force(problem):
    """As in a week too large for one model: a sharper bound, and better grids part by part."""
    ground = Ground(problem)
    taken, clashes = place_fixed(ground)
    if clashes:
        return
    catalogue = Catalogue(ground)
    rough = priced(catalogue)
    draft(catalogue, taken, rough)
    search = Search(catalogue, rough, taken, Patience(SECONDS, 1), hears_nothing)
    search._sharpen()
    for _ in range(5):
        search._part()
    plan = _plan(ground, search.best, search.patience)
    holds(problem, plan)


def keeps_every_rule(problem):
    for seconds in (0, SECONDS):
        plan = solve(problem, seconds=seconds)
        if plan.status == Status.INFEASIBLE:
            assert plan.conflict
        else:
            assert check(problem, plan) == []


@settings(QUICK, max_examples=150)
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


def test_a_week_of_nothing_is_planned_at_once():
    plan = solve(week(), seconds=SECONDS)
    assert (plan.status, plan.score, plan.bound, plan.gap) == (Status.OPTIMAL, 0, 0, 0.0)


def test_the_same_seed_plans_the_same():
    problem = week(*(request(f"r{n}", f"m{n % 4}") for n in range(12)), holder_gap=3)
    first, second = solve(problem, seconds=SECONDS), solve(problem, seconds=SECONDS)
    assert first.placements == second.placements
