"""The year's fairness is reckoned once for each set of published versions, which never change."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from station.airtime import Week
from station.figures import fairness
from station.figures.fairness import Bar, Fairness
from station.grid import Grid, GridState
from station.members import Person
from web.session import now, station

KEPT = "mweya-fairness"
WORST = 5
# The picture's size; a bar that has anybody in it is seen.
WIDTH, HEIGHT, LEAST = 640, 160, 2


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of the picture: where it is, how high, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    bar: Bar


@dataclass(frozen=True, slots=True)
class Behind:
    """Somebody who got least: by how many average starts less, after how many starts."""

    name: str
    behind: float
    starts: int


@dataclass(frozen=True, slots=True)
class Year:
    """The ISO year so far: all its figures, and what the desk shows of them.

    `near_percent` of the people are within one average start of the mean; `uneven` says whether
    anybody is ahead or behind at all.
    """

    found: Fairness
    near_percent: float
    uneven: bool
    columns: tuple[Column, ...]
    behind: tuple[Behind, ...]


def of_year(session: Session) -> Fairness:
    """How fair the ISO year has been so far."""
    return year(session).found


def year(session: Session) -> Year:
    """The same with its picture."""
    settings = station().settings
    week = Week.of(now(), settings.zone)
    query = sa.select(Grid.id).where(
        Grid.state == GridState.PUBLISHED, Grid.week.between(f"{week.year:04}-W01", str(week))
    )
    versions = frozenset(session.scalars(query))
    kept: tuple[frozenset[int], Year] | None = current_app.extensions.get(KEPT)
    if kept is None or kept[0] != versions:
        kept = versions, _year(session, fairness.of_year(session, settings, now()))
        current_app.extensions[KEPT] = kept
    return kept[1]


def columns(found: Fairness) -> tuple[Column, ...]:
    """The bars of a picture of so many people so far ahead or behind."""
    bars = found.bars
    most = max((bar.people for bar in bars), default=0)
    wide = WIDTH / max(1, len(bars))
    drawn = []
    for number, bar in enumerate(bars):
        high = max(LEAST, round(HEIGHT * bar.people / most, 1)) if bar.people else 0
        x = round(number * wide, 1)
        drawn.append(Column(x, round(HEIGHT - high, 1), round(wide - 2, 1), high, bar))
    return tuple(drawn)


def _year(session: Session, found: Fairness) -> Year:
    return Year(
        found=found,
        near_percent=found.within(1) or 0.0,
        uneven=found.furthest_ahead > 0 or found.furthest_behind > 0,
        columns=columns(found),
        behind=_behind(session, found),
    )


def _behind(session: Session, found: Fairness) -> tuple[Behind, ...]:
    worst = [one for one in found.standings[:WORST] if one.ahead < 0]
    query = sa.select(Person.account_id, Person.name).where(
        Person.account_id.in_([one.account_id for one in worst])
    )
    names = dict(session.execute(query).all())
    return tuple(Behind(names.get(one.account_id, ""), -one.ahead, one.starts) for one in worst)
