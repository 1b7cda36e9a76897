"""What the engines say they sent becomes as-run rows, and slots that are over get their outcome."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from playout.events import EngineEvent, EventKind
from playout.mounts import qualities
from playout.reconcile import decide, join, stretches, taken_down
from playout.watch.finding import Finding
from station import asrun, takedowns
from station.airlog import AirLine, LineKind
from station.asrun import AsRunEvent, Outcome, Source
from station.settings import Settings
from station.webhooks import HappeningKind, happened

# An event may still be on its way to the file for this long after its slot is over.
SETTLE_MS = 2000
SLOTS_LOOKED_BACK = 4
# A watch that listens says of a slot within a few seconds what it heard; after this long it won't.
WATCH_MAY_TAKE = timedelta(seconds=30)
HEARD = "heard"
# What webhooks are told of an event that changes what is heard.
TOLD = {
    EventKind.SLOT: HappeningKind.SLOT_BEGAN,
    EventKind.LIVE: HappeningKind.LIVE_BEGAN,
    EventKind.FILL: HappeningKind.FILL_BEGAN,
    EventKind.EMERGENCY: HappeningKind.FILL_BEGAN,
}
# What has no outcome by then was settled without one, when its week ended.
NOT_BEFORE = timedelta(days=15)


def append_events(session: Session, channel: int, events: Sequence[EngineEvent]) -> None:
    """Add what an engine sent to the as-run; an event that is there already is left alone."""
    if not events:
        return
    first, last = _instant(events[0].at_ms), _instant(events[-1].at_ms)
    query = sa.select(AsRunEvent).where(
        AsRunEvent.channel == channel,
        AsRunEvent.source == Source.PLAYER,
        AsRunEvent.at >= first,
        AsRunEvent.at <= last,
    )
    known = {(row.at, row.event, row.slot_number) for row in session.scalars(query)}
    new = [
        event
        for event in events
        if (_instant(event.at_ms), str(event.event), event.slot) not in known
    ]
    asrun.append(
        session,
        [
            AsRunEvent(
                source=Source.PLAYER,
                channel=channel,
                slot_number=event.slot,
                event=str(event.event),
                at=_instant(event.at_ms),
                detail={"offset_ms": event.offset_ms, "behind_ms": event.behind_ms},
            )
            for event in new
        ],
    )
    for event in new:
        _tell_began(session, channel, event)


def append_findings(session: Session, settings: Settings, findings: Sequence[Finding]) -> None:
    """Add what the watch heard to the as-run; what is there already is left alone."""
    for found in findings:
        if found.quality not in _qualities(session, found):
            start_ms = found.slot * settings.station.slot_seconds * 1000
            detail = msgspec.to_builtins(found)
            event = AsRunEvent(
                source=Source.WATCH,
                channel=found.channel,
                slot_number=found.slot,
                event=HEARD,
                at=_instant(start_ms + (found.start_error_ms or 0)),
                detail=detail,
            )
            asrun.append(session, [event])


def last_over(settings: Settings, now: datetime) -> int:
    """The last slot whose events must all have arrived."""
    now_ms = round(now.timestamp() * 1000)
    return (now_ms - SETTLE_MS) // (settings.station.slot_seconds * 1000) - 1


def conclude(
    session: Session, settings: Settings, now: datetime, watched: bool = False
) -> list[Outcome]:
    """Give every slot with a member's piece that is over its outcome, once.

    While the station is `watched`, a slot waits a moment for what was heard of it. One that an
    engine began and nobody has ended yet waits too: the engine may have hung, or died unseen.
    """
    slot_ms = settings.station.slot_seconds * 1000
    decided = sa.select(Outcome.slot_number).where(
        Outcome.channel == AirLine.channel, Outcome.slot_number == AirLine.slot_number
    )
    over = sa.select(AirLine).where(
        AirLine.slot_number.between(
            last_over(settings, now - NOT_BEFORE), last_over(settings, now)
        ),
        AirLine.kind.in_((LineKind.SEGMENT, LineKind.SILENCE)),
        ~decided.exists(),
    )
    told = last_over(settings, now - WATCH_MAY_TAKE if watched else now)
    outcomes = []
    for line in session.scalars(over.order_by(AirLine.slot_number)).all():
        heard = _findings(session, line.channel, line.slot_number)
        waits = line.slot_number > told and line.master_sha256 is not None
        events = _events_around(session, line, slot_ms)
        waits = waits or (not heard and _is_unended(session, line, slot_ms, events))
        if not waits or len(heard) >= len(qualities(settings)):
            outcomes.append(_outcome(session, line, slot_ms, events, heard, now))
    session.add_all(outcomes)
    session.flush()
    for outcome in outcomes:
        place = {"channel": outcome.channel, "slot_number": outcome.slot_number}
        happened(session, HappeningKind.SLOT_ENDED, now, **place)
    return outcomes


def _tell_began(session: Session, channel: int, event: EngineEvent) -> None:
    """Tell webhooks what is heard from an event on."""
    kind = TOLD.get(event.event)
    if kind is None:
        return
    place = {"channel": channel, "slot_number": event.slot}
    source = {"source": str(event.event)} if kind is HappeningKind.FILL_BEGAN else {}
    happened(session, kind, _instant(event.at_ms), **place, **source)


def _events_around(session: Session, line: AirLine, slot_ms: int) -> list[EngineEvent]:
    """What a channel's engine told before and in a slot, and in a moment after it."""
    start_ms = line.slot_number * slot_ms
    query = sa.select(AsRunEvent).where(
        AsRunEvent.channel == line.channel,
        AsRunEvent.source == Source.PLAYER,
        AsRunEvent.at >= _instant(start_ms - SLOTS_LOOKED_BACK * slot_ms),
        AsRunEvent.at < _instant(start_ms + slot_ms + SETTLE_MS),
    )
    rows = session.scalars(query.order_by(AsRunEvent.at, AsRunEvent.id))
    return [_engine_event(row) for row in rows]


def _is_unended(
    session: Session, line: AirLine, slot_ms: int, events: Sequence[EngineEvent]
) -> bool:
    """Whether a slot's own sound is the last that its engine told of."""
    changes = [event for event in events if event.event.changes_what_is_heard]
    last = changes[-1] if changes else None
    if last is None or (last.event, last.slot) != (EventKind.SLOT, line.slot_number):
        return False
    later = sa.select(AsRunEvent.id).where(
        AsRunEvent.channel == line.channel,
        AsRunEvent.source == Source.PLAYER,
        AsRunEvent.at >= _instant((line.slot_number + 1) * slot_ms),
    )
    return session.scalars(later.limit(1)).first() is None


def _outcome(
    session: Session,
    line: AirLine,
    slot_ms: int,
    events: Sequence[EngineEvent],
    findings: list[Finding],
    now: datetime,
) -> Outcome:
    start_ms = line.slot_number * slot_ms
    sent = stretches(events, start_ms + slot_ms)
    found = decide(line.slot_number, slot_ms, line.master_sha256 is not None, sent)
    found = join(found, findings, slot_ms)
    takedown = takedowns.of_slot(session, line.channel, line.slot_number)
    if takedown is not None:
        found = taken_down(found, takedown.reason)
    return Outcome(
        channel=line.channel,
        slot_number=line.slot_number,
        week=line.week,
        request_id=line.request_id,
        kind=found.kind,
        start_error_ms=found.start_error_ms,
        reason=found.reason,
        similarity=found.similarity,
        decided_at=now,
    )


def _qualities(session: Session, found: Finding) -> set[str]:
    return {known.quality for known in _findings(session, found.channel, found.slot)}


def _findings(session: Session, channel: int, slot_number: int) -> list[Finding]:
    query = sa.select(AsRunEvent).where(
        AsRunEvent.channel == channel,
        AsRunEvent.slot_number == slot_number,
        AsRunEvent.source == Source.WATCH,
        AsRunEvent.event == HEARD,
    )
    rows = session.scalars(query.order_by(AsRunEvent.id))
    return [msgspec.convert(row.detail, Finding) for row in rows]


def _engine_event(row: AsRunEvent) -> EngineEvent:
    return EngineEvent(
        EventKind(row.event),
        round(row.at.timestamp() * 1000),
        row.slot_number,
        int(row.detail.get("offset_ms", 0)),
        int(row.detail.get("behind_ms", 0)),
    )


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
