"""What has aired in a seeded station, who listened, and the hours that it keeps."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import audience, blocks, live
from station.airlog import AirLine, LineKind
from station.airtime import Span, Week
from station.asrun import Outcome, OutcomeKind
from station.blocks import Wanted
from station.live import Booking
from station.settings import Settings

HOUR = timedelta(hours=1)


def go_out(session: Session, settings: Settings, now: datetime) -> None:
    """Let this week's pieces have aired, and somebody have listened in the hours before."""
    mine = sa.select(AirLine).where(AirLine.kind == LineKind.SEGMENT)
    for error_ms, line in enumerate(session.scalars(mine.order_by(AirLine.slot_number)), 3):
        place = {"channel": line.channel, "slot_number": line.slot_number}
        if session.get(Outcome, tuple(place.values())) is not None:
            continue
        ended = {"kind": OutcomeKind.AIRED, "start_error_ms": error_ms, "similarity": 0.99}
        told = {"decided_at": now, "told_at": now}
        session.add(Outcome(**place, **ended, **told, week=line.week, request_id=line.request_id))
    on_air = settings.slots.number(now)
    for back in range(settings.slots.per_hour * 30):
        for channel in range(settings.channels):
            players = (back * 7 + channel * 40) % 90
            audience.add(session, channel, on_air - back, players, players * 40)


def keep_hours(session: Session, settings: Settings, now: datetime) -> None:
    """A live show next week, whose neighbour has no presenter yet, each for three weeks."""
    begins = Week.of(now, settings.zone).plus(1).span.start + 66 * HOUR
    wanted = Wanted(1, Span(begins, begins + HOUR), "An hour with Gogo")
    for one in blocks.each_week(settings, wanted, 3):
        live.open_show(
            session, settings, Booking(one.channel, one.span, "Thandi Mokoena", one.label), now
        )
    after = Wanted(1, Span(begins + HOUR, begins + 2 * HOUR), "Open studio")
    for one in blocks.each_week(settings, after, 3):
        blocks.reserve(session, settings, one, now)
