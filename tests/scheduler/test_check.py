"""The checker finds every claim of a plan that is not so."""

import msgspec
import pytest

from scheduler.check import check
from scheduler.plan import Placement, Status
from scheduler.problem import Wish
from tests.scheduler.weeks import planned, request, week

PROBLEM = week(
    request("a", owed=1.5, wishes=[Wish(4, 8, points=30), Wish(6, 8, points=50)]),
    request("b", length=2, waited=2),
    value=[[3.0] * 6, [5.0] * 6],
    published=[("a", 0, 4, False)],
    move_cost=7,
)
SOUND = planned(PROBLEM, a=(1, 6), b=(0, 0))


def rules_broken(**claims):
    return {found.rule for found in check(PROBLEM, msgspec.structs.replace(SOUND, **claims))}


def test_a_sound_plan_has_nothing_wrong():
    assert check(PROBLEM, SOUND) == []


def test_a_score_counts_the_best_wish_the_rounded_worth_and_the_move():
    # 50 for the better wish, round(1.5 x 5) = 8, less 7 for the move; and 3 for b.
    assert SOUND.score == 50 + 8 - 7 + 3


def test_a_place_that_was_published_costs_no_move():
    plan = planned(PROBLEM, a=(0, 4))
    assert plan.score == 30 + 4
    assert plan.bumped_weight == 2 * (1 + 2)
    assert check(PROBLEM, plan) == []


@pytest.mark.parametrize(
    ("claims", "rule"),
    [
        ({"score": 55}, "score"),
        ({"bumped_weight": 1}, "bumped-weight"),
        ({"bound": 53, "gap": 0.0}, "bound"),
        ({"bound": None, "gap": None}, "bound"),
        ({"bound": 60, "gap": 0.0}, "gap"),
        ({"bound": 60, "gap": None}, "gap"),
        ({"status": Status.OPTIMAL, "bound": 60, "gap": 0.1}, "optimal"),
        ({"status": Status.UNKNOWN}, "no-plan"),
        ({"placements": SOUND.placements[:1]}, "lost"),
        ({"placements": SOUND.placements * 2}, "placed-once"),
        ({"placements": (*SOUND.placements, Placement("c", 0, 9))}, "unknown-request"),
        ({"placements": (Placement("a", 1, 6), Placement("b", 0, 23))}, "inside-the-week"),
        ({"placements": (Placement("a", 2, 6), Placement("b", 0, 2))}, "inside-the-week"),
    ],
)
def test_a_claim_that_is_not_so_is_found(claims, rule):
    assert rules_broken(**claims) == {rule}


def test_a_request_bumped_without_a_reason_is_found():
    plan = planned(PROBLEM, b=(0, 0))
    silent = msgspec.structs.replace(plan.bumped[0], reason=" ")
    found = check(PROBLEM, msgspec.structs.replace(plan, bumped=(silent,)))
    assert [violation.rule for violation in found] == ["reason"]


def test_a_request_both_placed_and_bumped_is_found():
    plan = planned(PROBLEM, b=(0, 0))
    both = msgspec.structs.replace(plan, placements=SOUND.placements)
    assert [violation.rule for violation in check(PROBLEM, both)] == ["placed-once"]


def test_a_group_on_one_channel_breaks_two_rules():
    problem = week(request("a", together="g"), request("b", together="g"))
    plan = planned(problem, a=(0, 3), b=(0, 3))
    assert [violation.rule for violation in check(problem, plan)] == ["one-a-slot", "together"]
