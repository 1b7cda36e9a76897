"""What a phone needs to keep the member's page beside its own programs, network or not."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from hashlib import sha256

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from station.languages import dated, speak, spoken
from web.filters import STATIC
from web.session import station
from web.upload import ACCEPT

PAPER = "#f4f6f8"
KEPT_SECONDS = 24 * 3600
# An icon, its side in pixels, and whether a phone may cut it to its own shape.
ICONS = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-cut.png", 512, "maskable"),
)
OFFLINE_FILES = ("air.css", "air.svg", "keep.js", "kept.js", "record.js")

area = Blueprint("pwa", __name__, template_folder="templates")


@area.app_context_processor
def names() -> dict[str, Callable[[], str]]:
    """What the templates of a form need: `weekdays`."""
    return {"weekdays": weekdays}


def weekdays() -> str:
    """The days from Sunday on as they are called, for a browser that may not know the language."""
    sunday = date(2026, 11, 22)
    return " ".join(dated(sunday + timedelta(days=after), "EEEE") for after in range(7))


@area.get("/manifest.webmanifest")
def manifest() -> Response:
    """What the installed page is called, how it looks, and which files it takes (W3C manifest)."""
    name = station().settings.station.name
    answer = jsonify(
        id="/member/",
        name=name,
        short_name=name,
        lang=spoken(),
        start_url=url_for("member.page"),
        scope="/",
        display="standalone",
        background_color=PAPER,
        theme_color=PAPER,
        icons=[
            {
                "src": url_for("static", filename=file),
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": purpose,
            }
            for file, side, purpose in ICONS
        ],
        share_target={
            "action": url_for("shared.receive"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "file", "accept": ACCEPT.split(",")}]},
        },
    )
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


@area.get("/sw.js")
def worker() -> Response:
    """The service worker: at the root, because it looks after pages below its own address only."""
    answer = Response(_worker(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@area.get("/offline")
def offline() -> ResponseReturnValue:
    """What a phone shows while it has no network: what it keeps, and nothing of anybody's.

    It is fetched without a cookie: its address says in which language it is.
    """
    speak(request.args.get("language", spoken()))
    return render_template("pwa/offline.html")


@cache
def _worker() -> str:
    """The worker's text, which changes whenever something it keeps does."""
    kept = b"".join((STATIC / name).read_bytes() for name in OFFLINE_FILES)
    parts = [(STATIC / name).read_text() for name in ("keep.js", "sw.js")]
    return "\n".join((f'self.version = "{sha256(kept).hexdigest()[:10]}";', *parts))
