"""An impossible week is told by a clash than which there is none smaller."""

from itertools import combinations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scheduler.conflict import place_fixed, smallest
from scheduler.ground import Ground
from scheduler.problem import Kind, Place, Request, Window
from tests.scheduler.brute_force import legal
from tests.scheduler.small_weeks import QUICK
from tests.scheduler.weeks import request, week

STARTS = 8


@st.composite
def fixed_requests(draw, /, name):
    """A request that is pinned, or on air already, or (seldom) both."""
    length = draw(st.sampled_from([1, 1, 2, 3]))
    places = st.builds(Place, st.integers(0, 2), st.integers(0, STARTS - length))
    limits = [(Window(0, STARTS),)] * 5 + [(Window(2, STARTS),)]
    pin = draw(st.none() | places)
    seat = draw(places) if pin is None or draw(st.integers(0, 9)) == 0 else None
    one = Request(
        id=name,
        holder=draw(st.sampled_from(["a", "b", name])),
        length=length,
        kind=draw(st.sampled_from(list(Kind))),
        allowed=draw(st.sampled_from(limits)),
        sold=draw(st.booleans()),
        trade=draw(st.sampled_from([None, "shoes"])),
        cause=draw(st.sampled_from(["peace", "Floyd"])),
        together=draw(st.sampled_from([None, None, "group"])),
        pin=pin,
    )
    return one, (seat and (name, seat.channel, seat.start, True))


@st.composite
def fixed_weeks(draw):
    asked = [draw(fixed_requests(f"r{n}")) for n in range(draw(st.integers(1, 6)))]
    return week(
        *(one for one, _ in asked),
        starts=STARTS,
        channels=3,
        reserved=draw(st.sampled_from([[], [], [(0, 3, 1)], [(1, 0, 2), (2, 7, 1)]])),
        published=[seat for _, seat in asked if seat],
        holder_gap=draw(st.integers(0, 2)),
        sold_per_hour=draw(st.integers(0, 3)),
        silence_gap=draw(st.integers(0, 2)),
    )


def clashes(problem, names):
    """Whether some fixed requests can't all be where they are fixed, by brute force's rules."""
    part = msgspec.structs.replace(
        problem,
        requests=tuple(one for one in problem.requests if one.id in names),
        published=tuple(seat for seat in problem.published if seat.id in names),
    )
    fixed = {one.id: min(problem.fixed(one)) for one in part.requests}
    return not legal(part, fixed)


@QUICK
@given(fixed_weeks())
def test_brute_force_finds_no_smaller_clash(problem):
    _, found = place_fixed(Ground(problem))
    names = [one.id for one in problem.requests]
    sizes = (
        size
        for size in range(1, len(names) + 1)
        if any(clashes(problem, chosen) for chosen in combinations(names, size))
    )
    least = next(sizes, None)
    if least is None:
        assert found == []
    else:
        (clash,) = smallest(found)
        assert len(clash.ids) == least
        assert clashes(problem, clash.ids)
        for name in clash.ids:
            assert name in clash.sentence
            assert not clashes(problem, set(clash.ids) - {name})


def test_a_pair_that_nobody_placed_belongs_to_is_found():
    # In order, the third is in the way of nobody but the second, who is not placed either.
    problem = week(
        *(request(f"s{n}", sold=True, pin=Place(0, n)) for n in range(2)),
        request("a", sold=True, pin=Place(0, 2)),
        request("b", pin=Place(0, 2)),
        sold_per_hour=2,
    )
    (clash,) = smallest(place_fixed(Ground(problem))[1])
    assert set(clash.ids) == {"a", "b"}
