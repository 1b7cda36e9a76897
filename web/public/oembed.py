"""Another site shows an address of ours as the player of its channel (oEmbed 1.0, type rich)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup
from sqlalchemy.orm import Session

from station import shares
from station.languages import gettext as _
from station.settings import Settings

WIDTH, HEIGHT = 480, 320
CARD_WIDTH, CARD_HEIGHT = 1200, 630
CACHE_SECONDS = 86_400
FRAME = Markup(
    '<iframe src="{address}" title="{title}" width="{width}" height="{height}" '
    'frameborder="0" allow="autoplay" loading="lazy"></iframe>'
)


@dataclass(frozen=True, slots=True)
class Embed:
    """What an address shows: a channel, from 0, and in words what it is and whose."""

    channel: int
    title: str
    speaker: str = ""

    @classmethod
    def of(
        cls, session: Session, settings: Settings, address: str, now: datetime
    ) -> "Embed | None":
        """What one of our public addresses shows; None for any other."""
        try:
            parts, own = urlsplit(address), urlsplit(settings.web_url)
        except ValueError:
            return None
        if parts.netloc != own.netloc or not parts.path.startswith(own.path):
            return None
        match parts.path.removeprefix(own.path).strip("/").split("/"):
            case [""]:
                return cls(0, settings.station.name)
            case ["player", number] if number in map(str, range(1, settings.channels + 1)):
                return _of_channel(settings, int(number) - 1)
            case ["p", code]:
                return _of_piece(session, settings, code, now)
        return None


def _of_channel(settings: Settings, channel: int) -> Embed:
    name = settings.channel_name(channel)
    return Embed(
        channel, _("%(station)s, channel %(channel)s", station=settings.station.name, channel=name)
    )


def _of_piece(session: Session, settings: Settings, code: str, now: datetime) -> Embed | None:
    request_id = shares.request_named(settings, code)
    found = None if request_id is None else shares.piece(session, settings, request_id, now)
    if found is None or found.air is None:
        return None
    title = _("Silence for %(cause)s", cause=found.title) if found.silent else found.title
    return Embed(found.channel, title, found.speaker)


def answer_for(
    settings: Settings,
    embed: Embed,
    player: str,
    picture: str,
    most_width: int | None = None,
    most_height: int | None = None,
) -> dict[str, Any]:
    """The answer by oEmbed 1.0, sections 2.3.4.1 and 2.3.4.4; sizes are in CSS pixels."""
    width, height = _fitting(WIDTH, most_width), _fitting(HEIGHT, most_height)
    frame = FRAME.format(address=player, title=embed.title, width=width, height=height)
    author = {"author_name": embed.speaker} if embed.speaker else {}
    return {
        "version": "1.0",
        "type": "rich",
        "title": embed.title,
        **author,
        "provider_name": settings.station.name,
        "provider_url": f"{settings.web_url}/",
        "cache_age": CACHE_SECONDS,
        "thumbnail_url": picture,
        "thumbnail_width": CARD_WIDTH,
        "thumbnail_height": CARD_HEIGHT,
        "html": str(frame),
        "width": width,
        "height": height,
    }


def _fitting(size: int, most: int | None) -> int:
    return min(size, most) if most and most > 0 else size
