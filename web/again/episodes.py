"""What can be heard again is told alike by pages, feeds and chapters, with its sound and size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import url_for

from station import languages, lengths, shares
from station.languages import gettext as _
from station.languages import ngettext
from station.listen_again import Entry
from station.moments import local_text
from station.recordings import preview_at
from station.settings import Settings
from web.again.sound import Part, part_of

CHAPTERS_VERSION = "1.2.0"


@dataclass(frozen=True, slots=True)
class Episode:
    """One sound that can be fetched, with what a player shows of it; addresses are whole.

    `guid` never changes, whatever becomes of the station's address. `chapters` is empty where the
    sound has none.
    """

    guid: str
    title: str
    speaker: str
    said: str
    at: datetime
    page: str
    sound: str
    size: int
    seconds: float
    adult: bool
    silent: bool = False
    chapters: str = ""

    @property
    def path(self) -> str:
        """Where its sound is on this host, however that was reached: pages play no other's."""
        return urlsplit(self.sound).path


def parts_of(settings: Settings, entry: Entry) -> list[Part]:
    """The sounds of an entry, in order; none where one of them is not there."""
    try:
        return [part_of(preview_at(settings.media_folder, one)) for one in entry.previews]
    except OSError:
        return []


def name_of(entry: Entry) -> str:
    """What a piece is called: its title, or what the silence is for."""
    return _("Silence for %(cause)s", cause=entry.title) if entry.silent else entry.title


def episode(settings: Settings, entry: Entry) -> Episode | None:
    """A piece as an episode of its own; None where its sound is not there."""
    parts, code = parts_of(settings, entry), shares.code_of(settings, entry.request_id)
    if not parts:
        return None
    aired = local_text(entry.air.start, settings)
    said = (
        _("Dedicated by %(name)s. On air %(when)s.", name=entry.speaker, when=aired)
        if entry.silent
        else _("By %(name)s. On air %(when)s.", name=entry.speaker, when=aired)
    )
    return Episode(
        guid=f"piece-{entry.request_id}-{settings.slots.number(entry.air.start)}",
        title=name_of(entry),
        speaker=entry.speaker,
        said=said,
        at=entry.air.start,
        page=shares.address(settings, entry.request_id),
        sound=settings.web_url + url_for("again.piece", code=code),
        size=sum(part.size for part in parts),
        seconds=sum(part.seconds for part in parts),
        adult=entry.adult,
        silent=entry.silent,
    )


def episodes(settings: Settings, entries: Iterable[Entry]) -> list[Episode]:
    """Those of some pieces whose sounds are there."""
    found = (episode(settings, one) for one in entries)
    return [one for one in found if one is not None]


def day_episode(
    settings: Settings, channel: int, day: date, entries: Sequence[Entry]
) -> Episode | None:
    """A channel's day as one episode with chapters; None where nothing of it can be heard."""
    pieces = [(one, parts_of(settings, one)) for one in entries]
    parts = [part for _entry, found in pieces for part in found]
    if not parts:
        return None
    there = [one for one, found in pieces if found]
    name, number, label = settings.channel_name(channel), channel + 1, day.isoformat()
    own = settings.web_url
    said = ngettext(
        "One piece that was on air this day, by %(first)s.",
        "%(num)s pieces that were on air this day, from %(first)s to %(last)s.",
        len(there),
        first=there[0].speaker,
        last=there[-1].speaker,
    )
    return Episode(
        guid=f"channel-{number}-{label}",
        title=_("%(channel)s, %(day)s", channel=name, day=languages.dated(day, "EEEE d MMMM y")),
        speaker=settings.station.name,
        said=said,
        # A day is told of when it is over.
        at=there[-1].air.end,
        page=own + url_for("again.day", number=number, day=label),
        sound=own + url_for("again.day_sound", number=number, day=label),
        size=sum(part.size for part in parts),
        seconds=sum(part.seconds for part in parts),
        adult=any(one.adult for one in there),
        chapters=own + url_for("again.chapters", number=number, day=label),
    )


def chapters(settings: Settings, entries: Sequence[Entry]) -> dict[str, Any]:
    """A day's chapters as Podcasting 2.0's JSON has them; times in seconds of the day's sound."""
    at, found = 0.0, []
    for one in entries:
        lasts = sum(part.seconds for part in parts_of(settings, one))
        if lasts:
            title = _("%(title)s, by %(name)s", title=name_of(one), name=one.speaker)
            page = shares.address(settings, one.request_id)
            times = {"startTime": round(at, 3), "endTime": round(at + lasts, 3)}
            found.append({**times, "title": title, "url": page})
        at += lasts
    return {"version": CHAPTERS_VERSION, "chapters": found}


def duration(seconds: float) -> str:
    """A length as podcast players read it: 0:05:00."""
    minutes, rest = divmod(round(seconds), lengths.MINUTE)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
