"""A feed is RSS 2.0 with iTunes' and Podcasting 2.0's words, so that every player can subscribe."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import UUID, uuid5

from flask import Response, render_template, request

from web.again.episodes import Episode, duration
from web.session import station

KEPT_SECONDS = 300
# A feed's own UUID is made of its address (Podcasting 2.0, podcast:guid).
PODCASTS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
# XML 1.0, 2.2: what no text may hold, however it is written.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and what is in it, newest first; `page` and `address` are whole addresses."""

    title: str
    said: str
    author: str
    language: str
    page: str
    address: str
    episodes: Sequence[Episode]

    @property
    def adult(self) -> bool:
        """Whether any of it is for adults alone."""
        return any(one.adult for one in self.episodes)


def answer(feed: Feed) -> Response:
    """A feed as a program fetches it, which is told when nothing has changed."""
    settings = station().settings
    text = render_template(
        "again/feed.xml",
        feed=feed,
        guid=uuid5(PODCASTS, feed.address.partition("://")[2]),
        dated=_dated,
        duration=duration,
        own=settings.web_url,
    )
    found = Response(UNWRITABLE.sub("", text), mimetype="application/rss+xml")
    return shared(found)


def shared(found: Response) -> Response:
    """The same for everybody, from any page, and kept for some minutes."""
    found.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    found.headers["Access-Control-Allow-Origin"] = "*"
    found.add_etag()
    found.make_conditional(request)
    return found


def _dated(instant: datetime) -> str:
    """An instant as RSS has it (RFC 822)."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)
