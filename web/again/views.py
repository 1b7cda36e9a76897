"""What can be heard again has pages, feeds and sounds: of a person, a cause, a channel's days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station import causes, languages, listen_again, profiles, shares
from station.languages import ENGLISH, speaking
from station.languages import gettext as _
from station.listen_again import VOICES_SHOWN, Entry
from web.again import feed, named
from web.again.episodes import chapters as chapters_of
from web.again.episodes import day_episode, episodes, parts_of
from web.again.feed import Feed
from web.again.sound import send_parts
from web.session import now, station

SHOWN = 20
MOST_VOICES = 100_000

area = Blueprint("again", __name__, url_prefix="/again", template_folder="templates")


@dataclass(frozen=True, slots=True)
class DayOfPieces:
    """A day in words, and how many of its pieces can be heard again."""

    day: date
    name: str
    pieces: int


@area.get("/")
def page() -> ResponseReturnValue:
    """Everything that can be heard again, by channel, by voice and by cause."""
    after = min(max(request.args.get("after", 0, type=int), 0), MOST_VOICES)
    with station().database.reading() as session:
        voices, listed = listen_again.voices(session, after), causes.listed(session)
    more = after + len(voices) if len(voices) == VOICES_SHOWN else None
    return render_template("again/page.html", voices=voices, causes=listed, more=more)


@area.get("/voice/<code>")
def voice(code: str) -> ResponseReturnValue:
    """A person's pieces."""
    with station().database.reading() as session:
        person, found = named.of_voice(session, code)
    title = _("Hear %(name)s again", name=person.name)
    return _list(title, found, url_for("again.voice_feed", code=code))


@area.get("/voice/<code>/feed.rss")
def voice_feed(code: str) -> ResponseReturnValue:
    """A person's pieces, for a podcast player, in the person's language."""
    settings = station().settings
    with station().database.reading() as session:
        person, found = named.of_voice(session, code)
    with speaking(person.language):
        return feed.answer(
            Feed(
                title=_("%(name)s on %(station)s", name=person.name, station=settings.station.name),
                said=_("What %(name)s had on air.", name=person.name),
                author=person.name,
                language=person.language,
                page=_whole(url_for("again.voice", code=code)),
                address=_whole(url_for("again.voice_feed", code=code)),
                episodes=episodes(settings, found),
            )
        )


@area.get("/cause/<int:cause_id>")
def cause(cause_id: int) -> ResponseReturnValue:
    """The silences for a cause."""
    with station().database.reading() as session:
        known, found = named.of_cause(session, cause_id)
    title = _("Silence for %(cause)s", cause=known.words)
    return _list(title, found, url_for("again.cause_feed", cause_id=cause_id))


@area.get("/cause/<int:cause_id>/feed.rss")
def cause_feed(cause_id: int) -> ResponseReturnValue:
    """The silences for a cause, for a podcast player."""
    settings = station().settings
    with station().database.reading() as session:
        known, found = named.of_cause(session, cause_id)
    with speaking(ENGLISH):
        name = settings.station.name
        return feed.answer(
            Feed(
                title=_("Silence for %(cause)s, on %(station)s", cause=known.words, station=name),
                said=_("Each silence for %(cause)s, as it was announced.", cause=known.words),
                author=name,
                language=ENGLISH,
                page=_whole(url_for("again.cause", cause_id=cause_id)),
                address=_whole(url_for("again.cause_feed", cause_id=cause_id)),
                episodes=episodes(settings, found),
            )
        )


@area.get("/channel/<int:number>")
def channel(number: int) -> ResponseReturnValue:
    """A channel's last days."""
    days = [
        DayOfPieces(one, languages.dated(one, "EEEE d MMMM y"), len(found))
        for one, found in named.days(named.channel(number)).items()
    ]
    return render_template("again/channel.html", number=number, days=days)


@area.get("/channel/<int:number>/feed.rss")
def channel_feed(number: int) -> ResponseReturnValue:
    """A channel's last days, each with its chapters, for a podcast player."""
    settings, known = station().settings, named.channel(number)
    today = now().astimezone(settings.zone).date()
    with speaking(ENGLISH):
        name = settings.channel_name(known)
        over = ((day, found) for day, found in named.days(known).items() if day < today)
        made = [day_episode(settings, known, day, found) for day, found in over]
        return feed.answer(
            Feed(
                title=_(
                    "%(station)s, channel %(channel)s", station=settings.station.name, channel=name
                ),
                said=_("Each day of channel %(channel)s, a chapter for each voice.", channel=name),
                author=settings.station.name,
                language=ENGLISH,
                page=_whole(url_for("again.channel", number=number)),
                address=_whole(url_for("again.channel_feed", number=number)),
                episodes=[one for one in made if one is not None],
            )
        )


@area.get("/channel/<int:number>/<day>")
def day(number: int, day: str) -> ResponseReturnValue:
    """A channel's day: all of it as one sound, and each piece of it."""
    known, read = named.channel(number), named.day(day)
    found = named.of_day(known, read)
    return render_template(
        "again/day.html",
        number=number,
        day=languages.dated(read, "EEEE d MMMM y"),
        whole=day_episode(station().settings, known, read, found),
        pieces=episodes(station().settings, found),
        before=(read - timedelta(days=1)).isoformat(),
    )


@area.get("/channel/<int:number>/<day>/chapters.json")
def chapters(number: int, day: str) -> ResponseReturnValue:
    """The chapters of a channel's day."""
    found = named.of_day(named.channel(number), named.day(day))
    with speaking(ENGLISH):
        answer = jsonify(chapters_of(station().settings, found))
    answer.mimetype = "application/json+chapters"
    return feed.shared(answer)


@area.get("/channel/<int:number>/<day>/sound.mp3")
def day_sound(number: int, day: str) -> Response:
    """All that can be heard again of a channel's day, one piece after the other."""
    return _sound(named.of_day(named.channel(number), named.day(day)))


@area.get("/piece/<code>/sound.mp3")
def piece(code: str) -> Response:
    """A piece that aired; 410 once it is not to be heard again."""
    settings = station().settings
    request_id = shares.request_named(settings, code)
    if request_id is None:
        abort(404)
    with station().database.reading() as session:
        found = listen_again.entry(session, settings, request_id, now())
        gone = found is None and listen_again.aired(session, request_id)
    if found is None:
        abort(named.GONE if gone else 404)
    return _sound([found])


def _sound(entries: Sequence[Entry]) -> Response:
    parts = [part for one in entries for part in parts_of(station().settings, one)]
    if not parts:
        abort(404)
    names = " ".join(name for one in entries for name in one.previews)
    return send_parts(parts, sha256(names.encode()).hexdigest()[:32])


def _list(title: str, entries: Sequence[Entry], address: str) -> str:
    """The newest pieces with their players, and as many earlier ones as were asked for."""
    most = min(max(request.args.get("shown", SHOWN, type=int), SHOWN), listen_again.MOST_ENTRIES)
    found = episodes(station().settings, entries)
    return render_template(
        "again/list.html",
        title=title,
        episodes=found[:most],
        more=most + SHOWN if len(found) > most else None,
        feed=_whole(address),
    )


def _whole(path: str) -> str:
    return station().settings.web_url + path


@area.app_template_global("again_address")
def again_address(account_id: int) -> str:
    """The page where somebody's pieces can be heard again."""
    return url_for("again.voice", code=profiles.code_of(station().settings, account_id))
