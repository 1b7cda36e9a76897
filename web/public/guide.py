"""What is on, by day and channel; what is looked for is found in all that is planned."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import airlog
from station.airlog import AirLine
from station.airtime import Span, local_instant
from station.figures.spans import slots_in
from station.languages import dated
from station.languages import gettext as _
from station.settings import Settings
from web.public.now import Piece, joined, planned
from web.public.speakers import with_pages
from web.session import now, station

# A part of the day is what a phone loads at once.
PART_HOURS = 6
PARTS = range(0, 24, PART_HOURS)
MORNING = PARTS[1]
MOST_DAYS = 9
MOST_COMING, MOST_PAST = 50, 20
LOOKED_BACK = timedelta(days=7)
LONGEST_SEARCH = 60

area = Blueprint("guide", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a local day of a channel: `hour` is where it begins; channels count from 0."""

    day: date
    hour: int
    channel: int

    @property
    def ends(self) -> int:
        """The hour at which the part ends; 24 for midnight."""
        return self.hour + PART_HOURS

    def later(self, parts: int) -> "Asked":
        """So many parts later."""
        days, hour = divmod(self.hour + parts * PART_HOURS, 24)
        return replace(self, day=self.day + timedelta(days=days), hour=hour)

    def span(self, settings: Settings) -> Span:
        """From its first instant to the next part's."""
        begins = (
            local_instant(one.day, time(one.hour), settings.zone) for one in (self, self.later(1))
        )
        return Span(*begins)


@dataclass(frozen=True, slots=True)
class Day:
    """A local day, as it is called today: Today, Wed 25."""

    date: date
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for: the pieces to come, earliest first, and those that are over, newest."""

    coming: tuple[Piece, ...]
    past: tuple[Piece, ...]


@area.get("/guide")
def page() -> ResponseReturnValue:
    """A part of a day, and what was looked for."""
    settings, search = station().settings, request.args.get("q", "")[:LONGEST_SEARCH].strip()
    asked = _asked(settings, now())
    with station().database.reading() as session:
        found = looked_for(session, settings, search, now()) if search else None
        pieces = [] if found else pieces_in(session, settings, asked)
        days = days_planned(session, settings, now())
    return render_template(
        "public/guide.html",
        asked=asked,
        search=search,
        found=found,
        pieces=pieces,
        voices=with_pages((*found.coming, *found.past) if found else pieces),
        day=dated(asked.day, "EEEE d MMMM"),
        days=days,
        parts=[replace(asked, hour=hour) for hour in PARTS],
    )


def pieces_in(session: Session, settings: Settings, asked: Asked) -> list[Piece]:
    """What a channel has in a part of a day, in order."""
    slots = slots_in(settings.slots, asked.span(settings))
    lines, runs = planned(session, slots.start, slots.stop)
    here = (line for line in lines if line.channel == asked.channel)
    return list(joined(here, settings.slots, runs))


def looked_for(session: Session, settings: Settings, search: str, now: datetime) -> Found:
    """The pieces whose title, cause or speaker has all words of a search, on every channel."""
    words, first = search.split(), settings.slots.number(now)
    last = (airlog.last_slot(session) or first) + 1
    since = settings.slots.number(now - LOOKED_BACK)
    coming = airlog.find(session, words, first, last, MOST_COMING)
    past = airlog.find(session, words, since, first, MOST_PAST, newest=True)
    return Found(_pieces(coming, settings), _pieces(past, settings))


def days_planned(session: Session, settings: Settings, now: datetime) -> list[Day]:
    """Yesterday, today, and the days to come that have a plan."""
    today = now.astimezone(settings.zone).date()
    last = airlog.last_slot(session)
    ends = today if last is None else settings.slots.start(last).astimezone(settings.zone).date()
    ahead = min(max((ends - today).days, 0), MOST_DAYS - 2)
    days = [today + timedelta(days=one) for one in range(-1, ahead + 1)]
    return [Day(one, day_name(one, today)) for one in days]


def day_name(day: date, today: date) -> str:
    """What a day is called on a day."""
    match (day - today).days:
        case -1:
            return _("Yesterday")
        case 0:
            return _("Today")
        case 1:
            return _("Tomorrow")
    return dated(day, "EEE d")


def _pieces(lines: Iterable[AirLine], settings: Settings) -> tuple[Piece, ...]:
    return tuple(piece for line in lines for piece in joined([line], settings.slots))


def _asked(settings: Settings, now: datetime) -> Asked:
    local = now.astimezone(settings.zone)
    try:
        day = date.fromisoformat(request.args.get("day", ""))
        local_instant(day - timedelta(days=1), time(0), settings.zone)
        local_instant(day + timedelta(days=2), time(0), settings.zone)
    except (ValueError, OverflowError):
        day = local.date()
    hour = request.args.get("from", -1, type=int)
    if hour not in PARTS:
        hour = local.hour // PART_HOURS * PART_HOURS if day == local.date() else MORNING
    channel = request.args.get("channel", 1, type=int) - 1
    return Asked(day, hour, channel if 0 <= channel < settings.channels else 0)
