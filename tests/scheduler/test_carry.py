"""Whoever got less so far is owed more, and nobody is sent to the night three weeks running."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.carry import LEAST_OWED, MOST_OWED, Got, owed, rest
from scheduler.problem import Wish
from tests.scheduler.small_weeks import QUICK

DAY = [(5, 24), (29, 48)]


def test_where_nobody_got_anything_everybody_is_owed_the_same():
    assert owed({}, ["Ada", "Ben", "Cleo"]) == [1.0, 1.0, 1.0]


def test_whoever_got_the_least_is_owed_the_most():
    got = {"Ada": Got(40, 4), "Ben": Got(60, 4), "Cleo": Got(50, 4)}
    ada, ben, cleo = owed(got, ["Ada", "Ben", "Cleo"])
    assert ada > cleo > ben


def test_fewer_starts_are_no_debt_when_they_were_worth_as_much():
    got = {"Ada": Got(100, 10), "Ben": Got(10, 1), "Cleo": Got(50, 5)}
    assert owed(got, ["Ada", "Ben", "Cleo"]) == [1.0, 1.0, 1.0]


def test_two_starts_of_one_week_do_not_both_make_up_for_the_same():
    got = {"Ada": Got(40, 4), "Ben": Got(60, 4), "Cleo": Got(50, 4)}
    alone = owed(got, ["Ada", "Ben", "Cleo"])
    first, second, *_ = owed(got, ["Ada", "Ada", "Ben", "Cleo"])
    assert first == max(alone[0], first)
    assert second < first


@QUICK
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2000), st.integers(0, 60)), max_size=9))
def test_what_is_owed_keeps_the_order_and_averages_to_one(history):
    got = {str(name): Got(worth, starts) for name, worth, starts in history}
    asking = sorted(got)
    found = owed(got, asking)
    average = sum(one.worth for one in got.values()) / max(1, sum(o.starts for o in got.values()))
    behind = [got[name].starts * average - got[name].worth for name in asking]
    assert all(LEAST_OWED <= one <= MOST_OWED for one in found)
    ranked = sorted(zip(behind, found, strict=True))
    assert [share for _, share in ranked] == sorted(found)
    if found:
        assert abs(sum(found) / len(found) - 1) < 0.01


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
