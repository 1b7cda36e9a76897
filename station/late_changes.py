"""What became of a week since it was published: who can't stay there, and who has no place yet."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import moderation
from station.airtime import Week
from station.bans import Ban
from station.grid import Bump, Grid, Pin, Placement, ReservedBlock
from station.rights import Request, RequestState
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class LateChanges:
    """How many slots on show can't stay as they are, and how many ready pieces have no place."""

    unfit: int
    unplaced: int


def since_published(
    session: Session, settings: Settings, week: Week, shown: Grid, now: datetime
) -> LateChanges:
    """What a repair of the version on show would see to; what has begun counts no more."""
    if now >= week.span.end:
        return LateChanges(0, 0)
    kept = moderation.kept_back(session, settings, Request.week == str(week), now)
    unfit = (
        sa.select(sa.func.count())
        .select_from(Placement)
        .join(Request, Request.id == Placement.request_id)
        .where(Placement.grid_id == shown.id, Placement.start >= _begun(settings, week, now))
        .where(
            sa.or_(
                Request.state != RequestState.OPEN,
                Request.id.in_(kept),
                _reserved(week),
                _pinned_elsewhere(),
                _banned(),
            )
        )
    )
    known = [
        sa.select(part.request_id).where(part.grid_id == shown.id) for part in (Placement, Bump)
    ]
    unplaced = sa.select(sa.func.count(Request.id)).where(
        Request.week == str(week),
        Request.state == RequestState.OPEN,
        Request.master_sha256.is_not(None),
        Request.id.not_in(kept),
        *(Request.id.not_in(numbers) for numbers in known),
    )
    return LateChanges(session.scalars(unfit).one(), session.scalars(unplaced).one())


def _begun(settings: Settings, week: Week, now: datetime) -> int:
    """The first start that has not begun."""
    return week.start_at(now, settings.slots) + 1 if now >= week.span.start else 0


def _reserved(week: Week) -> sa.ColumnElement[bool]:
    """Whether the station keeps a placement's start for itself by now."""
    return sa.exists().where(
        ReservedBlock.week == str(week),
        ReservedBlock.channel == Placement.channel,
        ReservedBlock.start <= Placement.start,
        Placement.start < ReservedBlock.start + ReservedBlock.length,
    )


def _pinned_elsewhere() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Pin.request_id == Placement.request_id,
        sa.or_(Pin.channel != Placement.channel, Pin.start != Placement.start),
    )


def _banned() -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Ban.request_id == Placement.request_id,
        sa.or_(Ban.channel.is_(None), Ban.channel == Placement.channel),
        Ban.start <= Placement.start,
        Placement.start < Ban.start + Ban.length,
    )
