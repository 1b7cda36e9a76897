"""Everybody's airtime is compared by its worth, start for start, from a week to another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.grid import Grid, GridState, Placement
from station.rights import Request
from station.settings import Settings

HUNDRED = 100
# A round width for each bar of a picture of so many bars or fewer.
WIDTHS = (0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100)
MOST_BARS = 25


@dataclass(frozen=True, slots=True)
class Share:
    """What one account's starts were worth together, in points, and how many they were."""

    account_id: int
    worth: int
    starts: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A share beside as many average starts: `ahead` (+) or behind (-) by so many of them.

    `percent` is the same, of what those average starts are worth.
    """

    account_id: int
    worth: int
    starts: int
    ahead: float
    percent: float


@dataclass(frozen=True, slots=True)
class Bar:
    """How many people are from `low` to `high` average starts ahead, half-open."""

    low: float
    high: float
    people: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """Everybody who was placed in the published weeks `first` to `last`, furthest behind first.

    `mean_worth` is what a start was worth on average, in points; 0 when nobody was placed.
    """

    first: str
    last: str
    people: int
    starts: int
    mean_worth: float
    standings: tuple[Standing, ...]

    def within(self, starts: float) -> float | None:
        """The percentage of people who are at most so many average starts from the mean."""
        near = sum(abs(one.ahead) <= starts for one in self.standings)
        return HUNDRED * near / self.people if self.people else None

    @property
    def furthest_behind(self) -> float:
        """By how many average starts, as a number that is not negative."""
        return max(0.0, -self.standings[0].ahead) if self.standings else 0.0

    @property
    def furthest_ahead(self) -> float:
        """By how many average starts."""
        return max(0.0, self.standings[-1].ahead) if self.standings else 0.0

    @property
    def bars(self) -> tuple[Bar, ...]:
        """How many people are how far ahead or behind, in bars of one round width."""
        return tuple(_bars([one.ahead for one in self.standings]))


def of_year(session: Session, settings: Settings, now: datetime) -> Fairness:
    """The fairness of the ISO year so far: its weeks that were published up to this one."""
    week = Week.of(now, settings.zone)
    return fairness(session, f"{week.year:04}-W01", str(week))


def fairness(session: Session, first: str, last: str) -> Fairness:
    """How fair the published weeks from `first` to `last` were together, both included."""
    found = shares(session, Grid.week.between(first, last))
    worth, starts = sum(one.worth for one in found), sum(one.starts for one in found)
    mean = worth / starts if starts else 0.0
    standings = sorted(
        (_standing(one, mean) for one in found), key=lambda one: (one.ahead, one.account_id)
    )
    return Fairness(first, last, len(found), starts, mean, tuple(standings))


def shares(session: Session, weeks: sa.ColumnElement[bool]) -> list[Share]:
    """What each account's starts in some published weeks were worth."""
    query = (
        sa.select(Request.account_id, sa.func.sum(Placement.worth), sa.func.count())
        .join(Request, Request.id == Placement.request_id)
        .join(Grid, Grid.id == Placement.grid_id)
        .where(Grid.state == GridState.PUBLISHED, weeks)
        .group_by(Request.account_id)
    )
    # PostgreSQL sums to a decimal.
    return [Share(account, int(worth), count) for account, worth, count in session.execute(query)]


def _standing(share: Share, mean: float) -> Standing:
    even = share.starts * mean
    ahead = (share.worth - even) / mean if mean else 0.0
    percent = HUNDRED * (share.worth - even) / even if even else 0.0
    return Standing(share.account_id, share.worth, share.starts, ahead, percent)


def _bars(ahead: Sequence[float]) -> Iterable[Bar]:
    """`ahead` is in order."""
    if not ahead:
        return
    needed = (ahead[-1] - ahead[0]) / (MOST_BARS - 1)
    width = next((one for one in WIDTHS if one >= needed), needed)
    first, last = int(ahead[0] // width), int(ahead[-1] // width)
    counts = dict.fromkeys(range(first, last + 1), 0)
    for one in ahead:
        counts[int(one // width)] += 1
    for number, people in counts.items():
        yield Bar(round(number * width, 6), round((number + 1) * width, 6), people)
