"""A slot's outcome is what was wanted compared with what the engine says it sent."""

import pytest

from playout.events import EngineEvent, EventKind
from playout.reconcile import SlotOutcome, decide, join, stretches, taken_down
from playout.watch.finding import Finding
from station.asrun import OutcomeKind

SLOT_MS = 300_000
SLOT = 5_984_420
START = SLOT * SLOT_MS


def heard(*events, until=START + SLOT_MS):
    return stretches([EngineEvent(kind, START + at, slot, 0) for kind, at, slot in events], until)


def outcome(*events, has_master=True):
    return decide(SLOT, SLOT_MS, has_master, heard(*events))


def test_a_slot_that_was_heard_from_start_to_end_aired():
    found = outcome((EventKind.SLOT, -9, SLOT), (EventKind.SLOT, SLOT_MS - 9, SLOT + 1))
    assert (found.kind, found.start_error_ms) == (OutcomeKind.AIRED, -9)


def test_a_slot_whose_next_event_is_still_to_come_aired():
    assert outcome((EventKind.SLOT, 12, SLOT)).kind is OutcomeKind.AIRED


def test_a_slot_that_was_joined_a_minute_in_was_late():
    found = outcome((EventKind.SLOT, 60_000, SLOT))
    assert (found.kind, found.start_error_ms) == (OutcomeKind.LATE, 60_000)


def test_an_engine_that_was_not_run_for_a_while_begins_late_and_loses_nothing():
    events = [
        EngineEvent(EventKind.FILL, START - SLOT_MS, SLOT - 1, 0),
        EngineEvent(EventKind.SLOT, START + 151_000, SLOT, 0, behind_ms=151_000),
    ]
    found = decide(SLOT, SLOT_MS, True, stretches(events, START + SLOT_MS))
    assert (found.kind, found.start_error_ms) == (OutcomeKind.LATE, 151_000)
    assert found.reason == "it began 151.0 s late"


def test_fill_that_was_made_up_for_counts_in_full():
    events = [
        EngineEvent(EventKind.SLOT, START, SLOT, 0),
        EngineEvent(EventKind.FILL, START + 240_000, SLOT, 0, behind_ms=140_000),
    ]
    found = decide(SLOT, SLOT_MS, True, stretches(events, START + SLOT_MS))
    assert found.kind is OutcomeKind.REPLACED


def test_fill_before_a_late_start_stands_in_for_the_slot():
    half = SLOT_MS // 2 + 1000
    found = outcome((EventKind.FILL, -10, SLOT), (EventKind.SLOT, half, SLOT))
    expected = "something else was heard for 151.0 s of it"
    assert (found.kind, found.reason) == (OutcomeKind.REPLACED, expected)


def test_a_slot_that_the_next_one_broke_into_was_cut():
    found = outcome((EventKind.SLOT, 0, SLOT), (EventKind.SLOT, SLOT_MS - 300, SLOT + 1))
    assert (found.kind, found.reason) == (OutcomeKind.CUT, "0.3 s of it were not heard")


def test_a_slot_that_ended_early_was_cut():
    found = outcome((EventKind.SLOT, 0, SLOT), (EventKind.FILL, 200_000, SLOT))
    assert (found.kind, found.reason) == (OutcomeKind.CUT, "100.0 s of it were not heard")


def test_a_slot_that_died_and_came_back_was_cut():
    found = outcome(
        (EventKind.SLOT, 0, SLOT),
        (EventKind.DOWN, 100_000, -1),
        (EventKind.UP, 103_000, -1),
        (EventKind.SLOT, 105_000, SLOT),
    )
    assert (found.kind, found.reason) == (OutcomeKind.CUT, "5.0 s of it were not heard")


def test_a_slot_that_was_mostly_fill_was_replaced():
    found = outcome((EventKind.SLOT, 0, SLOT), (EventKind.FILL, 10_000, SLOT))
    assert found.kind is OutcomeKind.REPLACED


@pytest.mark.parametrize("has_master", [True, False])
def test_a_slot_that_never_came_on_air_was_missed(has_master):
    found = outcome((EventKind.FILL, -1000, SLOT - 1), has_master=has_master)
    assert (found.kind, found.start_error_ms) == (OutcomeKind.MISSED, None)


def test_nothing_is_claimed_of_a_channel_that_said_nothing():
    assert outcome().kind is OutcomeKind.MISSED


@pytest.mark.parametrize(("error_ms", "kind"), [(250, OutcomeKind.AIRED), (251, OutcomeKind.LATE)])
def test_a_start_is_late_beyond_a_quarter_of_a_second(error_ms, kind):
    assert outcome((EventKind.SLOT, error_ms, SLOT)).kind is kind


def test_a_refused_master_and_a_clock_correction_change_nothing_that_is_heard():
    found = outcome(
        (EventKind.SLOT, 0, SLOT),
        (EventKind.REFUSED, 100, SLOT + 1),
        (EventKind.CLOCK, 200_000, SLOT),
    )
    assert found.kind is OutcomeKind.AIRED


SENT = SlotOutcome(OutcomeKind.AIRED, 12)


def on(quality, heard_ms=SLOT_MS, error_ms=80, similarity=0.99):
    return Finding(0, quality, SLOT, similarity, error_ms if heard_ms else None, heard_ms)


def test_a_watch_that_was_away_changes_nothing():
    late = SlotOutcome(OutcomeKind.LATE, 60_000, "it began 60.0 s late")
    assert join(late, [], SLOT_MS) == late


def test_what_was_sent_and_heard_aired_and_began_when_it_was_sent():
    found = join(SENT, [on("standard"), on("low", similarity=0.97)], SLOT_MS)
    assert found == SlotOutcome(OutcomeKind.AIRED, 12, "", 0.99)


@pytest.mark.parametrize(
    ("heard_ms", "kind"),
    [
        (0, OutcomeKind.MISSED),
        (120_000, OutcomeKind.REPLACED),
        (280_000, OutcomeKind.CUT),
    ],
)
def test_nothing_is_claimed_aired_that_no_listener_heard(heard_ms, kind):
    found = join(SENT, [on("standard", heard_ms), on("low", heard_ms)], SLOT_MS)
    assert found.kind is kind
    assert found.reason
    assert (found.start_error_ms is None) == (kind is OutcomeKind.MISSED)


def test_a_mount_that_broke_alone_is_named_and_nobody_is_owed_for_it():
    found = join(SENT, [on("standard"), on("low", 0, similarity=0.0)], SLOT_MS)
    assert (found.kind, found.reason) == (OutcomeKind.AIRED, "it was not heard on low")


def test_what_listeners_heard_aired_though_its_engine_said_nothing():
    silent = SlotOutcome(OutcomeKind.MISSED, None, "its master never came on air")
    found = join(silent, [on("standard"), on("low")], SLOT_MS)
    assert (found.kind, found.start_error_ms, found.reason) == (OutcomeKind.AIRED, 80, "")


def test_a_start_that_a_stall_made_late_stays_late():
    late = SlotOutcome(OutcomeKind.LATE, 900, "it began 0.9 s late")
    found = join(late, [on("standard")], SLOT_MS)
    assert (found.kind, found.reason) == (OutcomeKind.LATE, "it began 0.9 s late")


@pytest.mark.parametrize(("error_ms", "said"), [(1700, "1.7 s late"), (-1700, "1.7 s early")])
def test_what_was_heard_at_another_time_is_late(error_ms, said):
    found = join(SENT, [on("standard", error_ms=error_ms)], SLOT_MS)
    assert (found.kind, found.reason) == (OutcomeKind.LATE, f"it was heard {said}")


def test_what_was_taken_down_says_why_and_is_not_missed():
    cut = SlotOutcome(OutcomeKind.REPLACED, 12, "something else was heard for 200.0 s of it")
    assert taken_down(cut, "a court order").kind is OutcomeKind.TAKEN_DOWN
    assert taken_down(cut, "a court order").reason == "a court order"
    assert taken_down(SENT, "too late") == SENT
