"""One Flask application serves members, the market, the desk and listeners; waitress runs it."""

import resource
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
import waitress
from flask import Flask
from flask_wtf import CSRFProtect

from playout.mounts import Mount, mounts
from station.db import Database
from station.errors import Fault
from station.settings import Settings
from station.signin import SESSION_LASTS
from web import filters, headers, refusals, signin, speaking
from web.again.views import area as again
from web.api.views import area as api
from web.api.views import told as api_page
from web.arriving.views import area as arriving
from web.desk.views import area as desk
from web.feeds.views import area as feeds
from web.feeds.views import mine as calendar
from web.gift.views import area as gift
from web.ids import Id
from web.join.views import area as join
from web.market.views import area as market
from web.member import (
    aired,
    blackouts,
    bulk,
    causes,
    clips,
    details,
    giving,
    longer,
    page,
    presenting,
    receipts,
    retakes,
    security,
    selling,
    standing,
    statements,
    swaps,
    timing,
    use,
    voice,
)
from web.membership.views import area as membership
from web.public import guide, honesty
from web.public.alike import area as alike
from web.public.views import area as public
from web.pwa import sharing
from web.pwa.views import area as pwa
from web.reporting.views import area as reporting
from web.session import Station, fall_silent, speak
from web.sharing.views import area as pieces
from web.upload import MEGABYTE, Arriving
from web.voices import piece
from web.voices.views import area as voices

PARTS = (
    *(page, use, longer, retakes, clips, giving, selling, bulk, causes, standing, statements),
    *(blackouts, timing, presenting, receipts, swaps, sharing, aired, security, details, voice),
)
MEMBER = tuple(part.area for part in PARTS)

# What a form holds besides its file.
FORM_BYTES = 64_000
# A file somewhat above the limit is still read, so that its sender can be told in words;
# what is larger than this is cut off while it arrives.
READ_AT_MOST = 4

# Browsers, and whoever does nothing but connect, hold so many connections at once.
MOST_CONNECTIONS = 4000
# Files that are open besides: the database's, sounds that are sent, what the process has itself.
OTHER_FILES = 500
# Whoever neither sends nor takes anything for so long is let go; a phone goes on by a new one.
IDLE_SECONDS = 60


def utc_now() -> datetime:
    """The time, for everything a request does."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime] = utc_now,
    where: Callable[[], Sequence[Mount]] | None = None,
) -> Flask:
    """Make the application; `where` says where the mounts are, by default as the settings do."""
    app = Flask(__name__)
    app.request_class = Arriving
    app.extensions["mweya"] = Station(
        settings, database, clock, where or (lambda: mounts(settings))
    )
    key = settings.secrets.session_key
    app.config.update(
        SECRET_KEY=key,
        MAX_CONTENT_LENGTH=settings.audio.upload_megabytes * MEGABYTE + FORM_BYTES,
        # Our own files are linked by their version, so a browser may keep them for a year.
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
        # Several stations on one machine share their host's cookies.
        SESSION_COOKIE_NAME=f"mweya-{sha256(key.encode()).hexdigest()[:8]}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.web_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        SESSION_REFRESH_EACH_REQUEST=False,
        # A form may lie open on a phone for days: its token lasts as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
    )
    # Before a form is refused for being old, so that this too is said in the visitor's language.
    app.before_request(speak)
    app.teardown_request(fall_silent)
    guarded = CSRFProtect(app)
    guarded.exempt(sharing.receive)
    # A program's token is no cookie: no page of others can send it along.
    guarded.exempt(api)
    app.url_map.converters["int"] = Id
    for area in (
        public,
        alike,
        guide.area,
        honesty.area,
        speaking.area,
        api,
        api_page,
        feeds,
        pieces,
        reporting,
        again,
        voices,
        piece.area,
        calendar,
        pwa,
        signin.area,
        *MEMBER,
        arriving,
        gift,
        market,
        desk,
        join,
        membership,
    ):
        app.register_blueprint(area)
    refusals.register(app)
    filters.register(app)
    headers.register(app)
    return app


@dataclass(frozen=True, slots=True)
class Serving:
    """A web server that has its port and waits to run."""

    url: str
    server: Any = field(repr=False)

    def run(self) -> None:
        """Serve until `stop` or an interrupt."""
        self.server.run()

    def stop(self) -> None:
        """End `run`, from any thread; requests under way are finished first."""
        pulled = threading.Event()

        def close() -> None:
            # A request that ends now wakes the trigger too: it stays open until we have pulled it.
            pulled.wait()
            waitress.wasyncore.close_all(self.server._map)  # noqa: SLF001

        try:
            self.server.trigger.pull_trigger(close)
        finally:
            pulled.set()


def open_server(
    settings: Settings,
    database: Database,
    host: str,
    port: int,
) -> Serving:
    """Take the port (0: a free one) and get ready to serve. Raises Fault when it is taken."""
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise Fault(
            f"The pages can't be served on {host}:{port}: {error.strerror}.", permanent=False
        ) from None
    actual: int = listening.getsockname()[1]
    web = msgspec.structs.replace(settings.web, host=host, port=actual)
    settings = msgspec.structs.replace(settings, web=web)
    app = create_app(settings, database)
    server = waitress.create_server(
        app,
        sockets=[listening],
        threads=settings.web.threads,
        connection_limit=_connections(),
        # What waitress asks otherwise, select, knows no file above 1,024.
        asyncore_use_poll=True,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS,
        max_request_body_size=READ_AT_MOST * app.config["MAX_CONTENT_LENGTH"],
        ident=None,
        clear_untrusted_proxy_headers=True,
        trusted_proxy=settings.web.proxy or None,
        trusted_proxy_headers={"x-forwarded-for"} if settings.web.proxy else (),
    )
    return Serving(settings.web_url, server)


def _connections() -> int:
    """How many connections there may be at once; the system is asked for as many files first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    files = MOST_CONNECTIONS + OTHER_FILES
    files = files if hard == endless else min(files, hard)
    if soft != endless and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(files - OTHER_FILES, files // 2)


def serve(
    settings: Settings,
    database: Database,
    host: str,
    port: int,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until interrupted; `ready` is told the address once the port is taken."""
    serving = open_server(settings, database, host, port)
    ready(serving.url)
    serving.run()
