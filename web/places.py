"""A place of a published week is shown with its time, its channel and who has it; for swaps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import grid
from station.airtime import Span, Week
from station.grid import Placement
from station.market.swaps import Swap, swaps_of
from station.members import Person
from station.rights import Request, RequestKind, RequestState
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Seen:
    """A place as people see it; `channel` counts from 0."""

    request_id: int
    account_id: int
    at: datetime
    channel: int
    title: str
    silent: bool
    speaker: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An open swap as one of its sides sees it: the own place and the other one's."""

    swap: Swap
    mine: Seen
    other: Seen


def place_of(session: Session, settings: Settings, request_id: int) -> Seen | None:
    """Where a request stands in its published week, if it has a place there."""
    request = session.get(Request, request_id)
    shown = request and grid.published(session, Week.parse(request.week, settings.zone))
    if not shown:
        return None
    found = _seen(session, settings, Placement.grid_id == shown.id, [request_id])
    return found[0] if found else None


def places_of_others(
    session: Session, settings: Settings, week: Week, spans: Collection[Span], mine: int
) -> list[Seen]:
    """The places in some stretches of a published week that other people have, by time."""
    shown = grid.published(session, week)
    if shown is None:
        return []
    starts = [
        sa.and_(
            Placement.start >= week.start_at(span.start, settings.slots),
            Placement.start < week.start_at(span.end, settings.slots),
        )
        for span in spans
    ]
    where = sa.and_(
        Placement.grid_id == shown.id,
        Request.account_id != mine,
        Request.run.is_(None),
        Request.state == RequestState.OPEN,
        sa.or_(sa.false(), *starts),
    )
    return _seen(session, settings, where)


def proposals(
    session: Session, settings: Settings, account_id: int
) -> tuple[list[Proposal], list[Proposal]]:
    """The open swaps that an account is asked for, and those it asks for."""
    swaps = swaps_of(session, account_id)
    ids = {key for swap in swaps for key in (swap.request_id, swap.wanted_request_id)}
    version = sa.tuple_(Placement.grid_id, Placement.request_id).in_(
        [(swap.grid_id, key) for swap in swaps for key in (swap.request_id, swap.wanted_request_id)]
    )
    at = {one.request_id: one for one in _seen(session, settings, version, ids)} if swaps else {}
    found: tuple[list[Proposal], list[Proposal]] = ([], [])
    for swap in swaps:
        asker, asked = at.get(swap.request_id), at.get(swap.wanted_request_id)
        if asker is None or asked is None:
            continue
        if swap.asked_id == account_id:
            found[0].append(Proposal(swap, asked, asker))
        else:
            found[1].append(Proposal(swap, asker, asked))
    return found


def earliest(settings: Settings, now: datetime) -> datetime:
    """What begins from here on can still be exchanged."""
    return now + timedelta(seconds=settings.week.notice_seconds)


def _seen(
    session: Session,
    settings: Settings,
    where: sa.ColumnElement[bool],
    request_ids: Collection[int] | None = None,
) -> list[Seen]:
    query = (
        sa.select(Placement.channel, Placement.start, Request, Person.name)
        .select_from(Placement)
        .join(Request, Request.id == Placement.request_id)
        .join(Person, Person.account_id == Request.account_id)
        .where(where)
    )
    if request_ids is not None:
        query = query.where(Request.id.in_(request_ids))
    rows = session.execute(query.order_by(Placement.start, Placement.channel)).all()
    return [
        Seen(
            request.id,
            request.account_id,
            Week.parse(request.week, settings.zone).instant(start, settings.slots),
            channel,
            request.title,
            request.kind == RequestKind.SILENCE,
            speaker,
        )
        for channel, start, request, speaker in rows
    ]
