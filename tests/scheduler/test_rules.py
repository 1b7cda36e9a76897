"""Each rule allows a week, forbids one, and turns exactly at its boundary: three times told.

The model, the placing by hand and the checker each say it on their own.
"""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from scheduler import rules
from scheduler.catalogue import bands_of
from scheduler.check import broken_rules
from scheduler.conflict import place_fixed
from scheduler.ground import Ground
from scheduler.model import Model
from scheduler.plan import Status
from scheduler.problem import Place, Problem
from scheduler.rules import ALONE, BETWEEN
from scheduler.solve import solve
from scheduler.taken import Taken
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import planned, request, silence, week

Spots = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Case:
    """A rule with places it allows, places at its boundary, and places it forbids."""

    rule: str
    problem: Problem
    allows: Spots
    boundary: Spots
    forbids: Spots


A, B, LONG = request("a"), request("b"), request("long", length=3)

CASES = [
    Case(
        "one-a-slot",
        week(A, LONG),
        {"a": (0, 0), "long": (0, 9)},
        {"a": (0, 8), "long": (0, 9)},
        {"a": (0, 11), "long": (0, 9)},
    ),
    Case(
        "reserved",
        week(LONG, reserved=[(0, 4, 4)]),
        {"long": (1, 4)},
        {"long": (0, 1)},
        {"long": (0, 2)},
    ),
    Case(
        "limits",
        week(request("a", length=2, allowed=[(4, 6), (6, 9, 0)])),
        {"a": (1, 4)},
        {"a": (0, 7)},
        {"a": (0, 8)},
    ),
    Case(
        "limits",
        week(request("a", allowed=[(4, 9, 1)])),
        {"a": (1, 6)},
        {"a": (1, 8)},
        {"a": (0, 8)},
    ),
    Case(
        "holder-gap",
        week(request("a", "Ada"), request("b", "Ada", length=2), holder_gap=3),
        {"a": (0, 20), "b": (1, 0)},
        {"a": (0, 5), "b": (1, 0)},
        {"a": (0, 4), "b": (1, 0)},
    ),
    Case(
        "holder-gap",
        week(request("a", "Ada"), request("b", "Ada")),
        {"a": (0, 20), "b": (1, 0)},
        {"a": (0, 1), "b": (1, 0)},
        {"a": (0, 0), "b": (1, 0)},
    ),
    Case(
        "sold-per-hour",
        week(request("a", sold=True), request("b", sold=True, length=3), sold_per_hour=2),
        {"a": (1, 3), "b": (0, 2)},
        {"a": (0, 5), "b": (0, 2)},
        {"a": (0, 0), "b": (0, 2)},
    ),
    Case(
        "trade",
        week(request("a", sold=True, trade="shoes"), request("b", sold=True, trade="shoes")),
        {"a": (0, 3), "b": (1, 4)},
        {"a": (0, 2), "b": (0, 4)},
        {"a": (0, 3), "b": (0, 4)},
    ),
    Case(
        "silence-gap",
        week(silence("a", "peace"), silence("b", "Floyd"), silence("c", "peace"), silence_gap=3),
        {"a": (0, 0), "b": (1, 0), "c": (0, 1)},
        {"a": (0, 0), "b": (0, 4), "c": (0, 8)},
        {"a": (0, 0), "b": (0, 4), "c": (0, 7)},
    ),
    Case(
        "together",
        week(silence("a", "peace", together="g"), silence("b", "peace", together="g")),
        {"b": (1, 7)},
        {"a": (0, 7), "b": (1, 7)},
        {"a": (0, 7), "b": (1, 8)},
    ),
]
EACH = pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])


def by_hand(problem, spots):
    """Whether the rules leave each place open to its request, after those before it."""
    ground = Ground(problem)
    taken = Taken(ground)
    for name, spot in spots.items():
        one = problem.request[name]
        starts = rules.left_open(taken, one, rules.openings(ground, one))
        if not starts[spot]:
            return False
        taken.place(one, Place(*spot))
    return True


def by_model(problem, spots):
    """Whether CP-SAT may place each request exactly there."""
    ground = Ground(problem)
    choices = {}
    for name, (channel, start) in spots.items():
        one = problem.request[name]
        starts = rules.openings(ground, one)
        only = starts & False
        only[channel, start] = starts[channel, start]
        choices[name] = bands_of(ground, one, only)
    model = Model(ground, Taken(ground), choices, spots)
    for rule in BETWEEN:
        rule.constrain(model)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model.cp)
    assert status in {cp_model.OPTIMAL, cp_model.INFEASIBLE}
    return status == cp_model.OPTIMAL


def broken_by(problem, spots):
    plan = planned(problem, **spots)
    return {found.rule for found in broken_rules(problem, plan.placements, plan.bumped)}


@EACH
def test_a_week_it_allows(case):
    assert by_hand(case.problem, case.allows)
    assert by_model(case.problem, case.allows)


@EACH
def test_a_week_it_forbids(case):
    assert not by_hand(case.problem, case.forbids)
    assert not by_model(case.problem, case.forbids)


@EACH
def test_its_exact_boundary(case):
    assert by_hand(case.problem, case.boundary)
    assert by_model(case.problem, case.boundary)


@EACH
def test_its_twin_in_the_checker(case):
    assert broken_by(case.problem, case.allows) == set()
    assert broken_by(case.problem, case.boundary) == set()
    assert broken_by(case.problem, case.forbids) == {case.rule}


def test_every_rule_has_its_proofs():
    ours = {rule.NAME for rule in ALONE} | {rule.NAME for rule in BETWEEN}
    assert {case.rule for case in CASES} | {"fixed"} == ours


def test_a_pin_is_kept_and_nothing_else_is():
    problem = week(request("a", pin=Place(1, 7)), reserved=[(0, 0, 4)])
    plan = solve(problem)
    assert [one.place for one in plan.placements] == [Place(1, 7)]
    assert broken_by(problem, {"a": (1, 7)}) == set()
    assert broken_by(problem, {"a": (1, 8)}) == {"pins"}
    assert broken_by(problem, {}) == {"pins"}


def test_a_frozen_slot_is_kept_although_another_would_score_more():
    problem = week(A, value=[[1] * 6, [9] * 6], published=[("a", 0, 3, True)])
    plan = solve(problem)
    assert [one.place for one in plan.placements] == [Place(0, 3)]
    assert broken_by(problem, {"a": (0, 3)}) == set()
    assert broken_by(problem, {"a": (1, 3)}) == {"frozen"}


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


@QUICK
@given(problems(most_requests=5, most_starts=12), st.data())
def test_model_hand_and_checker_agree_on_any_places(problem, data):
    spots = {}
    for one in problem.requests:
        last = problem.starts - one.length
        if last >= 0 and data.draw(st.integers(0, 3)):
            channel = data.draw(st.integers(0, problem.channels - 1))
            spots[one.id] = (channel, data.draw(st.integers(0, last)))
    # A fixed request that is left out is the checker's business alone.
    fixed = {one.id for one in problem.requests if problem.fixed(one)}
    if fixed <= spots.keys():
        fits = not broken_by(problem, spots)
        assert by_hand(problem, spots) == by_model(problem, spots) == fits


def test_fixed_requests_that_agree_are_placed_first():
    problem = week(request("a", pin=Place(0, 4)), request("b", pin=Place(0, 5)))
    taken, clashes = place_fixed(Ground(problem))
    assert clashes == []
    assert taken.places == {"a": Place(0, 4), "b": Place(0, 5)}
