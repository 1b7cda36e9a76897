"""What was done to a piece is said with its title, its place or its stretch of time.

The sentences stay in the trail, so that no day in them is today.
"""

from sqlalchemy.orm import Session

from scheduler.problem import Place
from station.airtime import Week
from station.bans import Ban
from station.languages import gettext as _
from station.moments import local_text
from station.rights import Request
from station.settings import Settings


def title(session: Session, request_id: int) -> str:
    """What a piece is called."""
    return session.get_one(Request, request_id).title


def at(
    session: Session, settings: Settings, week: Week, request_id: int, place: Place
) -> dict[str, str]:
    """The `title` of a piece, and a `place`: Sunday 29 November 2026, 20:00, channel Two."""
    moment = local_text(week.instant(place.start, settings.slots), settings)
    channel = settings.channel_name(place.channel)
    said = _("%(moment)s, channel %(channel)s", moment=moment, channel=channel)
    return {"title": title(session, request_id), "place": said}


def barred(session: Session, settings: Settings, week: Week, ban: Ban) -> dict[str, str]:
    """The `title` of a piece, and the `start`, `end` and `channels` of its ban."""
    start, end = (
        local_text(week.instant(one, settings.slots), settings) for one in (ban.start, ban.end)
    )
    channels = _("every channel")
    if ban.channel is not None:
        channels = _("channel %(name)s", name=settings.channel_name(ban.channel))
    named = title(session, ban.request_id)
    return {"title": named, "start": start, "end": end, "channels": channels}
