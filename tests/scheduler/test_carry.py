"""Whoever got less so far is owed more, and nobody is sent to the night three weeks running."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.carry import LEAST_OWED, MOST_OWED, Got, owed, rest
from scheduler.problem import Wish
from tests.scheduler.small_weeks import QUICK

DAY = [(5, 24), (29, 48)]
# Each start of a week: worth 12 on average.
HOURS = [float(worth) for worth in range(2, 23, 2)]
EVEN = (LEAST_OWED + MOST_OWED) / 2


def carried(got, asking, hours=HOURS):
    return owed(got, asking, [hours], 1)


def test_where_nobody_got_anything_everybody_is_owed_the_same():
    assert carried({}, ["Ada", "Ben", "Cleo"]) == [EVEN] * 3


def test_whoever_got_the_least_is_owed_the_most():
    got = {"Ada": Got(40, 4), "Ben": Got(60, 4), "Cleo": Got(50, 4)}
    ada, ben, cleo = carried(got, ["Ada", "Ben", "Cleo"])
    assert ada > cleo > ben


def test_fewer_starts_are_no_debt_when_they_were_worth_as_much():
    got = {"Ada": Got(100, 10), "Ben": Got(10, 1), "Cleo": Got(50, 5)}
    assert carried(got, ["Ada", "Ben", "Cleo"]) == [EVEN] * 3


@pytest.mark.parametrize(("behind", "count"), [(0, 2), (4, 2), (-6, 2), (16, 2), (-4, 4), (0, 5)])
def test_several_starts_of_one_week_make_up_together_for_what_is_behind(behind, count):
    # The starts of a week, and of the weeks before, are worth 12 on average.
    others = {f"m{number}": Got(120 + 5 * number, 10) for number in range(-5, 6)}
    got = {"Ada": Got(120 - behind, 10), "Ben": Got(120 + behind, 10), **others}
    asking = ["Ada"] * count + list(others)[: len(HOURS) - count]
    found = carried(got, asking)
    dearest = sorted(range(len(asking)), key=found.__getitem__)
    together = sum(HOURS[dearest.index(row)] for row in range(count))
    assert abs(together - (12 * count + behind)) <= 12 / 2


@QUICK
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2000), st.integers(0, 60)), max_size=9))
def test_what_is_owed_keeps_the_order_around_the_middle(history):
    got = {str(name): Got(worth, starts) for name, worth, starts in history}
    asking = sorted(got)
    found = carried(got, asking)
    average = sum(one.worth for one in got.values()) / max(1, sum(o.starts for o in got.values()))
    behind = [got[name].starts * average - got[name].worth for name in asking]
    assert all(LEAST_OWED <= one <= MOST_OWED for one in found)
    ranked = sorted(zip(behind, found, strict=True))
    assert [share for _, share in ranked] == sorted(found)
    if found:
        assert abs(sum(found) / len(found) - EVEN) < 0.01


@QUICK
@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(0, 99), st.integers(0, 9))),
    st.lists(st.sampled_from("abcdef"), max_size=12),
    st.lists(st.integers(0, 1000), min_size=1, max_size=6),
)
def test_however_many_starts_somebody_asks_for_they_are_owed_something(history, asking, hours):
    got = {name: Got(*one) for name, one in history.items()}
    found = carried(got, asking, hours)
    assert len(found) == len(asking)
    assert all(LEAST_OWED <= one <= MOST_OWED for one in found)


def test_whoever_is_tired_of_nights_is_wished_any_start_by_day():
    assert rest((), DAY, 300) == [
        Wish(start=5, end=24, points=150),
        Wish(start=29, end=48, points=150),
    ]


def test_a_wish_of_ones_own_counts_for_more():
    own = (Wish(start=6, end=9, points=300),)
    assert {wish.points for wish in rest(own, DAY, 300)} == {150}


def test_whoever_wishes_for_a_night_is_not_kept_from_it():
    assert rest((Wish(start=2, end=6, points=300),), DAY, 300) == []
