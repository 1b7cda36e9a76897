"""How well the station keeps its word is told to programs as it is to people."""

from datetime import datetime

from msgspec import Struct

from station.figures.accuracy import AccuracyReport
from station.figures.dead_air import DeadAirReport
from station.figures.fairness import Bar
from web import fairness
from web.api import asked
from web.public import honesty as page
from web.public.honesty import Published
from web.session import station


class Fairness(Struct, frozen=True):
    """How alike members' airtime is worth, in the published weeks of the year from `first` on.

    `mean_worth` is what a start was worth on average, in points. How far somebody is ahead (+) or
    behind (-) is counted in average starts; `near_percent` are at most one off. Nobody is named.
    """

    first: str
    people: int
    mean_worth: float
    near_percent: float
    bars: tuple[Bar, ...]


class Honesty(Struct, frozen=True):
    """Start accuracy and dead air of the last four weeks, fairness of the year, and the ledger.

    `root_hash` covers every entry of the ledger; whoever keeps one sees later whether anything
    before it was changed. `weeks` were published last, each with the root hash of then.
    """

    counted_at: datetime
    accuracy: AccuracyReport
    dead_air: DeadAirReport
    fairness: Fairness
    root_hash: str
    weeks: tuple[Published, ...]


def honesty(_: asked.Nothing) -> Honesty:
    """How exactly pieces began, how much dead air there was, and how fair the year was."""
    told = page.told()
    with station().database.reading() as session:
        year = fairness.of_year(session)
    return Honesty(
        counted_at=told.counted_at.astimezone(station().settings.zone),
        accuracy=told.accuracy,
        dead_air=told.dead_air,
        fairness=Fairness(
            first=year.first,
            people=year.people,
            mean_worth=year.mean_worth,
            near_percent=year.within(1) or 0.0,
            bars=year.bars,
        ),
        root_hash=told.root_hash,
        weeks=told.weeks,
    )
