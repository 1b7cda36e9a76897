"""Each wish earns in one place, not in another, exactly up to its boundary, and again in `check`.

A request that is allowed one place alone scores there what the format says, by the solver, by the
checker and by brute force; one that may go anywhere goes where it scores most.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from scheduler import wishes
from scheduler.check import check
from scheduler.check.figures import score_of
from scheduler.plan import Placement, Status, gap_of
from scheduler.problem import Place, Problem, Window, Wish
from scheduler.solve import solve
from tests.scheduler import test_variety
from tests.scheduler.brute_force import score
from tests.scheduler.weeks import planned, request, week

FILES = Path(wishes.__file__).parent


@dataclass(frozen=True)
class Case:
    """What a wish says of request a: the points at some places, and one where it is best off."""

    wish: str
    says: str
    problem: Problem
    points: dict[tuple[int, int], int]
    best: tuple[int, int] | None = None


def wished(*windows, **more):
    """A week in which a start is worth nothing but its wishes, each (from, to, points, channel)."""
    asked = [Wish(start, end, *on, points=points) for start, end, points, *on in windows]
    return week(request("a", wishes=asked, **more), value=[[0] * 6] * 2)


CASES = [
    Case(
        "requested",
        "a window that holds the first start earns its points",
        wished((4, 8, 30)),
        {(0, 3): 0, (0, 4): 30, (1, 7): 30, (1, 8): 0},
    ),
    Case(
        "requested",
        "only the first start of a long request counts",
        wished((4, 8, 30), length=3),
        {(0, 2): 0, (0, 3): 0, (0, 4): 30, (0, 7): 30, (0, 8): 0},
    ),
    Case(
        "requested",
        "of windows that overlap the best one counts, once",
        wished((0, 12, 10), (4, 8, 30), (6, 10, 20)),
        {(0, 3): 10, (0, 5): 30, (0, 7): 30, (0, 8): 20, (0, 9): 20, (0, 10): 10},
    ),
    Case(
        "requested",
        "a window of one channel earns on that channel alone",
        wished((4, 5, 30, 1)),
        {(0, 4): 0, (1, 4): 30},
        (1, 4),
    ),
    Case(
        "requested",
        "an exact moment is a window of one start",
        wished((17, 18, 500), (0, 24, 3)),
        {(0, 16): 3, (0, 17): 500, (0, 18): 3},
    ),
    Case(
        "requested",
        "a start that is wished away costs points, unless a better window holds it too",
        wished((0, 23, -30), (4, 5, -10)),
        {(0, 3): -30, (0, 4): -10, (0, 23): 0},
    ),
    Case(
        "fairness",
        "a start is worth its clock hour on its channel as often as its holder is owed it",
        week(request("a", owed=2.0), value=[[1, 2, 3, 4, 5, 6], [7, 9, 11, 13, 15, 17]]),
        {(0, 3): 2, (0, 4): 4, (0, 23): 12, (1, 23): 34},
    ),
    Case(
        "fairness",
        "the last hour may be a part of one, and counts by its first slot",
        week(request("a", length=2, allowed=[(0, 6)]), starts=6, value=[[1, 9], [1, 5]]),
        {(0, 3): 1, (0, 4): 9, (1, 4): 5},
        (0, 4),
    ),
    Case(
        "fairness",
        "halves are rounded to even",
        week(request("a", owed=0.5), value=[[1, 3, 5, 7, -1, -3], [0] * 6]),
        {(0, 0): 0, (0, 4): 2, (0, 8): 2, (0, 12): 4, (0, 16): 0, (0, 20): -2},
    ),
    Case(
        "fairness",
        "whoever is owed nothing scores the same anywhere",
        week(request("a", owed=0.0), value=[[1, 3, 5, 7, -1, -3], [900] * 6]),
        {(0, 0): 0, (1, 0): 0, (0, 23): 0},
    ),
    Case(
        "nearness",
        "a move from the published place costs, to the next start as to another channel",
        week(request("a"), published=[("a", 0, 5, False)], move_cost=7),
        {(0, 5): 1, (0, 4): -6, (0, 6): -6, (1, 5): -6},
        (0, 5),
    ),
    Case(
        "nearness",
        "a wish that is worth more than the move is followed, and the move still counts",
        week(
            request("a", wishes=[Wish(9, 10, 1, points=50)]),
            published=[("a", 0, 5, False)],
            move_cost=7,
        ),
        {(0, 5): 1, (1, 9): 44},
        (1, 9),
    ),
    Case(
        "nearness",
        "what was not published moves for nothing, and others' places are not its own",
        week(request("a"), published=[("gone", 0, 5, False)], move_cost=7),
        {(0, 5): 1, (1, 9): 1},
    ),
    Case(
        "nearness",
        "where a move earns something it is made",
        week(request("a"), published=[("a", 0, 5, False)], move_cost=-7),
        {(0, 5): 1, (1, 5): 8},
    ),
]
EACH = pytest.mark.parametrize("case", CASES, ids=[f"{one.wish}: {one.says}" for one in CASES])


@EACH
def test_a_request_scores_at_a_place_what_the_wish_says(case):
    (one,) = case.problem.requests
    for (channel, start), points in case.points.items():
        only = (Window(start, start + one.length, channel),)
        narrowed = msgspec.structs.replace(
            case.problem, requests=(msgspec.structs.replace(one, allowed=only),)
        )
        plan = solve(narrowed, seconds=5)
        assert (plan.status, plan.score, plan.bound) == (Status.OPTIMAL, points, points)
        assert check(narrowed, plan) == []


@EACH
def test_its_twin_in_the_checker_and_brute_force_count_the_same(case):
    for spot, points in case.points.items():
        assert score_of(case.problem, [Placement("a", *spot)]) == points
        assert score(case.problem, {"a": Place(*spot)}) == points
        plan = planned(case.problem, a=spot)
        assert check(case.problem, plan) == []
        for wrong in (points - 1, points + 1):
            bound = points + 1
            gap = gap_of(points, bound)
            claimed = msgspec.structs.replace(plan, score=wrong, bound=bound, gap=gap)
            assert [found.rule for found in check(case.problem, claimed)] == ["score"]


@EACH
def test_a_request_that_may_go_anywhere_goes_where_it_scores_most(case):
    plan = solve(case.problem, seconds=5)
    (placement,) = plan.placements
    assert plan.score >= max(case.points.values())
    assert case.best in {None, (placement.channel, placement.start)}


def test_every_wish_has_its_proofs():
    files = {file.stem for file in FILES.glob("[a-z]*.py")}
    known = [*wishes.ALONE, *wishes.BETWEEN]
    assert files == {vars(wish)["__name__"].rpartition(".")[2] for wish in known}
    assert files == {case.wish for case in CASES} | {case.wish for case in test_variety.CASES}


def test_all_wishes_add_up_for_all_requests():
    problem = week(
        request("a", owed=1.5, wishes=[Wish(4, 8, points=30)]),
        request("b", "b", wishes=[Wish(0, 24, points=-4)]),
        value=[[3] * 6, [3] * 6],
        published=[("a", 0, 0, False), ("b", 1, 1, False)],
        move_cost=7,
    )
    # 30 and round(1.5 x 3) = 4 less 7 for the move; 3 less 4 for b, which stays.
    plan = solve(problem, seconds=5)
    assert (plan.status, plan.score) == (Status.OPTIMAL, 30 + 4 - 7 + 3 - 4)
    assert check(problem, plan) == []
