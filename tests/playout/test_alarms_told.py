"""Alarms go out by mail and webhook while the database is away, and are kept when it is back."""

import http.server
import json
import threading
import time

import pytest

from playout.alarms.book import Book, Queue, Trouble, read
from playout.alarms.book import write as write_book
from playout.alarms.run import Alarms
from playout.compose import Line
from playout.programme import Programme, write
from playout.watch.quiet import Level
from station import alarms as table
from station import schema
from station.alarms import AlarmKind
from station.db import connect
from station.members import Applicant, admit
from station.settings import load
from tests import mail_server

SETTINGS = """
[station]
name = "Radio Ubuntu"
channels = ["One"]
slot_seconds = 900
[alarms]
after_seconds = 3
mail_to = ["ops@example.org"]
webhook = "http://127.0.0.1:{port}/alarms"
"""
QUIET, SOUND = -90.0, -20.0


class Webhook(http.server.HTTPServer):
    """Keeps what is posted; `answers` are what it says first, one after another, instead of 204."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Posting)
        self.posted: list[dict[str, object]] = []
        self.answers: list[int] = []


class _Posting(http.server.BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answers.pop(0) if self.server.answers else 204
        if answer == 204:
            self.server.posted.append(json.loads(content))
        self.send_response(answer)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def webhook():
    server = Webhook()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mails(tmp_path, monkeypatch):
    with mail_server.running(tmp_path) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        yield server


@pytest.fixture
def station(make_settings, webhook, mails):
    """A station with a mail server and a webhook, and a database that is not there yet."""
    settings = make_settings(SETTINGS.format(port=webhook.server_port) + mails.settings)
    secrets = settings.home / "secrets.toml"
    password = f'mail_password = "{mail_server.PASSWORD}"'
    secrets.write_text(secrets.read_text().replace('mail_password = ""', password))
    settings.air_folder.mkdir()
    return load(settings.home, environment={})


@pytest.fixture
def database(station):
    """The station's database, which is away until it is moved to where it belongs."""
    away = station.home / "away.db"
    made = connect(f"sqlite:///{away}")
    schema.upgrade(made)
    made.close()
    opened = connect(station.database_url)
    yield opened, lambda: away.rename(station.home / "station.db")
    opened.close()


@pytest.fixture
def listening(station):
    """Makes the alarms of a station, and plays one level to both its mounts until it is true."""
    begun = []

    def listen():
        alarms = Alarms(station)
        alarms.start()
        begun.append(alarms)

        def plays(dbfs, until, seconds=20.0):
            deadline = time.monotonic() + seconds
            while not until():
                assert time.monotonic() < deadline, alarms.book
                for quality in ("standard", "low"):
                    at_ms = time.time_ns() // 1_000_000
                    alarms.hear(0, quality, [Level(at_ms, dbfs)] * 5)
                alarms.hear_test()
                time.sleep(0.1)

        return alarms, plays

    yield listen
    for alarms in begun:
        alarms.stop()


def subjects(server):
    return [mail["Subject"] for mail in server.mails]


def test_an_alarm_goes_every_way_without_the_database_and_is_kept_when_it_is_back(
    station, mails, webhook, listening, database
):
    opened, comes_back = database
    alarms, plays = listening()
    plays(SOUND, lambda: subjects(mails) and webhook.posted)
    assert "a test of the alarms: nothing is wrong on air" in subjects(mails)[0]
    assert [alarm["test"] for alarm in webhook.posted[0]["alarms"]] == [True]
    mails.refusals, webhook.answers = ["451 come back"], [503]
    plays(QUIET, lambda: len(mails.mails) > 1 and len(webhook.posted) > 1)
    told = webhook.posted[1]
    assert "[Radio Ubuntu] 2 alarms. Dead air on One (" in subjects(mails)[1] == told["text"]
    assert {(one["kind"], one["channel"], one["quality"]) for one in told["alarms"]} == {
        ("quiet", 0, "standard"),
        ("quiet", 0, "low"),
    }
    plays(SOUND, lambda: len(mails.mails) > 2 and len(webhook.posted) > 2)
    assert "Sound is back on One (" in subjects(mails)[2]
    comes_back()
    plays(SOUND, lambda: not alarms.book.unkept and not alarms.book.open)
    with opened.reading() as session:
        assert [alarm.kind for alarm in table.over(session)] == [AlarmKind.QUIET] * 2
        assert table.going_on(session) == []
        assert table.newest_test(session).ended_at is not None


@pytest.fixture
def going_on(database):
    def ask():
        with database[0].reading() as session:
            return table.going_on(session)

    return ask


def test_an_alarm_that_somebody_takes_on_in_the_table_is_not_told_again(
    station, mails, webhook, listening, database, going_on, now
):
    opened, comes_back = database
    comes_back()
    alarms, plays = listening()
    with opened.writing() as session:
        janet = admit(session, Applicant("Janet", "janet@example.org"), now)
    plays(QUIET, lambda: len(going_on()) == 2)
    with opened.writing() as session:
        for alarm in going_on():
            table.acknowledge(session, alarm.id, janet, now)
    plays(QUIET, lambda: alarms.book.open and all(one.taken for one in alarms.book.open))


def test_an_alarm_whose_book_was_lost_ends_in_the_table(
    station, mails, webhook, listening, database, going_on
):
    database[1]()
    alarms, plays = listening()
    plays(QUIET, lambda: len(going_on()) == 2)
    alarms.stop()
    (station.air_folder / "alarms.json").unlink()
    _, plays = listening()
    plays(SOUND, lambda: going_on() == [])


def test_what_was_not_told_is_told_after_a_restart_as_the_same_mail(
    station, mails, webhook, listening
):
    mails.refusals = ["451 come back"]
    alarms, plays = listening()
    plays(SOUND, lambda: alarms.book.queue("ops@example.org").tries)
    alarms.stop()
    assert read(station.air_folder).queue("ops@example.org").waiting
    _, plays = listening()
    plays(SOUND, lambda: mails.mails)
    (refused,), (taken,) = mails.refused, mails.mails
    assert taken["Message-ID"] == refused["Message-ID"]


def test_what_cant_even_be_written_down_is_tried_again_later(station, webhook, mails, listening):
    never = Trouble(AlarmKind.TEST, None, "", 10**17, 10**17)
    way = "ops@example.org"
    write_book(station.air_folder, Book(queues=(Queue(way, (never,)),)))
    alarms, plays = listening()
    plays(SOUND, lambda: alarms.book.queue(way).tries)
    queue = alarms.book.queue(way)
    assert (queue.tries, queue.problem) == (1, "ValueError")
    assert queue.due_ms > time.time() * 1000


def test_a_webhook_that_leads_elsewhere_was_not_reached(station, webhook, mails, listening):
    webhook.answers = [302]
    alarms, plays = listening()
    plays(SOUND, lambda: alarms.book.queue("webhook").tries)
    assert "302" in alarms.book.queue("webhook").problem


def test_a_planned_silence_raises_nothing(station, webhook, mails, listening):
    slot = int(time.time()) // 900
    lines = [Line(0, number, "silence", 1, None, True, "", "") for number in (slot, slot + 1)]
    write(station.air_folder, Programme(tuple(lines)))
    alarms, plays = listening()
    ends = time.monotonic() + 6
    plays(QUIET, lambda: time.monotonic() > ends)
    assert [one.kind for one in alarms.book.open if one.kind != AlarmKind.TEST] == []
    assert all(one["test"] for post in webhook.posted for one in post["alarms"])


def test_a_full_disk_keeps_no_alarm_from_going_out(station, webhook, mails, listening):
    # What can't be replaced by a file can't be written.
    (station.air_folder / "alarms.json").mkdir()
    alarms, plays = listening()
    plays(SOUND, lambda: mails.mails and webhook.posted and not alarms.book.open)
    # Once there is room again the book is written, though nothing new has happened.
    (station.air_folder / "alarms.json").rmdir()
    plays(SOUND, lambda: read(station.air_folder) == alarms.book)
