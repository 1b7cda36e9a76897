"""What an address names is a week, a day, a channel of the station's, or there is nothing there."""

from datetime import date, time, timedelta

from flask import abort

from station.airtime import FIRST_YEAR, LAST_YEAR, Span, Week, local_instant
from web.session import station

# A report of more than a year still begins in a year that the station knows.
YEARS_BEFORE = 3


def week(label: str) -> Week:
    """A week by its label. Raises WrongInput `week-unknown`."""
    return Week.parse(label, station().settings.zone)


def require_day(day: date) -> None:
    """Answer 404 to a day that is out of every calendar of the station's."""
    if not FIRST_YEAR + YEARS_BEFORE <= day.year < LAST_YEAR:
        abort(404)


def day_span(day: date) -> Span:
    """A local day from midnight to midnight; 404 as `require_day`."""
    require_day(day)
    zone = station().settings.zone
    return Span(*(local_instant(at, time(0), zone) for at in (day, day + timedelta(days=1))))


def require_channel(channel: int) -> None:
    """Answer 404 to a channel that the station does not have."""
    if channel >= station().settings.channels:
        abort(404)


def require_slot(number: int) -> None:
    """Answer 404 to a slot behind all calendars."""
    last = local_instant(date(LAST_YEAR, 1, 1), time(0), station().settings.zone)
    if number >= station().settings.slots.number(last):
        abort(404)
