"""A station on a real socket, phones that send to it, and a network that cuts them off."""

import asyncio
import io
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from station import schema, signin
from station.airtime import Week
from station.db import Database, connect
from station.ledger import held
from station.members import Applicant, Person, admit, open_station_accounts
from station.membership import years
from station.settings import Settings, load, write_new
from tests.web.visitor import Visitor
from web.app import Serving, create_app, open_server

PIECE_BYTES = 4096
PIECES_A_SECOND = 20


@dataclass(frozen=True, slots=True)
class Sender:
    """A member's browser: its cookie, and a form that it can send."""

    cookie: str
    token: str
    action: str


@dataclass(slots=True)
class Served:
    """A station that is served, and the members in it."""

    settings: Settings
    database: Database
    serving: Serving
    senders: list[Sender]

    @property
    def port(self) -> int:
        return urlsplit(self.serving.url).port

    def serve(self, port: int = 0) -> None:
        """Serve it, from now on by a new server."""
        self.serving = open_server(self.settings, self.database, "127.0.0.1", port)
        threading.Thread(target=self.serving.run).start()


@contextmanager
def served(folder: Path, members: int) -> Iterator[Served]:
    """A new station of so many members who hold a right of the week after next."""
    write_new(folder / "station", "[station]\nslot_seconds = 300\n")
    settings = load(folder / "station", environment={})
    database, now = connect(settings.database_url), datetime.now(UTC)
    schema.upgrade(database)
    week = Week.of(now, settings.zone)
    with database.writing() as session:
        open_station_accounts(session)
        people = [
            admit(session, Applicant(f"Member {n}", f"m{n}@example.org"), now)
            for n in range(members)
        ]
        years.begin(session, [years.NewYear(one, week) for one in people], now, weeks=3)
    app = create_app(settings, database)
    senders = [_signed_in(app, database, one, str(week.plus(2))) for one in people]
    station = Served(settings, database, None, senders)
    station.serve()
    try:
        yield station
    finally:
        station.serving.stop()
        database.close()


def _signed_in(app: Flask, database: Database, person: Person, week: str) -> Sender:
    with database.writing() as session:
        link = signin.new_link(session, person, datetime.now(UTC))
        right = held(session, person.account_id, week)[0]
    visitor = Visitor(app.test_client())
    visitor.enter(f"/signin/{link}")
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = f"{name}={visitor.client.get_cookie(name).value}"
    token = next(iter(visitor.forms.values()))["csrf_token"]
    return Sender(cookie, token, f"/member/rights/{right.id}/recording")


class Cutting:
    """A network that drops its connections, each time after so many bytes more were sent."""

    def __init__(self, port: int, every: int, cuts: int) -> None:
        self.port, self.every, self.left = port, every, cuts
        self.sent, self.next = 0, every
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        opening = asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.server = asyncio.run_coroutine_threadsafe(opening, self.loop).result(10)
        self.own_port = self.server.sockets[0].getsockname()[1]

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def _run(self) -> None:
        self.loop.run_forever()
        self.server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0.1))
        self.loop.close()

    async def _connected(self, phone, to_phone) -> None:
        try:
            station, to_station = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            to_phone.transport.abort()
            return
        with suppress(asyncio.CancelledError):
            await asyncio.gather(
                self._pass_on(phone, to_station, to_phone, counts=True),
                self._pass_on(station, to_phone, to_station, counts=False),
            )

    async def _pass_on(self, source, target, other, *, counts) -> None:
        try:
            while data := await source.read(PIECE_BYTES):
                self.sent += len(data) * counts
                if counts and self.left and self.sent >= self.next:
                    self.left, self.next = self.left - 1, self.sent + self.every
                    # Half of what was sent last arrives, every other time all of it.
                    target.write(data[: len(data) // (1 + self.left % 2)])
                    await target.drain()
                    break
                target.write(data)
                await target.drain()
        except (OSError, asyncio.CancelledError):
            pass
        target.transport.abort()
        other.transport.abort()


def form_of(sender: Sender, key: str, content: bytes) -> tuple[bytes, dict[str, str]]:
    """The form that a recording is sent with, as a browser without scripts writes it."""
    fields = {"csrf_token": sender.token, "key": key, "title": key, "permission": "yes"}
    file = {"file": FileStorage(io.BytesIO(content), "PTT-7.opus")}
    boundary, body = encode_multipart({**fields, **file})
    kind = f"multipart/form-data; boundary={boundary}"
    return body, {"Content-Type": kind, "Cookie": sender.cookie}


def trickle(port: int, requests: Sequence[bytes], seconds: float) -> list[bytes]:
    """Send many requests, each piece by piece over so long; their status lines.

    They begin one after another, so that they do not all end at one instant.
    """
    phones = [socket.create_connection(("127.0.0.1", port)) for _ in requests]
    steps = round(seconds * PIECES_A_SECOND)
    for now in range(steps + len(phones)):
        for number, (phone, said) in enumerate(zip(phones, requests, strict=True)):
            if 0 <= (step := now - number) < steps:
                phone.sendall(said[len(said) * step // steps : len(said) * (step + 1) // steps])
        time.sleep(1 / PIECES_A_SECOND)
    answers = [phone.makefile("rb").readline() for phone in phones]
    for phone in phones:
        phone.close()
    return answers
