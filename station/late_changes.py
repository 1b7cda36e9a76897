"""What became of a week since it was published: withdrawn pieces, and pieces without a place."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.grid import Bump, Grid, Placement
from station.rights import Request, RequestState
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class LateChanges:
    """How many pieces on show were withdrawn, and how many that are ready have no place yet."""

    withdrawn: int
    unplaced: int


def since_published(
    session: Session, settings: Settings, week: Week, shown: Grid, now: datetime
) -> LateChanges:
    """What a repair of the version on show would see to; what has begun counts no more."""
    if now >= week.span.end:
        return LateChanges(0, 0)
    begun = week.start_at(now, settings.slots) if now > week.span.start else 0
    withdrawn = (
        sa.select(sa.func.count())
        .select_from(Placement)
        .join(Request, Request.id == Placement.request_id)
        .where(
            Placement.grid_id == shown.id,
            Placement.start >= begun,
            Request.state != RequestState.OPEN,
        )
    )
    known = [
        sa.select(part.request_id).where(part.grid_id == shown.id) for part in (Placement, Bump)
    ]
    unplaced = (
        sa.select(sa.func.count())
        .select_from(Request)
        .where(
            Request.week == str(week),
            Request.state == RequestState.OPEN,
            Request.master_sha256.is_not(None),
            *(Request.id.not_in(ids) for ids in known),
        )
    )
    return LateChanges(session.scalars(withdrawn).one(), session.scalars(unplaced).one())
