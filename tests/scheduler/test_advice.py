"""A bumped request is told the cheapest change that would place it, and it is so."""

import msgspec
import pytest
from hypothesis import given, settings

from scheduler.advice import cheapest_changes
from scheduler.changes import Change, ChangeKind, applied
from scheduler.problem import Published
from scheduler.solve import solve
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import request, silence, week

SECONDS = 30
DAY = 96  # at four starts an hour


def on_show(problem):
    """The week with its best plan on show."""
    plan = solve(problem, seconds=SECONDS)
    seats = tuple(Published(one.id, one.channel, one.start) for one in plan.placements)
    return msgspec.structs.replace(problem, published=seats, move_cost=0), plan


def advice(problem, name="late"):
    shown, _ = on_show(problem)
    return cheapest_changes(shown, seconds=SECONDS, seed=1)[name]


# One slot that somebody who waited longer has; each case leaves one way out.
ONE = [(0, 1, 0)]
FIRST = request("first", allowed=ONE, waited=5)
FULL = [(0, 0, 24), (1, 0, 24)]

CASES = [
    (
        "another channel at the same hours",
        week(FIRST, request("late", allowed=ONE)),
        Change(ChangeKind.CHANNEL, channel=1),
    ),
    (
        "the same hours on another day",
        week(FIRST, request("late", allowed=ONE), starts=2 * DAY, channels=1),
        Change(ChangeKind.DAY, day=1),
    ),
    (
        "any time at all",
        week(FIRST, request("late", allowed=ONE), channels=1),
        Change(ChangeKind.ANYTIME),
    ),
    (
        "to leave a group that starts elsewhere",
        week(
            silence("first", "peace", together="g", allowed=[(3, 4, 0)], waited=5),
            silence("late", "peace", together="g", allowed=[(7, 8)]),
        ),
        Change(ChangeKind.GROUP),
    ),
    (
        "to give up other airtime of one's own",
        week(
            request("first", "Ada", waited=5),
            request("late", "Ada"),
            holder_gap=30,
        ),
        Change(ChangeKind.GIVE_UP, other="first"),
    ),
    (
        "one more sold slot an hour",
        week(
            request("first", sold=True, waited=5),
            request("late", sold=True),
            starts=4,
            channels=1,
            sold_per_hour=1,
        ),
        Change(ChangeKind.SOLD),
    ),
    (
        "one more channel",
        week(request("first", waited=5), request("late"), starts=1, channels=1),
        Change(ChangeKind.ADD_CHANNEL),
    ),
]


@pytest.mark.parametrize(("words", "problem", "change"), CASES, ids=[one[0] for one in CASES])
def test_the_cheapest_change_is_told(words, problem, change):
    assert advice(problem) == change


def test_somebody_in_the_way_is_asked_before_the_station_is():
    # Both need the first slot; the first could be elsewhere if its holder allowed it.
    problem = week(
        request("first", allowed=ONE, waited=5),
        request("late", pin=None, length=2, allowed=[(0, 24)]),
        reserved=[(0, 2, 21), (1, 0, 24)],
    )
    assert advice(problem) == Change(ChangeKind.OTHER, other="first")


def test_a_block_of_the_station_is_given_back_before_a_channel_is_added():
    problem = week(FIRST, request("late"), reserved=[(0, 1, 23), (1, 0, 24)])
    change = advice(problem)
    assert change.kind == ChangeKind.BLOCK


def test_room_that_came_since_is_told_as_such():
    problem = week(request("late", allowed=ONE))
    assert cheapest_changes(problem, seconds=SECONDS, seed=1) == {
        "late": Change(ChangeKind.NOTHING)
    }


def test_where_nothing_helps_that_is_told():
    problem = week(request("late", allowed=[], length=30), channels=1)
    assert cheapest_changes(problem, seconds=SECONDS, seed=1) == {"late": None}


def test_without_time_nothing_is_told():
    problem = week(FIRST, request("late", allowed=ONE), published=[("first", 0, 0, False)])
    assert cheapest_changes(problem, seconds=0, seed=1) == {}


@settings(QUICK, max_examples=40)
@given(problems(most_requests=6, most_starts=10))
def test_whatever_change_is_told_a_new_solve_bumps_less_with_it(problem):
    shown, plan = on_show(problem)
    found = cheapest_changes(shown, seconds=SECONDS, seed=1) if plan.has_grid else {}
    for name, change in found.items():
        if change is None:
            continue
        one = problem.request[name]
        again = solve(applied(shown, one, change), seconds=SECONDS)
        assert again.bumped_weight <= plan.bumped_weight - one.weight
