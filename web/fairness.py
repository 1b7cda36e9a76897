"""The year's fairness is reckoned once for each set of published versions, which never change."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from station.airtime import Week
from station.figures import fairness
from station.figures.fairness import Bar, Fairness, Standing
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
    """Somebody who got least."""

    name: str
    standing: Standing


def of_year(session: Session) -> Fairness:
    """How fair the ISO year has been so far."""
    settings = station().settings
    week = Week.of(now(), settings.zone)
    query = sa.select(Grid.id).where(
        Grid.state == GridState.PUBLISHED, Grid.week.between(f"{week.year:04}-W01", str(week))
    )
    versions = frozenset(session.scalars(query))
    kept: tuple[frozenset[int], Fairness] | None = current_app.extensions.get(KEPT)
    if kept is None or kept[0] != versions:
        kept = versions, fairness.of_year(session, settings, now())
        current_app.extensions[KEPT] = kept
    return kept[1]


def columns(found: Fairness) -> list[Column]:
    """The bars of a picture of so many people so far ahead or behind."""
    most = max((bar.people for bar in found.bars), default=0)
    wide = WIDTH / max(1, len(found.bars))
    drawn = []
    for number, bar in enumerate(found.bars):
        height = max(LEAST, HEIGHT * bar.people / most) if bar.people else 0
        drawn.append(
            Column(round(number * wide, 1), HEIGHT - height, round(wide - 2, 1), height, bar)
        )
    return drawn


def furthest_behind(session: Session, found: Fairness) -> list[Behind]:
    """Who is furthest behind, by name."""
    worst = [one for one in found.standings[:WORST] if one.ahead < 0]
    query = sa.select(Person.account_id, Person.name).where(
        Person.account_id.in_([one.account_id for one in worst])
    )
    names = dict(session.execute(query).all())
    return [Behind(names.get(one.account_id, ""), one) for one in worst]
