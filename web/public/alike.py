"""What every listener is answered alike is kept for a moment by whoever stands between.

No cookie is looked at and none is set, so that a cache before the station can answer thousands of
listeners; where none is, what is on now is put together once in a few seconds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotImplemented as NotOffered

from station.languages import known
from web.headers import policy
from web.public.oembed import Embed, answer_for
from web.public.views import fresh, listening, voices
from web.session import now, station

KEPT_SECONDS = 2
EMBED_KEPT_SECONDS = 3600
TOLD = "mweya-told"

area = Blueprint("alike", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Told:
    """What was said to be on air at an instant, in one language."""

    at: datetime
    text: str


@area.get("/now/<language>")
def on_now(language: str) -> ResponseReturnValue:
    """What is on every channel, for a page that is looked at, in a language that we have."""
    if language not in known():
        abort(404)
    told: dict[str, Told] = current_app.extensions.setdefault(TOLD, {})
    lately = told.get(language)
    if lately is None or not lately.at <= now() < lately.at + timedelta(seconds=KEPT_SECONDS):
        channels = listening()
        text = render_template(
            "public/fresh.html",
            channels=channels,
            fresh=fresh(channels),
            voices=voices(channels),
        )
        lately = told[language] = Told(now(), text)
    return _kept(Response(lately.text), KEPT_SECONDS)


@area.get("/player/<int:number>")
def player(number: int) -> ResponseReturnValue:
    """One channel, counted from 1, within anybody's page."""
    channels = listening(request.args.get("quality", ""))
    if not 1 <= number <= len(channels):
        abort(404)
    text = render_template(
        "public/player.html",
        one=channels[number - 1],
        number=number,
        fresh=fresh(channels),
        voices=voices(channels),
    )
    answer = Response(text)
    answer.headers["Content-Security-Policy"] = policy(framed_by="*")
    answer.vary.add("Accept-Language")
    return _kept(answer, KEPT_SECONDS)


@area.get("/oembed")
def oembed() -> ResponseReturnValue:
    """How another site shows one of our pages (oEmbed 1.0): as a channel's player, in JSON."""
    if request.args.get("format", "json") != "json":
        raise NotOffered
    with station().database.reading() as session:
        found = Embed.of(session, station().settings, request.args.get("url", ""), now())
    if found is None:
        abort(404)
    address = station().settings.web_url + url_for("alike.player", number=found.channel + 1)
    most = [request.args.get(name, type=int) for name in ("maxwidth", "maxheight")]
    picture = station().settings.web_url + url_for("static", filename="card.png")
    answer = jsonify(answer_for(station().settings, found, address, picture, *most))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.vary.add("Accept-Language")
    return _kept(answer, EMBED_KEPT_SECONDS)


def _kept(answer: Response, seconds: int) -> ResponseReturnValue:
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    answer.add_etag()
    return answer.make_conditional(request)
