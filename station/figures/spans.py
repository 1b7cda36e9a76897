"""A report looks at whole local days; slots and weeks are counted by where they begin."""

from datetime import date, datetime, time, timedelta

from station.airtime import Slots, Span, Week, local_instant
from station.errors import WrongInput
from station.settings import Settings

# What a report shows when nobody says otherwise: four weeks, today included.
USUAL_DAYS = 28
MOST_DAYS = 400


def last_days(settings: Settings, now: datetime, days: int = USUAL_DAYS) -> Span:
    """The last so many local days, today included."""
    today = now.astimezone(settings.zone).date()
    return _days(settings, today - timedelta(days=days - 1), today)


def read_days(settings: Settings, now: datetime, first: str, last: str) -> Span:
    """The days from `first` to `last`, both included and written like 2026-11-25.

    An empty one is four weeks from the other, or today. Raises WrongInput `day-unknown`,
    `days-many` for an end before the beginning or more than `MOST_DAYS`.
    """
    four_weeks = timedelta(days=USUAL_DAYS - 1)
    today = now.astimezone(settings.zone).date()
    ends = _read(last) if last else None
    begins = _read(first) if first else (ends or today) - four_weeks
    ends = ends or max(min(today, begins + four_weeks), begins)
    if not 0 <= (ends - begins).days < MOST_DAYS:
        raise WrongInput("days-many", first=begins, last=ends, most=MOST_DAYS)
    return _days(settings, begins, ends)


def first_and_last(settings: Settings, span: Span) -> tuple[date, date]:
    """The first and the last local day of a span of whole days."""
    last = span.end.astimezone(settings.zone).date() - timedelta(days=1)
    return span.start.astimezone(settings.zone).date(), last


def slots_in(slots: Slots, span: Span) -> range:
    """The numbers of the slots that begin within a span."""
    first, last = (-int(-at.timestamp() // slots.seconds) for at in (span.start, span.end))
    return range(first, last)


def weeks_in(settings: Settings, span: Span) -> list[Week]:
    """The weeks that a span touches, in order."""
    week, last = (
        Week.of(at, settings.zone) for at in (span.start, span.end - timedelta(seconds=1))
    )
    found = [week]
    while found[-1] != last:
        found.append(found[-1].plus(1))
    return found


def _days(settings: Settings, first: date, last: date) -> Span:
    return Span(
        local_instant(first, time(0), settings.zone),
        local_instant(last + timedelta(days=1), time(0), settings.zone),
    )


def _read(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise WrongInput("day-unknown", text=text) from None
    if not date(1971, 1, 1) <= day <= date(8999, 12, 31):
        raise WrongInput("day-unknown", text=text)
    return day
