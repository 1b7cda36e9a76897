"""The members of a played year: each gives, sells, keeps silent and misses deadlines their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

# The mean share of weeks for each habit. Few people have much of one, and most have little.
MISSED, GIVEN, SOLD, SILENT = 0.04, 0.03, 0.03, 0.02
SKEW = 0.5
MEMBERS_A_BUYER = 200
# The share of pieces that may air after the watershed only, among those with wishes.
ADULT = 0.03
# How many of those with a wish like which daypart.
TASTES: Final = {
    "breakfast": 0.25,
    "morning": 0.1,
    "midday": 0.1,
    "drive": 0.25,
    "evening": 0.2,
    "late": 0.05,
    "night": 0.05,
}
CAUSES = ("George Floyd", "the drowned", "clean water", "our teachers")
TRADES = ("bakery", "taxi", "funeral parlour", "hair", "hardware")


class Fate(StrEnum):
    """What a member does with a week's five minutes."""

    USED = "used"
    MISSED = "missed"
    GIVEN = "given"
    SOLD = "sold"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with five minutes a week; `habits` are the chances of each fate."""

    name: str
    habits: tuple[float, ...]
    daypart: str | None


@dataclass(frozen=True, slots=True)
class Asking:
    """What one right asks of a week: by whom it was issued to, and for whom it airs."""

    origin: str
    holder: str
    fate: Fate
    daypart: str | None = None
    adult: bool = False
    cause: str | None = None
    trade: str | None = None


def members(count: int, wishing: float, random: np.random.Generator) -> list[Member]:
    """So many members, a share of whom wish for a daypart, always the same."""
    habits = np.stack([_habit(mean, count, random) for mean in (MISSED, GIVEN, SOLD, SILENT)], 1)
    tastes = random.choice(list(TASTES), count, p=list(TASTES.values()))
    wishes = random.random(count) < wishing
    return [
        Member(f"m{row}", tuple(habits[row]), str(tastes[row]) if wishes[row] else None)
        for row in range(count)
    ]


def week_of(people: Sequence[Member], random: np.random.Generator) -> list[Asking]:
    """What everybody does with one week's five minutes."""
    drawn = random.random(len(people))
    friends = random.integers(len(people), size=len(people))
    buyers = random.integers(-(-len(people) // MEMBERS_A_BUYER), size=len(people))
    causes = random.integers(len(CAUSES), size=len(people))
    adult = random.random(len(people)) < ADULT
    adult &= [one.daypart is not None for one in people]
    return [
        _asking(
            one,
            _fate(one, drawn[row]),
            people[friends[row]],
            f"b{buyers[row]}",
            CAUSES[causes[row]],
            bool(adult[row]),
        )
        for row, one in enumerate(people)
    ]


def _habit(
    mean: float, count: int, random: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return random.beta(SKEW, SKEW / mean - SKEW, count)


def _fate(one: Member, drawn: float) -> Fate:
    fates = (Fate.MISSED, Fate.GIVEN, Fate.SOLD, Fate.SILENT)
    for fate, until in zip(fates, np.cumsum(one.habits), strict=True):
        if drawn < until:
            return fate
    return Fate.USED


def _asking(one: Member, fate: Fate, friend: Member, buyer: str, cause: str, adult: bool) -> Asking:
    if fate == Fate.GIVEN:
        return Asking(one.name, friend.name, fate, friend.daypart, adult)
    if fate == Fate.SOLD:
        return Asking(one.name, buyer, fate, trade=TRADES[int(buyer[1:]) % len(TRADES)])
    if fate == Fate.SILENT:
        return Asking(one.name, one.name, fate, cause=cause)
    return Asking(one.name, one.name, fate, one.daypart, adult)
