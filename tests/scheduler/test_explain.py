"""A bumped request is told the true reason, in its holder's words."""

import pytest

from scheduler.explain import Reasons
from scheduler.ground import Ground
from scheduler.problem import Place
from scheduler.solve import solve
from scheduler.taken import Taken
from tests.scheduler.weeks import request, silence, week

NARROW = [(0, 1, 0)]


def reason(problem, name="late"):
    plan = solve(problem)
    return {bump.id: bump.reason for bump in plan.bumped}[name]


@pytest.mark.parametrize(
    ("waits", "words"),
    [
        ((1, 0), "Every place you allowed was taken by members who had waited longer."),
        ((2, 2), "Every place you allowed was taken by members who had waited as long or longer."),
    ],
)
def test_who_had_waited_how_long_is_told(waits, words):
    first, late = waits
    problem = week(
        request("early", allowed=NARROW, waited=first, owed=2.0),
        request("late", allowed=NARROW, waited=late),
    )
    assert reason(problem) == words


def test_somebody_longer_may_be_worth_more_than_who_waited():
    problem = week(
        request("long", length=3, allowed=[(0, 3, 0)]), request("late", allowed=NARROW, waited=1)
    )
    said = "Every place you allowed was taken, and to clear one would have bumped more."
    assert reason(problem) == said


def test_a_plan_that_is_not_proven_claims_no_more_than_it_knows():
    problem = week(request("early", allowed=NARROW), request("late", allowed=NARROW, waited=1))
    taken = Taken(Ground(problem))
    taken.place(problem.request["early"], Place(0, 0))
    said = Reasons(taken, least=False).of(problem.request["late"])
    assert said == "Every place you allowed was taken when the time to plan the week was over."


def test_a_place_that_is_still_free_is_not_called_taken():
    problem = week(request("early"), request("late", allowed=[(0, 2, 0)]))
    taken = Taken(Ground(problem))
    taken.place(problem.request["early"], Place(0, 0))
    said = Reasons(taken, least=False).of(problem.request["late"])
    assert said == "A place you allowed was still free when the time to plan the week was over."


def test_whoever_has_all_the_places_oneself_is_not_told_of_others():
    problem = week(request("early", "Ada", allowed=NARROW), request("late", "Ada", allowed=NARROW))
    plan = solve(problem)
    (bump,) = plan.bumped
    assert bump.reason == "Every place you allowed was too near to other airtime of yours."


def test_nothing_allowed_and_nothing_long_enough_are_told_apart():
    assert reason(week(request("late", allowed=[]))) == "You allowed no place at all."
    reserved = [(0, 1, 1), (1, 0, 24)]
    short = week(request("late", length=2, allowed=[(0, 2)]), reserved=reserved)
    assert reason(short) == "You allowed no place where 2 slots fit."


def test_one_holder_twice_in_one_hour_is_told_of_their_own_airtime():
    problem = week(
        request("early", "Ada", allowed=[(0, 4)], waited=1),
        request("late", "Ada", allowed=[(0, 4)]),
        holder_gap=8,
    )
    said = "Every place you allowed was too near to other airtime of yours."
    assert reason(problem) == said


def test_several_causes_are_listed():
    problem = week(
        silence("early", "peace", allowed=[(1, 2, 0)], waited=1),
        request("other", allowed=[(3, 4, 0)], waited=1),
        silence("late", "Floyd", allowed=[(0, 1, 0), (3, 4, 0)]),
        silence_gap=1,
    )
    said = (
        "Every place you allowed was either taken by others or too near to a silence for "
        "another cause."
    )
    assert reason(problem) == said
