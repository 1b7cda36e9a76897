"""From a week of five-second slots to a full station: always a whole plan with a true bound."""

import random
import subprocess
import sys
from pathlib import Path

from scheduler.check import check
from scheduler.plan import Status
from scheduler.problem import Request, Wish
from scheduler.solve import solve
from tests.scheduler.weeks import request, silence, week

ROOT = Path(__file__).parents[2]
HOURS = 168
DAY = [2] * 5 + [6] + [20] * 3 + [14] * 3 + [12] * 3 + [18] * 3 + [16] * 3 + [8] * 3
VALUES = [DAY * 7] * 3


def wishes_of(chance, per_hour):
    """A daypart on some days, or nothing."""
    if chance.random() > 0.4:
        return ()
    first = chance.choice([6, 9, 12, 15, 18]) * per_hour
    days = [day for day in range(7) if chance.random() < 0.5]
    begins = [day * 24 * per_hour + first for day in days]
    return tuple(Wish(start, start + 3 * per_hour, points=300) for start in begins)


def station(slots, seed=1):
    """A week of 3 x 2,016 starts with so many slots of requests of every kind."""
    chance = random.Random(seed)
    asked: list[Request] = []
    while slots:
        name, length = f"r{len(asked)}", min(slots, chance.choice([1] * 24 + [2]))
        slots -= length
        holder = f"m{len(asked) - chance.choice([0] * 30 + [1])}"
        allowed = chance.choice([[(0, 2016)]] * 8 + [[(288, 2016)], [(0, 2016, 1)]])
        facts = {
            "allowed": allowed,
            "wishes": wishes_of(chance, 12),
            "length": length,
            "owed": chance.choice([0.75, 1.0, 1.25]),
        }
        if chance.random() < 0.02:
            asked.append(silence(name, chance.choice("abcdef"), holder=holder, **facts))
        else:
            sold = chance.random() < 0.03
            asked.append(request(name, holder, sold=sold, trade="shoes" if sold else None, **facts))
    return week(
        *asked,
        starts=2016,
        per_hour=12,
        channels=3,
        value=VALUES,
        reserved=[(0, 72, 12)],
        holder_gap=48,
        sold_per_hour=2,
        silence_gap=6,
        move_cost=50,
    )


def test_a_demo_station_is_planned_to_the_proven_best():
    problem = station(200)
    plan = solve(problem, seconds=20)
    assert (plan.status, plan.bumped) == (Status.OPTIMAL, ())
    assert check(problem, plan) == []


def test_a_week_of_five_second_slots_is_planned_in_seconds():
    chance = random.Random(1)
    begins = [50_000 + chance.randrange(40) for _ in range(10)]
    asked = [
        request(
            f"r{n}",
            f"m{n % 8}",
            allowed=[(49_990, 120_960)],
            wishes=[Wish(begin, begin + 6, points=300)],
        )
        for n, begin in enumerate(begins)
    ]
    problem = week(*asked, starts=120_960, per_hour=720, channels=3, value=VALUES, holder_gap=48)
    plan = solve(problem, seconds=20)
    assert plan.status == Status.OPTIMAL
    assert plan.seconds < 15
    assert check(problem, plan) == []


def test_an_oversubscribed_channel_lets_who_waited_longest_go_first():
    chance = random.Random(1)
    asked = [
        request(f"r{n}", allowed=[(0, 2016)], waited=chance.choice([0, 0, 1, 2]))
        for n in range(4000)
    ]
    problem = week(*asked, starts=2016, per_hour=12, channels=1, value=VALUES[:1])
    plan = solve(problem, seconds=20)
    bumped = {bump.id for bump in plan.bumped}
    longest = [one.id for one in problem.requests if one.waited == 2]
    assert plan.status == Status.OPTIMAL
    assert (len(plan.placements), len(bumped)) == (2016, 1984)
    assert not bumped & set(longest)
    assert check(problem, plan) == []


def test_a_full_station_has_a_whole_plan_and_a_bound_at_once():
    problem = station(5976)
    plan = solve(problem, seconds=0)
    assert plan.bumped == ()
    assert 0 <= (plan.gap or 0) < 0.01
    assert check(problem, plan) == []


def test_a_solve_that_is_told_to_stop_answers_its_first_grid():
    problem = station(2000)
    plan = solve(problem, seconds=60, stopped=lambda: True)
    assert plan.status == Status.FEASIBLE
    assert check(problem, plan) == []


# What Ctrl-C does to a program that asked for nothing else; in a process of its own, because
# what a signal does to this one depends on whoever started it.
BROKEN_OFF = """
import signal, threading
from scheduler.solve import solve
from tests.scheduler.test_sizes import station

problem = station(5976)
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
plan = solve(problem)
print(plan.status, plan.placements, plan.bumped, plan.bound)
"""


def test_a_solve_broken_off_before_its_first_grid_claims_nothing():
    ended = subprocess.run(
        [sys.executable, "-c", BROKEN_OFF],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert ended.stdout.strip() == "unknown () () None"
