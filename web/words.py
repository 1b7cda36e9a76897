"""Times, lengths, prices and sizes are said on a page the way people say them in their language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from station.errors import WrongInput
from station.languages import dated, ngettext
from station.languages import gettext as _
from station.lengths import MINUTE, figures
from station.moments import kept_until

HOUR = 60 * MINUTE
DAY = 24 * HOUR
LONGEST_IN_HOURS = 48 * HOUR
LEAST_IN_MEGABYTES = 100_000

# Codes that members may choose from: South Africa's languages first, then their neighbours'.
LANGUAGES = {
    "en": "English",
    "zu": "isiZulu",
    "xh": "isiXhosa",
    "af": "Afrikaans",
    "nso": "Sepedi",
    "tn": "Setswana",
    "st": "Sesotho",
    "ts": "Xitsonga",
    "ss": "siSwati",
    "ve": "Tshivenḓa",
    "nr": "isiNdebele",
    "sn": "chiShona",
    "nd": "isiNdebele (Zimbabwe)",
    "pt": "Português",
    "fr": "Français",
    "sw": "Kiswahili",
}


def until(instant: datetime, now: datetime) -> str:
    """How far off an instant is: in 2 days, in 5 hours, in 20 minutes, now, or over."""
    seconds = (instant - now).total_seconds()
    if seconds <= 0:
        return _("over")
    if seconds < MINUTE:
        return _("in a moment")
    if seconds < 2 * HOUR:
        return ngettext("in %(num)s minute", "in %(num)s minutes", int(seconds // MINUTE))
    if seconds < LONGEST_IN_HOURS:
        return ngettext("in %(num)s hour", "in %(num)s hours", int(seconds // HOUR))
    return ngettext("in %(num)s day", "in %(num)s days", int(seconds // DAY))


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """A local time of day: 18:35, or 18:35:06 where a slot begins between two minutes."""
    local = instant.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def day(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A local date: today, tomorrow, Wednesday 25 November; with its year if another one."""
    local, today = instant.astimezone(zone).date(), now.astimezone(zone).date()
    match (local - today).days:
        case 0:
            return _("today")
        case 1:
            return _("tomorrow")
        case -1:
            return _("yesterday")
    return dated(local, "EEEE d MMMM" if local.year == today.year else "EEEE d MMMM y")


def date(instant: datetime, zone: ZoneInfo) -> str:
    """A local date that stays true: 25 November 2026."""
    return dated(instant.astimezone(zone).date(), "d MMMM y")


def moment(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A local date and time: Wednesday 25 November, 18:35."""
    return _("%(day)s, %(time)s", day=day(instant, zone, now), time=clock(instant, zone))


def deadline(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A deadline as people keep it: to the minute, midnight as the day before's 24:00."""
    within, time = kept_until(instant, zone)
    return _("%(day)s, %(time)s", day=day(within, zone, now), time=time)


def to_the_minute(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A local date and time of which the seconds tell nothing."""
    return moment(instant.replace(second=0, microsecond=0), zone, now)


def clock_length(seconds: float) -> str:
    """A sound's length as a player shows it: 0:08, 3:12."""
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes}:{rest:02}"


def zone_name(zone: ZoneInfo, now: datetime) -> str:
    """A zone by its place and its offset: Johannesburg, UTC+02:00."""
    offset = now.astimezone(zone).strftime("%z")
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return f"{place}, UTC{offset[:3]}:{offset[3:]}"


def cents(text: str) -> int:
    """Read a price like 150, 99.50, R99,50 or R1 500. Raises WrongInput `number-wrong`."""
    bare = "".join(text.split()).lstrip("R€£$").replace(",", ".")
    whole, _point, rest = bare.partition(".")
    known = (whole + rest).isdecimal() and bare.isascii() and whole
    if not known or len(rest) > len("50") or len(whole) > len("1000000"):
        raise WrongInput("number-wrong", text=text, name=_("price"), example=_("150 or 99.50"))
    return int(whole) * 100 + int((rest or "0").ljust(2, "0"))


def megabytes(size: float) -> str:
    """A size of data: 18 kB, 0.9 MB, 11 MB."""
    if size < LEAST_IN_MEGABYTES:
        return f"{figures(max(size / 1e3, 1), '0')} kB"
    millions = size / 1e6
    return f"{figures(millions, '0' if millions >= 10 else '0.0')} MB"  # noqa: PLR2004
