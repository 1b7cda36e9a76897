"""A slot's outcome is what the air log wanted, compared with what the engine says it sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from playout.events import EngineEvent, EventKind
from station.asrun import OutcomeKind

# A listener can't tell a start or an end that is this far off; DESIGN aims at +-100 ms.
TOLERANCE_MS = 250


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was heard from `start_ms` until `end_ms` (Unix time, half-open)."""

    kind: EventKind
    slot: int
    start_ms: int
    end_ms: int
    offset_ms: int


@dataclass(frozen=True, slots=True)
class SlotOutcome:
    """How a slot ended; `start_error_ms` is None when its master was never heard."""

    kind: OutcomeKind
    start_error_ms: int | None
    reason: str = ""


def stretches(events: Sequence[EngineEvent], until_ms: int) -> list[Stretch]:
    """What was heard, stretch by stretch, from events in order of time until an instant."""
    changes = [event for event in events if event.event.changes_what_is_heard]
    ends = [*(event.at_ms for event in changes), until_ms][1:]
    return [
        Stretch(event.event, event.slot, event.at_ms, max(end, event.at_ms), event.offset_ms)
        for event, end in zip(changes, ends, strict=False)
    ]


def decide(slot: int, slot_ms: int, has_master: bool, heard: Iterable[Stretch]) -> SlotOutcome:
    """How a slot that is over ended."""
    start_ms = slot * slot_ms
    own = [one for one in heard if one.kind is EventKind.SLOT and one.slot == slot]
    if not own:
        reason = "its master never came on air" if has_master else "it had no master in time"
        return SlotOutcome(OutcomeKind.MISSED, None, reason)
    error_ms = own[0].start_ms - start_ms
    heard_ms = sum(one.end_ms - one.start_ms for one in own)
    missing_ms = slot_ms - heard_ms
    seconds = f"{missing_ms / 1000:.1f} s"
    if missing_ms > slot_ms // 2:
        return SlotOutcome(OutcomeKind.REPLACED, error_ms, f"fill was heard for {seconds} of it")
    if abs(error_ms) > TOLERANCE_MS:
        return SlotOutcome(OutcomeKind.LATE, error_ms, f"{seconds} of it were not heard")
    if missing_ms > TOLERANCE_MS:
        return SlotOutcome(OutcomeKind.CUT, error_ms, f"{seconds} of it were not heard")
    return SlotOutcome(OutcomeKind.AIRED, error_ms)
