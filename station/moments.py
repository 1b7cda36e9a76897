"""Instants, deadlines and weeks are said by their days; a deadline's midnight is a day's end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from station.airtime import Week
from station.languages import dated
from station.languages import gettext as _
from station.lengths import figures, length
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


def local_text(instant: datetime, settings: Settings) -> str:
    """An instant as people of the station say it: Wednesday 25 November 2026, 18:35.

    It is said in the language that is spoken.
    """
    local = instant.astimezone(settings.zone)
    seconds = f":{local:%S}" if local.second else ""
    return f"{dated(local, 'EEEE d MMMM y')}, {local:%H:%M}{seconds}"


def deadline_text(instant: datetime, settings: Settings) -> str:
    """A deadline as people of the station say it: Friday 27 November 2026, 24:00.

    It is said in the language that is spoken.
    """
    within, time = kept_until(instant, settings.zone)
    return f"{dated(within.date(), 'EEEE d MMMM y')}, {time}"


def monday(week: Week) -> str:
    """The day that names a week: 7 December."""
    return dated(week.monday, "d MMMM")


def first_day(week: Week) -> str:
    """A week's Monday: 23 November 2026."""
    return dated(week.monday, "d MMMM y")


def last_day(week: Week) -> str:
    """A week's Sunday: 29 November 2026."""
    return dated(week.monday + timedelta(days=6), "d MMMM y")


def week_days(week: Week) -> str:
    """A week's dates: 23 to 29 November, or 30 November to 6 December."""
    first, last = week.monday, week.monday + timedelta(days=6)
    begins = dated(first, "d" if first.month == last.month else "d MMMM")
    return _("%(first)s to %(last)s", first=begins, last=dated(last, "d MMMM"))


def week_name(week: Week, now: datetime | None = None) -> str:
    """A week as seen from now: this week, next week, the week of 7 December."""
    this = Week.of(now, week.zone) if now is not None else None
    if week == this:
        return _("this week")
    if this is not None and week == this.plus(1):
        return _("next week")
    if this is not None and week == this.plus(-1):
        return _("last week")
    return _("the week of %(day)s", day=monday(week))


def airtime(seconds: int, weeks: Sequence[Week], now: datetime | None = None) -> str:
    """Rights in words, by their weeks: five minutes of next week, or in each of 12 weeks.

    Without `now` no week is named as seen from it: what is said stays true later.
    """
    first, last, different = weeks[0], weeks[-1], len(set(weeks))
    said, times = length(seconds), figures(len(weeks))
    several = len(weeks) > different
    if different == 1:
        name = week_name(first, now)
        if several:
            return _("%(times)s times %(length)s of %(week)s", times=times, length=said, week=name)
        return _("%(length)s of %(week)s", length=said, week=name)
    ends = last.monday + timedelta(days=6)
    facts = {
        "length": said,
        "weeks": figures(different),
        "first": dated(first.monday, "d MMMM"),
        "last": dated(ends, "d MMMM" if ends.year == first.monday.year else "d MMMM y"),
    }
    if several:
        return _(
            "%(times)s times %(length)s in %(weeks)s weeks, %(first)s to %(last)s",
            times=times,
            **facts,
        )
    return _("%(length)s in each of %(weeks)s weeks, %(first)s to %(last)s", **facts)
