"""Webhooks over a real socket, verified by the package that their receivers use."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from playout import record
from playout.events import EngineEvent, EventKind
from station import alarms, grid, takedowns, webhooks
from station.airlog import AirLine, LineKind
from station.airtime import Week
from station.alarms import AlarmKind, Raised
from station.errors import Refusal, WrongInput
from station.jobs import PATIENCE, Job, JobKind, JobState, newest, work_once
from station.webhook_posts import teller
from station.webhooks import KEPT, MOST_WEBHOOKS, Happening, Webhook


class Receiver(HTTPServer):
    """Somebody's own server: it keeps what it is sent and answers what it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken = []
        self.answers = 204
        self.meanwhile = None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/on-air?who=us"

    def told(self, secret):
        """What came, each verified."""
        return [Verifier(secret).verify(body, headers) for headers, body in self.taken]


class Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        named = {name.lower(): said for name, said in self.headers.items()}
        self.server.taken.append((named, body))
        if self.server.meanwhile:
            self.server.meanwhile()
        self.send_response(self.server.answers)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    running = threading.Thread(target=server.serve_forever)
    running.start()
    yield server
    server.shutdown()
    server.server_close()
    running.join(timeout=10)


@pytest.fixture
def at():
    """This moment: whoever verifies a post looks at the clock."""
    return datetime.now(UTC)


@pytest.fixture
def webhook(database, receiver, at):
    with database.writing() as session:
        return webhooks.add(session, receiver.address, at)


def work(database, settings, at):
    return work_once(database, {JobKind.WEBHOOK: teller(database, settings)}, lambda: at)


def state(database, webhook):
    with database.reading() as session:
        return newest(session, JobKind.WEBHOOK, webhook.id), session.get_one(Webhook, webhook.id)


def test_what_happens_arrives_in_order_and_signed(database, settings, receiver, webhook, at):
    slot = settings.slots.number(at)
    week = Week.of(at, settings.zone)
    went_silent = Raised(AlarmKind.QUIET, 1, "standard", at, at, None, {})
    with database.writing() as session:
        draft = grid.draft(session, week, [], [], {}, at)
        grid.put_on_air(session, draft, "f00d", at)
        line = AirLine(
            channel=0, slot_number=slot, week=str(week), grid_id=draft.id, kind=LineKind.SEGMENT
        )
        line.title, line.speaker = "The river", "Thandi"
        session.add(line)
        takedowns.order(session, 0, slot, "its owner asked", at)
        alarms.keep(session, went_silent)
        alarms.keep(session, went_silent)
        ended = {"ended_at": at + timedelta(seconds=9)}
        alarms.keep(session, Raised(AlarmKind.QUIET, 1, "standard", at, at, detail={}, **ended))
    assert work(database, settings, at)
    told = receiver.told(webhook.secret)
    assert [one["type"] for one in told] == [
        *("week.published", "takedown", "dead_air.began", "dead_air.ended")
    ]
    assert told[0]["data"] == {"week": str(week), "version": 1, "root_hash": "f00d"}
    assert told[1]["data"]["reason"] == "its owner asked"
    taken = told[1]["data"]["slot"]
    assert (taken["title"], taken["kind"], taken["name"]) == ("The river", "segment", "One")
    assert taken["starts"] == settings.slots.start(slot).astimezone(settings.zone).isoformat()
    assert (told[2]["data"]["channel"], told[2]["data"]["ended"] is None) == (1, False)
    ids = [int(headers["webhook-id"].removeprefix("msg_")) for headers, _ in receiver.taken]
    assert ids == sorted(ids)
    job, kept = state(database, webhook)
    assert (job.state, job.answer, kept.problem) == (JobState.DONE, "4 told", "")
    assert not work(database, settings, at)


def test_a_post_that_was_changed_on_its_way_is_no_post_of_ours(
    database, settings, receiver, webhook, at
):
    with database.writing() as session:
        webhooks.test(session, webhook.id, at)
    assert work(database, settings, at)
    headers, body = receiver.taken[0]
    assert json.loads(body)["data"] == {"webhook": webhook.id}
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook.secret).verify(body + b" ", headers)


def test_who_is_away_is_told_later_and_who_leads_elsewhere_is_not_followed(
    database, settings, receiver, webhook, at
):
    with database.writing() as session:
        webhooks.test(session, webhook.id, at)
    receiver.answers = 302
    assert work(database, settings, at)
    job, kept = state(database, webhook)
    assert (job.state, kept.problem, kept.told_at) == (JobState.WAITING, "it answered 302", None)
    assert len(receiver.taken) == 1
    receiver.answers = 200
    assert not work(database, settings, at)
    later = job.due_at
    assert work(database, settings, later)
    first, second = (headers["webhook-id"] for headers, _ in receiver.taken)
    assert first == second
    assert state(database, webhook)[1].problem == ""
    assert PATIENCE[JobKind.WEBHOOK] == PATIENCE[JobKind.LETTER]


def test_one_job_tries_again_and_a_test_wakes_it(database, settings, receiver, webhook, at):
    receiver.answers = 500

    def away():
        """While a job finds that nobody is there, something else happens."""
        with database.writing() as session:
            webhooks.happened(session, webhooks.HappeningKind.LIVE_BEGAN, at, **place)

    place = {"channel": 0, "slot_number": 9}
    away()
    receiver.meanwhile = away
    assert work(database, settings, at)
    receiver.meanwhile = None
    assert work(database, settings, at)
    assert not work(database, settings, at)
    assert len(receiver.taken) == 1
    receiver.answers = 200
    with database.writing() as session:
        webhooks.test(session, webhook.id, at)
    assert work(database, settings, at)
    assert [one["type"] for one in receiver.told(webhook.secret)[1:]] == [
        *("live.began", "live.began", "test")
    ]


def test_nothing_is_written_down_for_nobody(database, at):
    with database.writing() as session:
        takedowns.order(session, 0, 1, "nobody listens", at)
        assert session.query(Happening).count() == 0


def test_a_test_is_told_to_one_webhook_and_what_is_removed_is_told_nothing(
    database, settings, receiver, webhook, at
):
    with database.writing() as session:
        other = webhooks.add(session, receiver.address, at)
        webhooks.test(session, other.id, at)
        webhooks.happened(session, webhooks.HappeningKind.LIVE_BEGAN, at, channel=0, slot_number=9)
        webhooks.remove(session, webhook.id, at)
    while work(database, settings, at):
        pass
    assert [one["type"] for one in receiver.told(other.secret)] == ["test", "live.began"]
    with database.writing() as session, pytest.raises(Refusal, match="no webhook"):
        webhooks.remove(session, webhook.id, at)


def test_what_is_old_is_forgotten_but_its_number_is_not_given_again(
    database, settings, receiver, webhook, at
):
    with database.writing() as session:
        webhooks.test(session, webhook.id, at)
        webhooks.test(session, webhook.id, at)
    assert work(database, settings, at)
    later = at + KEPT + timedelta(hours=1)
    with database.writing() as session:
        assert webhooks.clear_old(session, later) == 1
        assert session.query(Job).count() == 0
        webhooks.test(session, webhook.id, later)
    assert work(database, settings, later)
    assert len(receiver.taken) == 3


@pytest.mark.parametrize(
    "address",
    ["", "ftp://a.example", "https://", "https://me:secret@a.example", "http://a.example/a b"],
)
def test_what_nothing_can_be_posted_to_is_no_webhook(database, address, at):
    with database.writing() as session, pytest.raises(WrongInput, match="Nothing can be posted"):
        webhooks.add(session, address, at)


def test_there_are_only_so_many_webhooks(database, at):
    with database.writing() as session:
        for _ in range(MOST_WEBHOOKS):
            webhooks.add(session, "https://a.example", at)
        with pytest.raises(Refusal, match="as many as can be"):
            webhooks.add(session, "https://a.example", at)


def test_what_an_engine_sends_and_how_it_ended_is_told_once(
    database, settings, receiver, webhook, at
):
    slots, on_air = settings.slots, settings.slots.number(at)
    week, over = Week.of(slots.start(on_air - 1), settings.zone), on_air - 1
    start_ms = over * slots.seconds * 1000
    sent = [
        EngineEvent(EventKind.SLOT, start_ms + 40, over, 0),
        EngineEvent(EventKind.CLOCK, start_ms + 50, over, 3),
        EngineEvent(EventKind.FILL, start_ms + slots.seconds * 1000 + 2, on_air, 0),
        EngineEvent(EventKind.LIVE, start_ms + slots.seconds * 1000 + 900, on_air, 0),
    ]
    with database.writing() as session:
        draft = grid.draft(session, week, [], [], {}, at)
        line = {"kind": LineKind.SEGMENT, "title": "The river", "speaker": "Thandi"}
        session.add(AirLine(channel=0, slot_number=over, week=str(week), grid_id=draft.id, **line))
        record.append_events(session, 0, sent)
        record.append_events(session, 0, sent)
        record.conclude(session, settings, slots.start(on_air) + timedelta(seconds=9))
        record.conclude(session, settings, slots.start(on_air) + timedelta(seconds=9))
    assert work(database, settings, at)
    told = receiver.told(webhook.secret)
    assert [one["type"] for one in told] == [
        *("slot.began", "fill.began", "live.began", "slot.ended")
    ]
    began, fill, _, ended = (one["data"] for one in told)
    assert (began["title"], began["speaker"]) == ("The river", "Thandi")
    assert fill["source"] == "fill"
    assert (ended["outcome"], ended["start_error_ms"]) == ("aired", 40)
