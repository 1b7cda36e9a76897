"""A repair keeps every rule, bumps the least, and then moves as few people as possible."""

from itertools import product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.check import check
from scheduler.damage import broken
from scheduler.patch import moved
from scheduler.problem import Place, Published, Wish
from scheduler.repair import repair
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import planned, request, score_of, silence, week

SECONDS = 20


def level(problem, places):
    """What a repair makes least: bumped weight, moves, the score's negative."""
    placed = sum(problem.request[name].weight for name in places)
    weight = sum(one.weight for one in problem.requests) - placed
    return weight, len(moved(problem, places)), -score_of(problem, places)


def brute_force(problem):
    """The least level of all grids that keep the rules; None where there is none."""
    anywhere = [
        None,
        *(Place(c, s) for c in range(problem.channels) for s in range(problem.starts)),
    ]
    best = None
    for places in product(anywhere, repeat=len(problem.requests)):
        seats = {
            one.id: place for one, place in zip(problem.requests, places, strict=True) if place
        }
        if not check(
            problem, planned(problem, **{n: (p.channel, p.start) for n, p in seats.items()})
        ):
            found = level(problem, seats)
            best = found if best is None else min(best, found)
    return best


def shown(problem, **places):
    """The same week with places on show."""
    seats = tuple(Published(name, *place) for name, place in places.items())
    return msgspec.structs.replace(problem, published=seats)


@settings(QUICK, max_examples=60)
@given(problems(most_requests=3, most_starts=4))
def test_on_tiny_weeks_brute_force_moves_nobody_less(problem):
    found, best = repair(problem, seconds=SECONDS), brute_force(problem)
    if best is None:
        assert found.conflict
    else:
        reached = (found.bumped_weight, len(found.moved), -found.score)
        assert level(problem, found.places) == reached
        assert reached[:2] == best[:2]
        assert reached == best or problem.repeat_cost


@settings(QUICK, max_examples=60)
@given(problems(most_requests=14, most_starts=30), st.booleans())
def test_whatever_changed_the_repair_keeps_every_rule_and_what_is_frozen(problem, afresh):
    found = repair(problem, seconds=SECONDS, afresh=afresh, few=2)
    if found.conflict:
        return
    assert broken(problem, found.places) == []
    assert {bump.id for bump in found.bumped} | found.places.keys() == set(problem.request)
    frozen = {seat.id: seat.place for seat in problem.published if seat.frozen}
    assert frozen.items() <= found.places.items()


def test_a_week_that_nothing_happened_to_stays_as_it_is():
    problem = shown(week(request("a"), request("b")), a=(0, 3), b=(1, 5))
    found = repair(problem, seconds=SECONDS)
    assert found.places == {"a": Place(0, 3), "b": Place(1, 5)}
    assert (found.moved, found.least) == ((), True)


@pytest.mark.parametrize("few", [0, 40])
def test_a_late_pin_moves_only_whoever_is_in_its_way(few):
    full = [request(f"r{n}") for n in range(22)]
    places = {f"r{n}": (0, n) for n in range(22)}
    late = request("late", pin=Place(0, 7))
    problem = shown(week(*full, late, channels=1), **places)
    found = repair(problem, seconds=SECONDS, few=few)
    assert (found.moved, found.bumped, found.least) == (("r7",), (), True)


@pytest.mark.parametrize("few", [0, 40])
def test_a_reserved_block_moves_whoever_it_covers(few):
    problem = shown(
        week(*(request(f"r{n}") for n in range(6)), reserved=[(0, 0, 4)]),
        **{f"r{n}": (0, n) for n in range(6)},
    )
    found = repair(problem, seconds=SECONDS, few=few)
    assert set(found.moved) == {"r0", "r1", "r2", "r3"}
    assert found.bumped == ()


@pytest.mark.parametrize("few", [0, 40])
def test_a_chain_of_moves_makes_room_for_a_late_request(few):
    # The late one can only go to 0, whoever is there only to 1, and the next only to 2.
    problem = shown(
        week(
            request("first", allowed=[(0, 2)]),
            request("second", allowed=[(1, 3)]),
            *(request(f"r{n}") for n in range(3, 24)),
            request("late", allowed=[(0, 1)]),
            channels=1,
        ),
        first=(0, 0),
        second=(0, 1),
        **{f"r{n}": (0, n) for n in range(3, 24)},
    )
    found = repair(problem, seconds=SECONDS, few=few)
    assert set(found.moved) == {"first", "second"}
    assert found.bumped == ()


def test_a_freed_slot_goes_to_whoever_waits_longest():
    waiting = [request(f"w{n}", waited=n) for n in range(3)]
    there = [request(f"r{n}", waited=9) for n in range(23)]
    problem = shown(week(*there, *waiting, channels=1), **{f"r{n}": (0, n) for n in range(23)})
    found = repair(problem, seconds=SECONDS)
    assert found.places["w2"] == Place(0, 23)
    assert {bump.id for bump in found.bumped} == {"w0", "w1"}


def test_nobody_moves_for_points():
    wish = Wish(20, 21, points=500)
    problem = shown(week(request("a", wishes=[wish]), request("b", wishes=[wish])), a=(0, 3))
    found = repair(problem, seconds=SECONDS)
    assert found.places["a"] == Place(0, 3)
    assert found.places["b"].start == 20


def test_pins_that_clash_are_named_and_nothing_is_repaired():
    problem = week(request("a", pin=Place(0, 5)), request("b", pin=Place(0, 5)))
    found = repair(problem, seconds=SECONDS)
    assert (found.places, set(found.conflict[0].ids)) == ({}, {"a", "b"})


def test_a_silence_that_can_not_stay_beside_another_moves_alone():
    problem = shown(
        week(silence("a", "peace"), silence("b", "Floyd"), request("c"), silence_gap=6),
        a=(0, 0),
        b=(0, 3),
        c=(0, 1),
    )
    found = repair(problem, seconds=SECONDS)
    assert len(found.moved) == 1
    assert "c" not in found.moved


def full_station(*late, **facts):
    """A week on show that is 99 % full: 2,000 segments on each of three channels."""
    there = [request(f"r{n}", allowed=[(0, 2016)]) for n in range(6000)]
    problem = week(*there, *late, starts=2016, per_hour=12, channels=3, **facts)
    return shown(problem, **{f"r{n}": (n % 3, n // 3) for n in range(6000)})


def test_a_live_hour_in_a_full_station_moves_those_it_covers_and_nobody_else():
    found = repair(full_station(reserved=[(1, 500, 12)]), seconds=SECONDS)
    assert set(found.moved) == {f"r{n * 3 + 1}" for n in range(500, 512)}
    assert (found.bumped, found.least) == ((), True)


def test_twenty_late_pieces_find_the_spare_slots_of_a_full_station():
    late = [request(f"late{n}", allowed=[(0, 2016)]) for n in range(20)]
    found = repair(full_station(*late), seconds=SECONDS)
    assert (found.moved, found.bumped, found.least) == ((), (), True)
    assert {found.places[one.id].start // 16 for one in late} == {125}


def test_late_pieces_that_need_an_hour_move_one_each_in_a_full_station():
    late = [request(f"late{n}", allowed=[(600, 612)]) for n in range(8)]
    found = repair(full_station(*late), seconds=SECONDS)
    assert (len(found.moved), found.bumped) == (8, ())


def test_a_long_late_piece_finds_two_slots_in_a_row():
    # Whoever is beside the only spare slot makes room.
    full = [request(f"r{n}", allowed=[(0, 2016)]) for n in range(100)]
    places = {f"r{n}": (0, n if n < 50 else n + 1) for n in range(99)}
    late = request("late", length=2, allowed=[(40, 60)])
    reserved = [(0, 101, 1914)]
    problem = shown(
        week(*full, late, starts=2016, per_hour=12, channels=1, reserved=reserved), **places
    )
    found = repair(problem, seconds=SECONDS)
    assert (len(found.moved), found.bumped) == (1, ())
