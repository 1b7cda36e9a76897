"""A person's times on air and deadlines are iCalendar (RFC 5545), the same text until they change.

Nothing in it is from the clock of whoever reads it, so that a calendar that has it all is told so.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from station import lengths, shares
from station.airtime import Span, Week
from station.appearances import DEADLINES_AHEAD, Appearance, Deadline
from station.grid import Grid
from station.languages import gettext as _
from station.moments import week_name
from station.settings import Settings
from station.shares import SharedPiece

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT = "-//Mweya//Airtime//EN"
# How often a calendar is to look again (RFC 7986, 5.7).
LOOK_AGAIN = timedelta(hours=1)
BEFORE_AIR = timedelta(minutes=15)
BEFORE_DEADLINE = timedelta(days=1)
# Calendars hide what lasts no time.
DEADLINE_LASTS = timedelta(minutes=30)


def calendar(
    settings: Settings,
    account_id: int,
    appearances: Sequence[Appearance],
    deadlines: Sequence[Deadline],
    now: datetime,
) -> bytes:
    """The whole calendar of an account, in the language that is spoken."""
    made = _empty()
    name = _("My airtime on %(station)s", station=settings.station.name)
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for one in appearances:
        made.add_component(_on_air(settings, account_id, one))
    for deadline in deadlines:
        made.add_component(_send_before(settings, account_id, deadline))
    return _finished(made, settings, now)


def reminder(
    settings: Settings,
    request_id: int,
    piece: SharedPiece,
    air: Span,
    version: Grid,
    now: datetime,
) -> bytes:
    """One piece that is to come, for anybody's calendar, in the language that is spoken.

    `version` is the published one that it is in: a later one moves it, by its higher number.
    """
    title = _("Silence for %(cause)s", cause=piece.title) if piece.silent else piece.title
    channel = settings.channel_name(piece.channel)
    page = shares.address(settings, request_id)
    event = _event(
        settings,
        uid=f"piece-{request_id}",
        start=air.start,
        lasts=air.end - air.start,
        summary=_("%(title)s, %(speaker)s", title=title, speaker=piece.speaker),
        said=_("Channel %(channel)s. Listen here: %(page)s", channel=channel, page=page),
        changed_at=version.published_at or version.built_at,
        sequence=version.version,
    )
    event.add("status", "CONFIRMED")
    event.add("url", page)
    _remind(event, BEFORE_AIR)
    made = _empty()
    made.add_component(event)
    return _finished(made, settings, now)


def _empty() -> "Calendar":
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    return made


def _finished(made: "Calendar", settings: Settings, now: datetime) -> bytes:
    this = Week.of(now, settings.zone).monday
    # The years around this one, so that it does not change every week.
    made.add_missing_timezones(
        first_date=this.replace(year=this.year - 1, month=1, day=1),
        last_date=this.replace(year=this.year + 2, month=1, day=1),
    )
    return bytes(made.to_ical())


def _on_air(settings: Settings, account_id: int, one: Appearance) -> "Event":
    slot = settings.slots.span(settings.slots.number(one.at))
    title = _("silence for %(cause)s", cause=one.title) if one.silent else one.title
    channel = settings.channel_name(one.channel)
    page = shares.address(settings, one.request_id)
    event = _event(
        settings,
        uid=f"right-{one.right_id}-of-{account_id}",
        start=slot.start,
        lasts=slot.end - slot.start,
        summary=_("On air: %(title)s", title=title),
        said=_(
            "Channel %(channel)s. Everybody can listen here: %(page)s", channel=channel, page=page
        ),
        changed_at=one.told.changed_at,
        sequence=one.told.sequence,
    )
    event.add("status", "CANCELLED" if one.told.cancelled else "CONFIRMED")
    event.add(
        "location",
        _("%(station)s, channel %(channel)s", station=settings.station.name, channel=channel),
    )
    event.add("url", page)
    if not one.told.cancelled:
        _remind(event, BEFORE_AIR)
    return event


def _send_before(settings: Settings, account_id: int, deadline: Deadline) -> "Event":
    length = lengths.length(settings.station.slot_seconds * deadline.unused)
    week = week_name(deadline.week)
    event = _event(
        settings,
        uid=f"send-{deadline.week}-of-{account_id}",
        start=deadline.closes - DEADLINE_LASTS,
        lasts=DEADLINE_LASTS,
        summary=_("Send your %(length)s for %(week)s", length=length, week=week),
        said=_(
            "You can send, give or sell them here: %(page)s", page=f"{settings.web_url}/member/"
        ),
        changed_at=deadline.closes - DEADLINES_AHEAD,
        sequence=0,
    )
    event.add("status", "CONFIRMED")
    _remind(event, BEFORE_DEADLINE)
    return event


def _event(
    settings: Settings,
    uid: str,
    start: datetime,
    lasts: timedelta,
    summary: str,
    said: str,
    changed_at: datetime,
    sequence: int,
) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings.web_url).hostname}")
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", sequence)
    event.add("dtstart", _begins(start, settings))
    event.add("duration", lasts)
    event.add("summary", summary)
    event.add("description", said)
    event.add("transp", "TRANSPARENT")
    return event


def _begins(instant: datetime, settings: Settings) -> datetime:
    """An instant in the station's zone; in UTC where the clock shows its time a second time.

    RFC 5545, 3.3.5: a local time that occurs twice means the first one.
    """
    local = instant.astimezone(settings.zone)
    return instant.astimezone(UTC) if local.fold else local


def _remind(event: "Event", before: timedelta) -> None:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", event["summary"])
    alarm.add("trigger", -before)
    event.add_component(alarm)
