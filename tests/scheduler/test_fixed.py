"""Pins and frozen places come first, and only they can make a week impossible."""

import pytest

from scheduler.conflict import place_fixed
from scheduler.ground import Ground
from scheduler.plan import Status
from scheduler.problem import Place
from scheduler.solve import solve
from tests.scheduler.weeks import request, week

A, B = request("a"), request("b")


def test_a_pin_is_kept_although_another_place_would_score_more():
    problem = week(request("a", pin=Place(1, 7)), value=[[9] * 6, [1] * 6])
    assert [one.place for one in solve(problem).placements] == [Place(1, 7)]


def test_a_frozen_slot_is_kept_although_another_would_score_more():
    problem = week(A, value=[[1] * 6, [9] * 6], published=[("a", 0, 3, True)])
    assert [one.place for one in solve(problem).placements] == [Place(0, 3)]


def test_a_pin_and_a_frozen_place_that_are_one_are_kept():
    problem = week(request("a", pin=Place(0, 3)), published=[("a", 0, 3, True)])
    assert [one.place for one in solve(problem).placements] == [Place(0, 3)]


@pytest.mark.parametrize(
    ("rule", "problem", "ids"),
    [
        ("reserved", week(request("a", pin=Place(0, 5)), B, reserved=[(0, 5, 1)]), {"a"}),
        ("limits", week(request("a", allowed=[(0, 4)], pin=Place(0, 4)), B), {"a"}),
        ("frozen", week(request("a", pin=Place(0, 4)), published=[("a", 0, 5, True)]), {"a"}),
        (
            "holder-gap",
            week(
                request("a", "Ada", pin=Place(0, 4)),
                request("c", pin=Place(0, 5)),
                request("b", "Ada", pin=Place(1, 6)),
                holder_gap=2,
            ),
            {"a", "b"},
        ),
        (
            "sold-per-hour",
            week(
                *(request(f"s{n}", sold=True, pin=Place(0, n)) for n in range(3)),
                *(request(f"t{n}", sold=True, pin=Place(1, n)) for n in range(2)),
                sold_per_hour=2,
            ),
            {"s0", "s1", "s2"},
        ),
    ],
)
def test_fixed_requests_that_clash_make_a_week_impossible_and_are_named(rule, problem, ids):
    plan = solve(problem)
    assert plan.status == Status.INFEASIBLE
    (clash,) = plan.conflict
    assert (clash.rule, set(clash.ids)) == (rule, ids)
    assert all(name in clash.sentence for name in ids)


def test_fixed_requests_that_agree_are_placed_first():
    problem = week(request("a", pin=Place(0, 4)), request("b", pin=Place(0, 5)))
    taken, clashes = place_fixed(Ground(problem))
    assert clashes == []
    assert taken.places == {"a": Place(0, 4), "b": Place(0, 5)}
