"""A whole week of three channels, in which much breaks: every slot is accounted for, and truly."""

import time
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from station import schema
from station.airlog import LineKind
from station.airtime import Week
from station.asrun import OutcomeKind
from station.db import connect
from tests.playout.pieces import people_and_pieces
from tests.playout.week import (
    BEFORE,
    CHANNELS,
    SLOT_SECONDS,
    World,
    live_through,
    tell,
)

AUDIBLE = 0.25
MENDED_AFTER = 30  # seconds


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A week, instant by instant: where slots begin and a little later, and while things happen."""
    zone = ZoneInfo("UTC")
    world = World(tmp_path_factory.mktemp("week") / "station", Week.parse("2026-W49", zone))
    database = connect(world.settings.database_url)
    schema.upgrade(database)
    with database.writing() as session:
        people_and_pieces(world, session, world.settings.slots.start(world.first) - BEFORE)
    database.close()
    before = world.first * SLOT_SECONDS - BEFORE.total_seconds()
    world.publish(before)
    began = time.monotonic()
    live_through(world, before)
    return tell(world, time.monotonic() - began)


@pytest.fixture(scope="module")
def planned(told):
    """The lines of members' pieces, by channel and slot."""
    kinds = (LineKind.SEGMENT, LineKind.SILENCE)
    return {place: line for place, line in told.lines.items() if line.kind in kinds}


def test_a_week_passes_a_hundred_times_faster_than_it_would(told):
    assert told.took_seconds < told.world.starts * SLOT_SECONDS / 100


def test_every_slot_of_every_channel_has_its_line_and_every_piece_its_outcome(told, planned):
    assert len(told.lines) == told.world.starts * CHANNELS
    assert set(told.outcomes) == set(planned)
    assert len(planned) == len(told.world.places)


def test_no_piece_is_told_of_twice(told):
    counted = Counter(one.request_id for one in told.outcomes.values())
    assert max(counted.values()) == 1


def test_nothing_is_heard_in_a_slot_but_what_is_planned_there(told):
    wrong = [
        (place, one)
        for place, heard in told.heard.items()
        for one in heard
        if one.sha256 and place in told.lines and one.sha256 != told.lines[place].master_sha256
    ]
    assert wrong == []


def heard_seconds(told, place):
    return sum(one.end - one.start for one in told.heard[place] if one.sha256)


def test_nothing_is_claimed_aired_that_was_not_heard(told):
    aired = [place for place, one in told.outcomes.items() if one.kind == OutcomeKind.AIRED]
    assert len(aired) > len(told.outcomes) // 2
    assert min(heard_seconds(told, place) for place in aired) > SLOT_SECONDS - AUDIBLE


def test_whatever_was_heard_whole_is_told_as_aired(told):
    whole = [place for place in told.outcomes if heard_seconds(told, place) == SLOT_SECONDS]
    assert {told.outcomes[place].kind for place in whole} == {OutcomeKind.AIRED}


def test_what_is_told_as_missed_was_not_heard_at_all(told):
    missed = [place for place, one in told.outcomes.items() if one.kind == OutcomeKind.MISSED]
    assert len(missed) > 1
    assert {heard_seconds(told, place) for place in missed} == {0}


def test_a_slot_that_nothing_happened_to_is_heard_whole(told, planned):
    spared = [
        place
        for place, line in planned.items()
        if line.master_sha256 in told.world.playable and not is_touched(told, place[1])
    ]
    assert len(spared) > len(planned) // 2
    assert {heard_seconds(told, place) for place in spared} == {SLOT_SECONDS}


def is_touched(told, slot):
    """Whether something was broken in a slot, or had not yet been mended."""
    start, end = slot * SLOT_SECONDS, (slot + 1) * SLOT_SECONDS
    return any(began < end and ended + MENDED_AFTER > start for began, ended in told.world.troubled)
