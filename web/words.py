"""Times, lengths, prices and sizes are said on a page the way people say them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from station.airtime import Week
from station.errors import WrongInput
from station.lengths import MINUTE, length

HOUR = 60 * MINUTE
DAY = 24 * HOUR
LONGEST_IN_HOURS = 48 * HOUR

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
CURRENCY_SIGNS = {"ZAR": "R", "EUR": "€", "GBP": "£", "USD": "$"}


def until(instant: datetime, now: datetime) -> str:
    """How far off an instant is: in 2 days, in 5 hours, in 20 minutes, now, or over."""
    seconds = (instant - now).total_seconds()
    if seconds <= 0:
        return "over"
    if seconds < MINUTE:
        return "in a moment"
    if seconds < 2 * HOUR:
        return f"in {_plural(int(seconds // MINUTE), 'minute')}"
    if seconds < LONGEST_IN_HOURS:
        return f"in {_plural(int(seconds // HOUR), 'hour')}"
    return f"in {_plural(int(seconds // DAY), 'day')}"


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """A local time of day: 18:35, or 18:35:06 where a slot begins between two minutes."""
    local = instant.astimezone(zone)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def day(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A local date: today, tomorrow, Wednesday 25 November; with its year if another one."""
    local, today = instant.astimezone(zone), now.astimezone(zone)
    match (local.date() - today.date()).days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "yesterday"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local:%A} {local.day} {local:%B}{year}"


def date(instant: datetime, zone: ZoneInfo) -> str:
    """A local date that stays true: 25 November 2026."""
    local = instant.astimezone(zone)
    return f"{local.day} {local:%B %Y}"


def moment(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A local date and time: Wednesday 25 November, 18:35."""
    return f"{day(instant, zone, now)}, {clock(instant, zone)}"


def deadline(instant: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A deadline to the minute before it: who keeps to what is said is in time."""
    return moment(instant.replace(second=0, microsecond=0), zone, now)


def by(deadline: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A deadline as people keep it: without its seconds, never later than it is."""
    return moment(deadline.replace(second=0, microsecond=0), zone, now)


def week_days(week: Week) -> str:
    """A week's dates: 23 to 29 November, or 30 November to 6 December."""
    first, last = week.monday, week.monday + timedelta(days=6)
    month = "" if first.month == last.month else f" {first:%B}"
    return f"{first.day}{month} to {last.day} {last:%B}"


def week_name(week: Week, now: datetime | None = None) -> str:
    """A week as seen from now: this week, next week, the week of 7 December."""
    names = {}
    if now is not None:
        this = Week.of(now, week.zone)
        names = {this: "this week", this.plus(1): "next week", this.plus(-1): "last week"}
    return names.get(week, f"the week of {week.monday.day} {week.monday:%B}")


def airtime(seconds: int, weeks: Sequence[Week], now: datetime | None = None) -> str:
    """Rights in words, by their weeks: five minutes of next week, or in each of 12 weeks.

    Without `now` no week is named as seen from it: what is said stays true later.
    """
    first, last, different = weeks[0], weeks[-1], len(set(weeks))
    times = f"{len(weeks)} times " if len(weeks) > different else ""
    said = f"{times}{length(seconds)}"
    if different == 1:
        return f"{said} of {week_name(first, now)}"
    ends = last.monday + timedelta(days=6)
    year = f" {ends.year}" if ends.year != first.monday.year else ""
    span = f"{first.monday.day} {first.monday:%B} to {ends.day} {ends:%B}{year}"
    return f"{said} {'in' if times else 'in each of'} {different} weeks, {span}"


def clock_length(seconds: float) -> str:
    """A sound's length as a player shows it: 0:08, 3:12."""
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes}:{rest:02}"


def zone_name(zone: ZoneInfo, now: datetime) -> str:
    """A zone by its place and its offset: Johannesburg, UTC+02:00."""
    offset = now.astimezone(zone).strftime("%z")
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return f"{place}, UTC{offset[:3]}:{offset[3:]}"


def money(cents: int, currency: str) -> str:
    """A price: R150, R99.50, or CHF 20."""
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    whole, rest = divmod(cents, 100)
    return f"{sign}{whole:,}.{rest:02}" if rest else f"{sign}{whole:,}"


def exact(cents: int, currency: str) -> str:
    """A sum in a book or on a receipt, with its cents: R500.00, -R12.50."""
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{sign}{whole:,}.{rest:02}"


def cents(text: str) -> int:
    """Read a price like 150, 99.50 or R99,50. Raises WrongInput `number-wrong`."""
    bare = text.strip().lstrip("R€£$ ").replace(",", ".").replace(" ", "")
    whole, _, rest = bare.partition(".")
    if not (
        whole.isdecimal()
        and whole.isascii()
        and len(rest) <= len("50")
        and len(whole) <= len("1000000")
    ):
        raise WrongInput("number-wrong", text=text, name="price", example="150 or 99.50")
    if rest and not (rest.isdecimal() and rest.isascii()):
        raise WrongInput("number-wrong", text=text, name="price", example="150 or 99.50")
    return int(whole) * 100 + int((rest or "0").ljust(2, "0"))


def megabytes(size: float) -> str:
    """A size of data: 0.9 MB, 11 MB."""
    millions = size / 1e6
    return f"{millions:.0f} MB" if millions >= 10 else f"{millions:.1f} MB"  # noqa: PLR2004


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
