"""A deadline is said the way people keep it: to the minute, and midnight as a day's end."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from station.languages import dated
from station.settings import Settings

MIDNIGHT = "00:00"


def kept_until(instant: datetime, zone: ZoneInfo) -> tuple[datetime, str]:
    """An instant of a deadline's last day and its local time there, never later than it is.

    The end of a day is its 24:00 (ISO 8601-1:2019/Amd 1), since who reads "until Saturday, 00:00"
    takes it for Saturday's end.
    """
    local = instant.astimezone(zone)
    time = f"{local:%H:%M}"
    return (local - timedelta(minutes=1), "24:00") if time == MIDNIGHT else (local, time)


def deadline_text(instant: datetime, settings: Settings) -> str:
    """A deadline as people of the station say it: Friday 27 November 2026, 24:00.

    It is said in the language that is spoken.
    """
    within, time = kept_until(instant, settings.zone)
    return f"{dated(within.date(), 'EEEE d MMMM y')}, {time}"
