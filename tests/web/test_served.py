"""The pages over a real socket, from waitress: what a phone receives and what it weighs."""

import gzip
import http.client
import re
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
import pytest
from flask import request, request_started

from station.errors import Fault
from station.signin import new_link
from tests.web.seed import fill
from web.app import Serving, open_server

MOST_BYTES = 14_000
MOST_SCRIPT_BYTES = 15_000
MOST_PLAYER_BYTES = 10_000


@pytest.fixture
def serving(settings, database) -> Iterator[Serving]:
    opened = open_server(settings, database, "127.0.0.1", 0)
    running = threading.Thread(target=opened.run)
    running.start()
    yield opened
    opened.stop()
    running.join(timeout=10)
    assert not running.is_alive()


def test_a_request_that_ends_at_the_same_moment_does_not_break_the_stop(serving):
    trigger = serving.server.trigger
    pull = trigger._physical_pull

    def pull_after_another():
        pull()
        time.sleep(0.3)
        pull()

    trigger._physical_pull = pull_after_another  # the fixture stops it


class Phone:
    """A browser that counts what it receives."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        self.cookie = ""

    def ask(self, method, path, body=None, **headers):
        headers = {"Accept-Encoding": "gzip", "Cookie": self.cookie, **headers}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        received = answer.read()
        if "Set-Cookie" in answer.headers:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer, received

    def enter(self, link):
        """Open a sign-in link and press its button."""
        _, page = self.ask("GET", link)
        token = re.findall(r'csrf_token" value="([^"]+)', text_of(page))[0]
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", link, f"csrf_token={token}&after=", **kind)


def text_of(received):
    return gzip.decompress(received).decode() if received[:2] == b"\x1f\x8b" else received.decode()


@pytest.fixture
def phone(serving):
    opened = Phone(serving.url)
    yield opened
    opened.connection.close()


@pytest.fixture
def links(database, settings):
    """A full station as it is this minute, and one-time links for a member and the operator."""
    now = datetime.now(UTC)
    seeded = fill(database, settings, now)
    with database.writing() as session:
        return [
            f"/signin/{new_link(session, one, now)}" for one in (seeded.members[0], seeded.operator)
        ]


OPEN = ("/", "/guide", "/honesty", "/signin", "/signin/sent", "/join", "/offline")
CORE = (
    *("/", "/join", "/market/", "/membership/"),
    *("/member/", "/member/?weeks=9", "/member/statement", "/member/aired/", "/member/bulk/"),
    *("/member/standing/", "/member/calendar/", "/member/security/", "/member/details/"),
    *("/member/year", "/member/blackouts/", "/member/share"),
)


def test_core_pages_weigh_at_most_14_kb_with_their_style_and_15_more_with_scripts(phone, links):
    for path in OPEN:
        require_light(phone, path)
    phone.enter(links[0])
    for path in CORE:
        require_light(phone, path)


def require_light(phone, path):
    answer, page = phone.ask("GET", path)
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip"), path
    scripts, shown = parts_of(page)
    assert all(part.startswith("/") for part in scripts + shown), path
    assert any("air.css" in part for part in shown), path
    assert len(page) + weight(phone, shown) <= MOST_BYTES, path
    assert weight(phone, scripts) <= MOST_SCRIPT_BYTES, path


def parts_of(page):
    """The addresses of a page's scripts, and of what a browser loads besides to show it."""
    scripts = re.findall(r'<script[^>]* src="([^"]+)', text_of(page))
    shown = r'<(?:link(?! rel="alternate")|img)[^>]* (?:href|src)="([^"]+)'
    return scripts, re.findall(shown, text_of(page))


@pytest.mark.usefixtures("links")
def test_a_player_for_other_pages_weighs_less_than_10_kb_with_all_that_is_in_it(phone):
    _, page = phone.ask("GET", "/player/1")
    scripts, shown = parts_of(page)
    assert len(page) + weight(phone, scripts + shown) < MOST_PLAYER_BYTES


@pytest.mark.usefixtures("links")
def test_what_a_listener_asks_for_again_costs_nothing_while_it_is_the_same(phone):
    answer, _ = phone.ask("GET", "/now/en")
    assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == (
        "public, max-age=2",
        "Accept-Encoding",
    )
    answer, again = phone.ask("GET", "/now/en", **{"If-None-Match": answer.headers["ETag"]})
    assert (answer.status, again) == (304, b"")


def weight(phone, parts):
    """What a browser that has nothing yet receives for some addresses, in bytes."""
    return sum(len(phone.ask("GET", part)[1]) for part in set(parts))


def test_the_desk_answers_over_the_wire(phone, links):
    answer, _ = phone.enter(links[1])
    assert (answer.status, answer.headers["Location"]) == (303, "/desk/")
    answer, page = phone.ask("GET", "/desk/")
    assert answer.status == 200
    assert "Readiness" in text_of(page)


def test_our_own_files_are_kept_by_browsers(phone):
    _, page = phone.ask("GET", "/")
    style = re.findall(r"/static/air\.css\?v=\w+", text_of(page))[0]
    answer, _ = phone.ask("GET", style)
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    answer, _ = phone.ask("GET", "/")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_members_page_is_kept_nowhere(phone, links):
    phone.enter(links[0])
    answers = [phone.ask("GET", "/member/")[0] for _ in range(2)]
    assert answers[1].headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answers[1].headers


def test_the_server_does_not_say_what_it_is(phone):
    answer, _ = phone.ask("GET", "/")
    assert "Server" not in answer.headers or "waitress" not in answer.headers["Server"]


def test_a_large_upload_is_told_off_in_words_over_the_wire(phone, links, settings):
    phone.enter(links[0])
    size = settings.audio.upload_megabytes * 1_000_000 + 200_000
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer, page = phone.ask("POST", "/member/rights/1/recording", bytes(size), **kind)
    assert answer.status == 413
    assert "This file is too big: at most 64 MB can be sent." in text_of(page)


def test_whoever_only_connects_keeps_nobody_else_from_the_pages(serving, phone):
    where = urlsplit(serving.url)
    idle = [socket.create_connection((where.hostname, where.port)) for _ in range(150)]
    assert phone.ask("GET", "/")[0].status == 200
    for connection in idle:
        connection.close()


def test_a_port_that_is_taken_is_said_in_words(settings, database):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Fault, match=f"can't be served on 127.0.0.1:{port}"):
            open_server(settings, database, "127.0.0.1", port)


@pytest.mark.parametrize(("proxy", "seen"), [("", "127.0.0.1"), ("127.0.0.1", "196.25.1.9")])
def test_a_proxy_is_believed_about_who_asks_only_where_it_is_named(proxy, seen, settings, database):
    web = msgspec.structs.replace(settings.web, proxy=proxy)
    opened = open_server(msgspec.structs.replace(settings, web=web), database, "127.0.0.1", 0)
    asked: list[str | None] = []
    running = threading.Thread(target=opened.run)
    running.start()
    said = urllib.request.Request(f"{opened.url}/signin", headers={"X-Forwarded-For": "196.25.1.9"})
    with request_started.connected_to(lambda _: asked.append(request.remote_addr)):
        urllib.request.urlopen(said).close()
    opened.stop()
    running.join(timeout=10)
    assert asked == [seen]
