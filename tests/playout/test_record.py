"""A slot has its outcome once it is known how long it was heard."""

from datetime import timedelta

import pytest

from playout import record
from playout.events import EngineEvent, EventKind
from tests.playout.tables import plan_piece

SLOT = 5_984_420
START_MS = SLOT * 300_000


@pytest.fixture
def planned(database, settings):
    """A planned slot's end."""
    start = settings.slots.start(SLOT)
    with database.writing() as session:
        plan_piece(session, SLOT, start, "a")
    return settings.slots.start(SLOT + 1)


def concluded(database, settings, events, now):
    """What is concluded once the engine told something more, as (kind, reason)."""
    sent = [EngineEvent(kind, START_MS + at, slot, 0) for kind, at, slot in events]
    with database.writing() as session:
        record.append_events(session, 0, sent)
        return [(one.kind, one.reason) for one in record.conclude(session, settings, now)]


def test_a_slot_of_an_engine_that_hung_unseen_is_not_claimed(database, settings, planned):
    began = [(EventKind.SLOT, 0, SLOT)]
    assert concluded(database, settings, began, planned + timedelta(hours=1)) == []
    found_dead = [(EventKind.DOWN, 20_000, -1), (EventKind.UP, 3_600_000, -1)]
    found = concluded(database, settings, found_dead, planned + timedelta(hours=1, seconds=5))
    assert found == [("replaced", "something else was heard for 280.0 s of it")]


def test_a_slot_that_another_followed_is_concluded_at_once(database, settings, planned):
    events = [(EventKind.SLOT, 0, SLOT), (EventKind.FILL, 300_000, SLOT + 1)]
    found = concluded(database, settings, events, planned + timedelta(seconds=3))
    assert found == [("aired", "")]


def test_a_slot_that_no_engine_began_is_concluded_at_once(database, settings, planned):
    found = concluded(database, settings, [], planned + timedelta(seconds=3))
    assert found == [("missed", "its master never came on air")]
