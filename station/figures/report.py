"""A report is a table of figures, a sentence that says what it comes to, and perhaps a picture."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from station.airtime import Span
from station.books import csv
from station.settings import Settings

Cell = str | float | bool | datetime | None
Rows = Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars over some categories; each series is a name and a value for each category.

    Several series of one category stand on one another. `unit` says what is counted.
    """

    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a report says of a span; `rows` can be gone through once."""

    headline: str
    rows: Rows
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its name in addresses and commands, and in words to be translated.

    `about` says how to read it, `head` names its columns.
    """

    name: str
    title: str
    about: str
    head: tuple[str, ...]
    find: Callable[[Session, Settings, Span, datetime], Found]


def as_csv(report: Report, found: Found, settings: Settings) -> Iterator[str]:
    """A report as CSV, a piece at a time, in English; instants are ISO 8601 in local time."""
    yield csv.text([report.head])
    for row in found.rows:
        yield csv.text([[plain(cell, settings) for cell in row]])


def plain(cell: Cell, settings: Settings) -> object:
    """A cell as programs read it."""
    if isinstance(cell, datetime):
        return cell.astimezone(settings.zone).isoformat(timespec="seconds")
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return round(cell, 3) if isinstance(cell, float) else cell
