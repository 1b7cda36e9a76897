"""What the engines say they sent becomes as-run rows, and slots that are over get their outcome."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playout.events import EngineEvent, EventKind
from playout.reconcile import decide, stretches
from station import asrun
from station.airlog import AirLine, LineKind
from station.asrun import AsRunEvent, Outcome, Source
from station.settings import Settings

# An event may still be on its way to the file for this long after its slot is over.
SETTLE_MS = 2000
SLOTS_LOOKED_BACK = 4


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
            for event in events
            if (_instant(event.at_ms), str(event.event), event.slot) not in known
        ],
    )


def last_over(settings: Settings, now: datetime) -> int:
    """The last slot whose events must all have arrived."""
    now_ms = round(now.timestamp() * 1000)
    return (now_ms - SETTLE_MS) // (settings.station.slot_seconds * 1000) - 1


def conclude(session: Session, settings: Settings, now: datetime) -> list[Outcome]:
    """Give every slot with a member's piece that is over its outcome, once."""
    slot_ms = settings.station.slot_seconds * 1000
    decided = sa.select(Outcome.slot_number).where(
        Outcome.channel == AirLine.channel, Outcome.slot_number == AirLine.slot_number
    )
    over = sa.select(AirLine).where(
        AirLine.slot_number <= last_over(settings, now),
        AirLine.kind.in_((LineKind.SEGMENT, LineKind.SILENCE)),
        ~decided.exists(),
    )
    lines = session.scalars(over.order_by(AirLine.slot_number))
    outcomes = [_outcome(session, line, slot_ms, now) for line in lines.all()]
    session.add_all(outcomes)
    session.flush()
    return outcomes


def _outcome(session: Session, line: AirLine, slot_ms: int, now: datetime) -> Outcome:
    start_ms = line.slot_number * slot_ms
    query = sa.select(AsRunEvent).where(
        AsRunEvent.channel == line.channel,
        AsRunEvent.source == Source.PLAYER,
        AsRunEvent.at >= _instant(start_ms - SLOTS_LOOKED_BACK * slot_ms),
        AsRunEvent.at < _instant(start_ms + slot_ms + SETTLE_MS),
    )
    events = [
        _engine_event(row) for row in session.scalars(query.order_by(AsRunEvent.at, AsRunEvent.id))
    ]
    heard = stretches(events, start_ms + slot_ms)
    found = decide(line.slot_number, slot_ms, line.master_sha256 is not None, heard)
    return Outcome(
        channel=line.channel,
        slot_number=line.slot_number,
        week=line.week,
        request_id=line.request_id,
        kind=found.kind,
        start_error_ms=found.start_error_ms,
        reason=found.reason,
        decided_at=now,
    )


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
