"""The page everybody opens first, and the same facts as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from playout.mounts import Mount
from station import grid
from station.airtime import Week
from station.grid import Grid
from station.languages import ENGLISH, speaking
from web.public.now import OnAir, Piece, on_air, seconds_to_change
from web.public.speakers import on_show
from web.session import choose_quality, now, quality_chosen, station
from web.streams import streams_of

area = Blueprint("public", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Listening:
    """One channel as a listener finds it: its streams and its programme."""

    name: str
    streams: tuple[Mount, ...]
    on_air: OnAir


def listening(quality: str = "") -> list[Listening]:
    """Every channel now, with its streams: the one of a quality that was chosen comes first."""
    settings = station().settings
    mounts = station().mounts()
    with station().database.reading() as session:
        channels = on_air(session, settings, now())
    return [
        Listening(
            settings.station.channels[found.channel],
            tuple(streams_of(mounts, found.channel, quality)),
            found,
        )
        for found in channels
    ]


def fresh(channels: Sequence[Listening]) -> int:
    """How many seconds what is shown stays true."""
    return seconds_to_change([one.on_air for one in channels], now(), station().settings.slots)


def voices(channels: Sequence[Listening]) -> dict[int, int]:
    """Whose pages the names lead to: the account for each request whose speaker has one."""
    return on_show(one.on_air for one in channels)


def published() -> Grid | None:
    """The grid that is on show for this week."""
    with station().database.reading() as session:
        return grid.published(session, Week.of(now(), station().settings.zone))


@area.get("/")
def page() -> ResponseReturnValue:
    """Press play; now, next and later on every channel."""
    asked = request.args.get("quality", "")
    if any(mount.quality == asked for mount in station().mounts()):
        choose_quality(asked)
    channels = listening(quality_chosen())
    return render_template(
        "public/page.html",
        channels=channels,
        fresh=fresh(channels),
        voices=voices(channels),
        shown=published(),
    )


@area.get("/api/now.json")
def now_json() -> Response:
    """What is on air, for programs, in English; instants are ISO 8601 in the station's zone."""
    settings = station().settings
    with speaking(ENGLISH):
        channels = [_channel(one) for one in listening()]
    answer = jsonify(
        station=settings.station.name,
        zone=settings.station.zone,
        at=now().astimezone(settings.zone).isoformat(),
        published=_version(published()),
        channels=channels,
    )
    answer.headers["Cache-Control"] = "public, max-age=2"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _version(shown: Grid | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    return {"week": shown.week, "version": shown.version, "root_hash": shown.root_hash}


def _channel(one: Listening) -> dict[str, Any]:
    return {
        "channel": one.on_air.channel,
        "name": one.name,
        "streams": [
            {"quality": stream.quality, "url": stream.url, "type": stream.content_type}
            for stream in one.streams
        ],
        "now": _facts(one.on_air.now),
        "next": _facts(one.on_air.next),
        "later": [_facts(piece) for piece in one.on_air.later],
    }


def _facts(piece: Piece | None) -> dict[str, Any] | None:
    if piece is None:
        return None
    zone = station().settings.zone
    return {
        "starts": piece.start.astimezone(zone).isoformat(),
        "ends": piece.end.astimezone(zone).isoformat(),
        "kind": piece.kind,
        "title": piece.title,
        "speaker": piece.speaker,
        "words": piece.heading,
        "live": piece.live,
    }
