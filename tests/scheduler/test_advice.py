"""A bumped request is told the cheapest change that would place it, and it is so."""

import json

import pytest
from hypothesis import given, settings

from scheduler import cli
from scheduler.advice import changes_for, cheapest_changes
from scheduler.changes import Change, ChangeKind, applied
from scheduler.check import check
from scheduler.problem_file import dump
from scheduler.rules import BETWEEN, one_a_slot
from scheduler.solve import solve
from tests.scheduler.explained_weeks import BUMPS, early, late
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import request, week

SECONDS = 30


@pytest.mark.parametrize("bump", BUMPS, ids=[bump.what for bump in BUMPS])
def test_the_command_tells_the_reason_and_the_cheapest_change(run, files, bump):
    problem, _, answer = files
    problem.write_bytes(dump(bump.problem))
    code, said = run(cli.solve, problem, "--out", answer, "--explain", 30, "--json")
    assert code == 0
    (told,) = json.loads(said)["bumped"]
    assert told == {
        "id": "late",
        "reason": bump.reason,
        "change": bump.change,
        "way_out": bump.way_out,
    }
    assert bump.reason in run(cli.solve, problem, "--out", answer)[1]


@pytest.mark.parametrize("bump", BUMPS, ids=[bump.what for bump in BUMPS])
def test_the_change_that_is_told_places_the_request_when_the_week_is_solved_with_it(bump):
    plan = solve(bump.problem, seconds=SECONDS)
    (change,) = changes_for(bump.problem, plan, seconds=SECONDS).values()
    changed = applied(bump.problem, bump.problem.request["late"], change)
    again = solve(changed, seconds=SECONDS)
    assert check(changed, again) == []
    assert again.bumped == ()
    assert "late" in {one.id for one in again.placements}


def test_every_rule_is_a_reason_once_and_every_change_is_told_once():
    reasons = " ".join(bump.reason for bump in BUMPS)
    words = [rule.REASON for rule in BETWEEN if rule is not one_a_slot]
    assert [word for word in words if word not in reasons] == []
    assert {bump.change for bump in BUMPS} == set(ChangeKind) - {ChangeKind.NOTHING}


def test_room_that_came_since_is_told_as_such():
    problem = week(late())
    assert cheapest_changes(problem, seconds=SECONDS, seed=1) == {
        "late": Change(ChangeKind.NOTHING)
    }


def test_where_nothing_helps_that_is_told():
    problem = week(request("late", allowed=[], length=30), channels=1)
    assert cheapest_changes(problem, seconds=SECONDS, seed=1) == {"late": None}


def test_all_who_ask_for_the_same_are_told_the_same():
    crowd = [request(f"late{number}", allowed=[(0, 1, 0)]) for number in range(90)]
    other = request("other", allowed=[(0, 1)])
    problem = week(early(), *crowd, other, starts=96, published=[("early", 0, 0, False)])
    found = cheapest_changes(problem, seconds=SECONDS, seed=1)
    assert found.pop("other") == Change(ChangeKind.NOTHING)
    assert found == {one.id: Change(ChangeKind.ANYTIME) for one in crowd}


def test_without_time_nothing_is_told():
    problem = week(early(), late(), published=[("early", 0, 0, False)])
    assert cheapest_changes(problem, seconds=0, seed=1) == {}


@settings(QUICK, max_examples=60)
@given(problems(most_requests=6, most_starts=10))
def test_whatever_change_is_told_a_new_solve_bumps_less_with_it(problem):
    plan = solve(problem, seconds=SECONDS)
    found = changes_for(problem, plan, seconds=SECONDS) if plan.has_grid else {}
    for name, change in found.items():
        if change is None:
            continue
        one = problem.request[name]
        changed = applied(problem, one, change)
        again = solve(changed, seconds=SECONDS)
        assert check(changed, again) == []
        assert again.bumped_weight <= plan.bumped_weight - one.weight
