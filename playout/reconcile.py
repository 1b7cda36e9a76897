"""A slot's outcome is what the air log wanted, what the engine sent, and what a listener heard.

Where the watch listened, nothing counts as heard that it did not hear. A watch that was away
changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playout.events import EngineEvent, EventKind
from playout.watch.finding import Finding
from station.asrun import OutcomeKind
from station.languages import marked

# A listener can't tell a start or an end that is this far off; DESIGN aims at +-100 ms.
TOLERANCE_MS = 250
# The way through encoder, Icecast and decoder is part of what the watch measures, and it tells
# edges to half a second.
WATCH_TOLERANCE_MS = 500
# Kept in English, and said in the language of whoever reads it.
NEVER_CAME = marked("its master never came on air")
NO_MASTER = marked("it had no master in time")
UNHEARD = marked("no listener heard it")
BEST_FIRST = (
    OutcomeKind.AIRED,
    OutcomeKind.LATE,
    OutcomeKind.CUT,
    OutcomeKind.REPLACED,
    OutcomeKind.MISSED,
)


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
    """How a slot ended; `start_error_ms` is None when its master was never heard.

    `similarity` (0 to 1) is what the watch measured, None when it was away.
    """

    kind: OutcomeKind
    start_error_ms: int | None
    reason: str = ""
    similarity: float | None = None


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
        reason = NEVER_CAME if has_master else NO_MASTER
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


def join(sent: SlotOutcome, findings: Sequence[Finding], slot_ms: int) -> SlotOutcome:
    """How a slot ended by what was sent and by what was heard of it, mount by mount.

    The mount that was heard best decides: one that broke alone was not the slot's fault, and is
    named. When the watch heard it whole, the engine's word adds only that it began late.
    """
    if not findings:
        return sent
    heard = [(heard_on(finding, slot_ms), finding.quality) for finding in findings]
    best = min((one for one, _ in heard), key=lambda one: BEST_FIRST.index(one.kind))
    late = best.kind is OutcomeKind.AIRED and sent.kind is OutcomeKind.LATE
    kind = sent.kind if late else best.kind
    reasons = [sent.reason if sent.kind is kind else best.reason]
    lost = [quality for one, quality in heard if _is_lost(one) and not _is_lost(best)]
    reasons += [f"it was not heard on {quality}" for quality in lost]
    # The engine knows when it began to send; what the watch measures has the whole way behind it.
    error_ms = best.start_error_ms if sent.start_error_ms is None else sent.start_error_ms
    return SlotOutcome(
        kind=kind,
        start_error_ms=None if kind is OutcomeKind.MISSED else error_ms,
        reason=", ".join(reason for reason in reasons if reason),
        similarity=best.similarity,
    )


def heard_on(finding: Finding, slot_ms: int) -> SlotOutcome:
    """How a slot ended for the listeners of one mount."""
    missing_ms, error_ms = slot_ms - finding.heard_ms, finding.start_error_ms
    told = SlotOutcome(OutcomeKind.AIRED, error_ms, similarity=finding.similarity)
    if finding.heard_ms == 0:
        return replace(told, kind=OutcomeKind.MISSED, reason=UNHEARD)
    if missing_ms > slot_ms // 2:
        reason = f"only {finding.heard_ms / 1000:.1f} s of it were heard"
        return replace(told, kind=OutcomeKind.REPLACED, reason=reason)
    if error_ms is not None and abs(error_ms) > WATCH_TOLERANCE_MS:
        sense = "late" if error_ms > 0 else "early"
        reason = f"it was heard {abs(error_ms) / 1000:.1f} s {sense}"
        return replace(told, kind=OutcomeKind.LATE, reason=reason)
    if missing_ms > WATCH_TOLERANCE_MS:
        reason = f"{missing_ms / 1000:.1f} s of it were not heard"
        return replace(told, kind=OutcomeKind.CUT, reason=reason)
    return told


def taken_down(found: SlotOutcome, reason: str) -> SlotOutcome:
    """How a slot ended that was taken off air; an order that came too late changed nothing."""
    if found.kind is OutcomeKind.AIRED:
        return found
    return replace(found, kind=OutcomeKind.TAKEN_DOWN, reason=reason)


def _is_lost(one: SlotOutcome) -> bool:
    return one.kind in (OutcomeKind.REPLACED, OutcomeKind.MISSED)
