"""What the watch heard is kept once, and a slot's outcome waits a moment for it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from playout import record
from playout.events import EngineEvent, EventKind
from playout.watch.finding import Finding, append, read_from
from station import takedowns
from station.airlog import AirLine, LineKind
from station.airtime import Week
from station.asrun import AsRunEvent, OutcomeKind, Source
from station.grid import draft

SLOT_MS = 300_000


@pytest.fixture
def slot(settings, now):
    return settings.slots.number(now)


@pytest.fixture
def over(settings, slot):
    """A moment after the slot's end, when all its events are there."""
    return settings.slots.start(slot + 1) + timedelta(seconds=3)


@pytest.fixture
def session(database, settings, now, slot):
    """A session in which the slot was planned on channel 0, and sent by its engine."""
    with database.writing() as session:
        week = Week.of(now, settings.zone)
        drawn = draft(session, week, [], [], {}, now)
        named = {"week": str(week), "grid_id": drawn.id, "title": "Hello", "speaker": "Thandi"}
        line = AirLine(channel=0, slot_number=slot, kind=LineKind.SEGMENT, **named)
        line.master_sha256 = "ab" * 32
        session.add(line)
        events = [
            EngineEvent(EventKind.SLOT, slot * SLOT_MS + 12, slot, 0),
            EngineEvent(EventKind.FILL, (slot + 1) * SLOT_MS, slot + 1, 0),
        ]
        record.append_events(session, 0, events)
        yield session


def on(slot, quality, heard_ms=SLOT_MS):
    error_ms = 80 if heard_ms else None
    return Finding(0, quality, slot, heard_ms / SLOT_MS, error_ms, heard_ms, ((0, heard_ms),))


def test_a_finding_survives_its_file(tmp_path, slot):
    file = tmp_path / "watch.jsonl"
    append(file, [on(slot, "standard"), on(slot, "low")])
    findings, position = read_from(file, 0)
    assert findings == [on(slot, "standard"), on(slot, "low")]
    assert read_from(file, position) == ([], position)


def test_what_is_read_twice_is_kept_once(session, settings, slot):
    for _ in range(2):
        record.append_findings(session, settings, [on(slot, "standard"), on(slot, "low")])
    query = sa.select(AsRunEvent).where(AsRunEvent.source == Source.WATCH)
    rows = session.scalars(query).all()
    assert [row.detail["quality"] for row in rows] == ["standard", "low"]
    assert rows[0].at == settings.slots.start(slot) + timedelta(milliseconds=80)


def test_a_watched_slot_is_concluded_once_every_mount_was_heard(session, settings, slot, over):
    assert record.conclude(session, settings, over, watched=True) == []
    record.append_findings(session, settings, [on(slot, "standard")])
    assert record.conclude(session, settings, over, watched=True) == []
    record.append_findings(session, settings, [on(slot, "low")])
    (outcome,) = record.conclude(session, settings, over, watched=True)
    assert (outcome.kind, outcome.start_error_ms, outcome.similarity) == ("aired", 12, 1.0)


def test_a_watch_that_says_nothing_is_not_waited_for_long(session, settings, over):
    later = over + record.WATCH_MAY_TAKE
    (outcome,) = record.conclude(session, settings, later, watched=True)
    assert (outcome.kind, outcome.similarity) == (OutcomeKind.AIRED, None)


def test_what_no_listener_heard_is_missed_whatever_the_engine_says(session, settings, slot, over):
    record.append_findings(session, settings, [on(slot, "standard", 0), on(slot, "low", 0)])
    (outcome,) = record.conclude(session, settings, over)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.MISSED, "no listener heard it")


def test_a_slot_that_was_taken_down_says_why(session, settings, slot, over, now):
    takedowns.order(session, 0, slot, "a court order", now)
    record.append_findings(session, settings, [on(slot, "standard", 90_000)])
    (outcome,) = record.conclude(session, settings, over)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.TAKEN_DOWN, "a court order")
