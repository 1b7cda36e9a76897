"""A pin holds a request at one place, whatever a build or a repair would rather do."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.errors import Refusal
from station.grid import Pin
from station.rights import Request, RequestState, run_of


def piece_of(session: Session, week: Week, request_id: int) -> list[Request]:
    """The requests that air as one piece with one of a week, in order.

    Raises Refusal `piece-unknown`.
    """
    request = session.get(Request, request_id)
    if request is None or request.week != str(week) or request.state != RequestState.OPEN:
        raise Refusal("piece-unknown", number=request_id, week=week)
    return run_of(session, request)


def fix(session: Session, piece: list[Request], channel: int, start: int) -> None:
    """Hold a piece where its first slot is at a place; it may be pinned elsewhere already."""
    take_out(session, piece)
    session.add(Pin(request_id=piece[0].id, channel=channel, start=start))
    session.flush()


def take_out(session: Session, piece: list[Request]) -> bool:
    """Let a piece go again; answers whether it was pinned."""
    ids = [one.id for one in piece]
    gone = session.execute(sa.delete(Pin).where(Pin.request_id.in_(ids)).returning(Pin.request_id))
    return bool(gone.all())


def of(session: Session, piece: list[Request]) -> Pin | None:
    """Where a piece is pinned to start: the pin of the first of its slots that has one."""
    places = {one.id: one.run_place for one in piece}
    found = session.scalars(sa.select(Pin).where(Pin.request_id.in_(places)))
    first = min(found, key=lambda pin: places[pin.request_id], default=None)
    if first is None:
        return None
    offset = places[first.request_id]
    return Pin(request_id=piece[0].id, channel=first.channel, start=first.start - offset)
