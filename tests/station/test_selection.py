"""Weeks are chosen by a pattern among the rights that a person holds."""

import pytest

from station.errors import WrongInput
from station.ledger import Right
from station.market.selection import choose

# The year's end lies among them: 2026 has 53 weeks.
WEEKS = ("2026-W51", "2026-W52", "2026-W53", "2027-W01", "2027-W02")


@pytest.fixture
def rights():
    return [Right(id=number, week=week, number=1) for number, week in enumerate(WEEKS, start=1)]


@pytest.mark.parametrize(
    ("pattern", "chosen"),
    [
        ({}, WEEKS),
        ({"first": "2026-W53"}, WEEKS[2:]),
        ({"last": "2026-W53"}, WEEKS[:3]),
        ({"first": "2026-W52", "last": "2027-W01"}, WEEKS[1:4]),
        ({"every": 2}, WEEKS[::2]),
        # Weeks are counted from the first one that is named, held or not.
        ({"first": "2026-W50", "every": 2}, WEEKS[1::2]),
        ({"every": 3}, (WEEKS[0], WEEKS[3])),
        ({"but": ("2026-W53", "2030-W01")}, (*WEEKS[:2], *WEEKS[3:])),
        ({"every": 2, "but": (WEEKS[0],)}, (WEEKS[2], WEEKS[4])),
    ],
)
def test_a_pattern_chooses_its_weeks(settings, rights, pattern, chosen):
    assert tuple(right.week for right in choose(rights, settings, **pattern)) == chosen


def test_all_rights_of_a_chosen_week_are_chosen_in_order(settings, rights):
    second = Right(id=9, week=WEEKS[1], number=2)
    found = choose([second, *rights[::-1]], settings, last=WEEKS[1])
    assert [right.id for right in found] == [1, 2, 9]


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ({"first": "soon"}, "week-unknown"),
        ({"but": ("2026-W54",)}, "week-unknown"),
        ({"first": "2027-W02", "last": "2026-W51"}, "rights-missing"),
        ({"but": WEEKS}, "rights-missing"),
    ],
)
def test_a_pattern_that_says_nothing_is_refused(settings, rights, pattern, code):
    with pytest.raises(WrongInput) as refused:
        choose(rights, settings, **pattern)
    assert refused.value.code == code


def test_who_holds_nothing_chooses_nothing(settings):
    with pytest.raises(WrongInput, match="choose at least one week"):
        choose([], settings)
