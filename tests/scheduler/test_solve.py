"""The solver agrees with brute force, and whatever it answers satisfies the checker."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.check import check
from scheduler.plan import Status
from scheduler.problem import Kind, Place, Request, Window, Wish
from scheduler.solve import solve
from tests.scheduler.weeks import planned, request, score_of, week

SECONDS = 20
QUICK = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@st.composite
def windows(draw, /, starts, channels, kind=Window, **more):
    start = draw(st.integers(0, starts - 1))
    end = draw(st.integers(start + 1, starts))
    channel = draw(st.none() | st.integers(0, channels - 1))
    return kind(start=start, end=end, channel=channel, **{k: draw(v) for k, v in more.items()})


@st.composite
def requests(draw, /, name, starts, channels):
    sold = draw(st.booleans())
    kind = draw(st.sampled_from(list(Kind)))
    whole = st.just((Window(0, starts),))
    some = st.lists(windows(starts, channels), max_size=2).map(tuple)
    wish = windows(starts, channels, Wish, points=st.integers(-20, 40))
    return Request(
        id=name,
        holder=draw(st.sampled_from(["a", "b", "c", name])),
        length=draw(st.sampled_from([1, 1, 1, 2, 3])),
        kind=kind,
        allowed=draw(whole | some),
        sold=sold,
        trade=draw(st.sampled_from([None, "shoes"])),
        cause=draw(st.sampled_from(["peace", "Floyd", None])),
        together=draw(st.sampled_from([None, None, "group"])),
        owed=draw(st.sampled_from([0.0, 0.5, 1.0, 1.25])),
        waited=draw(st.integers(0, 2)),
        wishes=draw(st.lists(wish, max_size=2).map(tuple)),
        pin=draw(st.just(None)),
    )


@st.composite
def problems(draw, /, most_requests, most_starts):
    starts = draw(st.integers(1, most_starts))
    channels = draw(st.integers(1, 2))
    per_hour = draw(st.sampled_from([1, 2, 3, 4]))
    hours = -(-starts // per_hour)
    count = draw(st.integers(0, most_requests))
    asked = [draw(requests(f"r{n}", starts, channels)) for n in range(count)]
    row = st.lists(st.integers(-5, 30), min_size=hours, max_size=hours)
    published = []
    for one in asked:
        if one.length <= starts and draw(st.integers(0, 3)) == 0:
            place = (draw(st.integers(0, channels - 1)), draw(st.integers(0, starts - one.length)))
            published.append((one.id, *place, draw(st.integers(0, 5)) == 0))
    reserved = [(0, starts // 2, 1)] if draw(st.booleans()) else []
    return week(
        *asked,
        starts=starts,
        channels=channels,
        per_hour=per_hour,
        value=[draw(row) for _ in range(channels)],
        reserved=reserved,
        published=published,
        holder_gap=draw(st.integers(0, 3)),
        sold_per_hour=draw(st.integers(0, 3)),
        silence_gap=draw(st.integers(0, 3)),
        move_cost=draw(st.integers(0, 20)),
    )


def brute_force(problem):
    """The least bumped weight and the best score with it, by trying every grid there is."""
    anywhere = [
        None,
        *(Place(c, s) for c in range(problem.channels) for s in range(problem.starts)),
    ]
    best = None
    for places in product(anywhere, repeat=len(problem.requests)):
        seats = {
            one.id: place for one, place in zip(problem.requests, places, strict=True) if place
        }
        plan = planned(problem, **{n: (p.channel, p.start) for n, p in seats.items()})
        if check(problem, plan):
            continue
        level = (-(plan.bumped_weight or 0), score_of(problem, seats))
        best = level if best is None else max(best, level)
    return best


@QUICK
@given(problems(most_requests=3, most_starts=5))
def test_on_tiny_weeks_brute_force_finds_nothing_better(problem):
    plan = solve(problem, seconds=SECONDS)
    best = brute_force(problem)
    if best is None:
        assert plan.status == Status.INFEASIBLE
        assert plan.conflict
    else:
        assert plan.status == Status.OPTIMAL
        assert (-(plan.bumped_weight or 0), plan.score) == best
        assert check(problem, plan) == []


@QUICK
@given(problems(most_requests=14, most_starts=30))
def test_whatever_week_it_is_given_the_plan_satisfies_the_checker(problem):
    plan = solve(problem, seconds=SECONDS)
    if plan.status == Status.INFEASIBLE:
        assert plan.conflict
    else:
        assert check(problem, plan) == []


def test_a_week_of_nothing_is_planned_at_once():
    plan = solve(week(), seconds=SECONDS)
    assert (plan.status, plan.score, plan.bound, plan.gap) == (Status.OPTIMAL, 0, 0, 0.0)


def test_the_same_seed_plans_the_same():
    problem = week(*(request(f"r{n}", f"m{n % 4}") for n in range(12)), holder_gap=3)
    first, second = solve(problem, seconds=SECONDS), solve(problem, seconds=SECONDS)
    assert first.placements == second.placements
