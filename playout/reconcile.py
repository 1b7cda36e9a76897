"""A slot's outcome is what the air log wanted, compared with what the engine says it sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from playout.events import EngineEvent, EventKind
from station.asrun import OutcomeKind

# A listener can't tell a start or an end that is this far off; DESIGN aims at +-100 ms.
TOLERANCE_MS = 250


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was heard from `start_ms` until `end_ms` (Unix time, half-open).

    An engine that was not run for a while makes up for every frame: nothing is lost, and a stretch
    is as long as its sound. It was sent `behind_ms` after `start_ms`.
    """

    kind: EventKind
    slot: int
    start_ms: int
    end_ms: int
    behind_ms: int


@dataclass(frozen=True, slots=True)
class SlotOutcome:
    """How a slot ended; `start_error_ms` is None when its master was never heard."""

    kind: OutcomeKind
    start_error_ms: int | None
    reason: str = ""


def stretches(events: Sequence[EngineEvent], until_ms: int) -> list[Stretch]:
    """What was heard, stretch by stretch, from events in order of time until an instant."""
    changes = [event for event in events if event.event.changes_what_is_heard]
    starts = [event.at_ms - event.behind_ms for event in changes]
    ends = [*starts[1:], until_ms]
    return [
        Stretch(event.event, event.slot, start, max(start, end), event.behind_ms)
        for event, start, end in zip(changes, starts, ends, strict=False)
    ]


def decide(slot: int, slot_ms: int, has_master: bool, heard: Sequence[Stretch]) -> SlotOutcome:
    """How a slot that is over ended."""
    start_ms = slot * slot_ms
    own = [one for one in heard if one.kind is EventKind.SLOT and one.slot == slot]
    if not own:
        reason = "its master never came on air" if has_master else "it had no master in time"
        return SlotOutcome(OutcomeKind.MISSED, None, reason)
    error_ms = own[0].start_ms + own[0].behind_ms - start_ms
    heard_ms = sum(one.end_ms - one.start_ms for one in own)
    missing_ms = slot_ms - heard_ms
    seconds = f"{missing_ms / 1000:.1f} s"
    if missing_ms > slot_ms // 2:
        reason = f"something else was heard for {seconds} of it"
        return SlotOutcome(OutcomeKind.REPLACED, error_ms, reason)
    if abs(error_ms) > TOLERANCE_MS:
        sense = "late" if error_ms > 0 else "early"
        reason = f"it began {abs(error_ms) / 1000:.1f} s {sense}"
        return SlotOutcome(OutcomeKind.LATE, error_ms, reason)
    if missing_ms > TOLERANCE_MS:
        return SlotOutcome(OutcomeKind.CUT, error_ms, f"{seconds} of it were not heard")
    return SlotOutcome(OutcomeKind.AIRED, error_ms)
