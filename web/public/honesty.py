"""Whoever listens or speaks here can see how well the station keeps its word."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import ledger
from station.figures import spans
from station.figures.accuracy import AccuracyReport, accuracy
from station.figures.dead_air import DeadAirReport, dead_air
from station.grid import Grid, GridState
from station.settings import Settings
from web import fairness
from web.fairness import Year
from web.session import now, station

# A year of a large station is summed up again after so long at most, however many look.
COUNTED_AGAIN = timedelta(minutes=10)
WEEKS_SHOWN = 4
KEPT = "mweya-honesty"

area = Blueprint("honesty", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a week that counts, and what the ledger was when it was published."""

    week: str
    version: int
    root_hash: str | None


@dataclass(frozen=True, slots=True)
class Honesty:
    """The station's figures as they were counted at an instant."""

    counted_at: datetime
    accuracy: AccuracyReport
    dead_air: DeadAirReport
    year: Year
    root_hash: str
    weeks: tuple[Published, ...]


@area.get("/honesty")
def page() -> ResponseReturnValue:
    """Four weeks of starts and of dead air, a year of fairness, and the ledger's root."""
    return render_template("public/honesty.html", told=told())


def told() -> Honesty:
    """The figures, counted a moment ago."""
    kept: Honesty | None = current_app.extensions.get(KEPT)
    if kept is None or not kept.counted_at <= now() < kept.counted_at + COUNTED_AGAIN:
        with station().database.reading() as session:
            kept = count(session, station().settings, now())
        current_app.extensions[KEPT] = kept
    return kept


def count(session: Session, settings: Settings, now: datetime) -> Honesty:
    """Count everything anew."""
    span = spans.last_days(settings, now)
    return Honesty(
        counted_at=now,
        accuracy=accuracy(session, settings, span),
        dead_air=dead_air(session, settings, span, now),
        year=fairness.year(session),
        root_hash=ledger.root_hash(session),
        weeks=tuple(_published(session)),
    )


def _published(session: Session) -> list[Published]:
    query = (
        sa.select(Grid.week, Grid.version, Grid.root_hash)
        .where(Grid.state == GridState.PUBLISHED, Grid.root_hash.is_not(None))
        .order_by(Grid.week.desc())
        .limit(WEEKS_SHOWN)
    )
    return [Published(*row) for row in session.execute(query)]
