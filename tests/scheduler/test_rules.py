"""Each rule allows a week, forbids one, turns exactly at its boundary, and has a twin in `check`.

The placing by hand, the model, the whole solver and the checker each say it on their own.
"""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from scheduler import rules
from scheduler.catalogue import bands_of
from scheduler.check import broken_rules
from scheduler.ground import Ground
from scheduler.model import Model
from scheduler.plan import Status
from scheduler.problem import Place, Window
from scheduler.rules import ALONE, BETWEEN
from scheduler.solve import solve
from scheduler.taken import Taken
from tests.scheduler.brute_force import legal
from tests.scheduler.rule_cases import CASES
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import planned

RULES = Path(rules.__file__).parent
EACH = pytest.mark.parametrize("case", CASES, ids=[f"{one.rule}: {one.says}" for one in CASES])


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


def by_solver(problem, spots, seconds):
    """Whether the solver places everybody when each is allowed that place and no other."""
    asked = []
    for one in problem.requests:
        channel, start = spots.get(one.id, (0, 0))
        end = start + one.length if one.id in spots else start
        cut = [
            Window(max(start, its.start), min(end, its.end), channel)
            for its in one.allowed
            if its.channel in {None, channel} and max(start, its.start) < min(end, its.end)
        ]
        asked.append(msgspec.structs.replace(one, allowed=tuple(cut)))
    narrowed = msgspec.structs.replace(problem, requests=tuple(asked))
    plan = solve(narrowed, seconds=seconds)
    assert plan.status in {Status.OPTIMAL, Status.FEASIBLE, Status.INFEASIBLE}
    return {one.id: (one.channel, one.start) for one in plan.placements} == spots


def clash_of(problem, spots):
    """The rule that makes a week impossible in which each is pinned there, if one does."""
    asked = [
        msgspec.structs.replace(
            problem.request[name], pin=problem.request[name].pin or Place(*spot)
        )
        for name, spot in spots.items()
    ]
    plan = solve(msgspec.structs.replace(problem, requests=tuple(asked)), seconds=5)
    assert (plan.status == Status.INFEASIBLE) == bool(plan.conflict)
    return {clash.rule for clash in plan.conflict}


def broken_by(problem, spots):
    plan = planned(problem, **spots)
    return {found.rule for found in broken_rules(problem, plan.placements, plan.bumped)}


def allowed(problem, spots):
    """Whether a place for each may be, as everybody who knows the rules says alike."""
    answers = {
        by_hand(problem, spots),
        by_model(problem, spots),
        by_solver(problem, spots, seconds=0),
        by_solver(problem, spots, seconds=5),
        legal(problem, {name: Place(*spot) for name, spot in spots.items()}),
    }
    assert len(answers) == 1
    return answers.pop()


@EACH
def test_a_week_it_allows(case):
    assert allowed(case.problem, case.allows)
    assert clash_of(case.problem, case.allows) == set()


@EACH
def test_a_week_it_forbids(case):
    assert not allowed(case.problem, case.forbids)


@EACH
def test_pins_that_break_it_make_a_week_impossible_by_its_name(case):
    if case.rule != "fixed":
        assert clash_of(case.problem, case.forbids) == {case.rule}


@EACH
def test_its_exact_boundary(case):
    assert allowed(case.problem, case.boundary)
    assert clash_of(case.problem, case.boundary) == set()


@EACH
def test_its_twin_in_the_checker(case):
    assert broken_by(case.problem, case.allows) == set()
    assert broken_by(case.problem, case.boundary) == set()
    assert broken_by(case.problem, case.forbids) == {case.twin or case.rule}


def test_every_rule_is_held_has_its_proofs_and_its_twin():
    files = {file.stem.replace("_", "-") for file in RULES.glob("[a-z]*.py")}
    assert files == {rule.NAME for rule in ALONE} | {rule.NAME for rule in BETWEEN}
    assert files == {case.rule for case in CASES}


def test_no_two_cases_say_the_same():
    assert len({case.says for case in CASES}) == len(CASES)


@QUICK
@given(problems(most_requests=5, most_starts=12, most_channels=3), st.data())
def test_model_hand_checker_and_brute_force_agree_on_any_places(problem, data):
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
        seats = {name: Place(*spot) for name, spot in spots.items()}
        assert by_hand(problem, spots) == by_model(problem, spots) == legal(problem, seats) == fits
