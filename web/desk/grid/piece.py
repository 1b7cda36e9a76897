"""One piece as the desk works on it: where it is, what holds it, and what another place breaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler import by_hand
from scheduler.by_hand import Proposal
from scheduler.problem import Place
from station import bans, grid, moderation, pins
from station.airtime import Week
from station.bans import Ban
from station.grid import Bump, Grid, Pin, Placement
from station.languages import marked
from station.members import Person
from station.rights import Request, RequestState
from station.settings import Settings

# Whoever has no place any more and is not asked for one took it back.
WITHDRAWN = marked("It was withdrawn.")
NOT_MADE = marked("Its sound is not ready yet.")


@dataclass(frozen=True, slots=True)
class Spot:
    """A channel and an instant on it, with the ISO weekday on which that is."""

    channel: int
    at: datetime
    weekday: int


@dataclass(frozen=True, slots=True)
class Barred:
    """A ban as people say it: from when until when, on one channel or (None) on all."""

    id: int
    channel: int | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of so many slots with its holder, and its places in the versions that count.

    `here` is its place in the version that is worked on, `public` in the published one.
    `kept_off` says why it can be placed nowhere now, and is empty of one that can.
    """

    request: Request
    slots: int
    holder: Person | None
    version: Grid | None
    here: Spot | None
    reason: str
    kept_off: str
    public: Spot | None
    pinned: Spot | None
    barred: tuple[Barred, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A piece that would be elsewhere."""

    title: str
    speaker: str
    before: Spot | None
    after: Spot


@dataclass(frozen=True, slots=True)
class Gone:
    """A piece that has a place now and can't be in a new version, with the reason."""

    title: str
    speaker: str
    before: Spot
    reason: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What comes of a piece at another place; nothing is kept."""

    to: Spot
    version: int
    moved: tuple[Moved, ...]
    gone: tuple[Gone, ...]
    broken: tuple[str, ...]
    already: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A piece of a week that is pinned, or kept out of some starts."""

    request_id: int
    title: str
    speaker: str
    pinned: bool
    bans: int


def read(session: Session, settings: Settings, week: Week, request_id: int, now: datetime) -> Shown:
    """Everything about one piece of a week. Raises Refusal `piece-unknown`."""
    piece = pins.piece_of(session, week, request_id)
    first = piece[0]
    public = grid.published(session, week)
    version = grid.newest_draft(session, week) or public
    pinned = pins.of(session, piece)
    bump = None if version is None else session.get(Bump, (version.id, first.id))
    return Shown(
        request=first,
        slots=len(piece),
        holder=session.scalars(
            sa.select(Person).where(Person.account_id == first.account_id)
        ).one_or_none(),
        version=version,
        here=_placed(session, settings, week, version, first),
        reason="" if bump is None else bump.reason,
        kept_off=_kept_off(session, settings, piece, now),
        public=_placed(session, settings, week, public, first),
        pinned=None if pinned is None else spot(settings, week, pinned),
        barred=tuple(_barred(settings, week, one) for one in bans.of(session, piece)),
    )


def sent_to(
    session: Session,
    settings: Settings,
    week: Week,
    request_id: int,
    place: Place,
    now: datetime,
    version: int | None = None,
) -> Proposal:
    """A piece at another place; whoever is there already comes to where it was."""
    base = grid.require_version(session, week, version)
    there = sa.select(Placement.request_id).where(
        Placement.grid_id == base.id,
        Placement.channel == place.channel,
        Placement.start == place.start,
    )
    other = session.scalars(there).one_or_none()
    own = {one.id for one in pins.piece_of(session, week, request_id)}
    placed = session.get(Placement, (base.id, request_id)) is not None
    if other is None or other in own or not placed:
        return by_hand.propose(session, settings, week, {request_id: place}, now, version)
    return by_hand.exchange(session, settings, week, request_id, other, now, version)


def tried(
    session: Session, settings: Settings, week: Week, request_id: int, place: Place, now: datetime
) -> Trial:
    """What sending a piece to a place would do and break."""
    proposal = sent_to(session, settings, week, request_id, place, now)
    firsts = [
        one
        for one in proposal.moves
        if proposal.loaded.runs.whole(one.request_id)[0] == one.request_id
    ]
    query = (
        sa.select(Request.id, Request.title, Person.name)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Request.id.in_([one.request_id for one in firsts]))
    )
    who = {number: (title, name or "") for number, title, name in session.execute(query)}
    return Trial(
        to=spot(settings, week, place),
        version=proposal.base,
        moved=tuple(
            Moved(
                *who[one.request_id],
                None if one.before is None else spot(settings, week, one.before),
                spot(settings, week, one.after),
            )
            for one in firsts
            if one.after is not None
        ),
        gone=tuple(
            Gone(
                *who[one.request_id],
                spot(settings, week, one.before),
                proposal.loaded.left_out.get(one.request_id, WITHDRAWN),
            )
            for one in firsts
            if one.before is not None and one.after is None
        ),
        broken=proposal.broken,
        already=proposal.already,
    )


def held(session: Session, week: Week) -> list[Held]:
    """The pieces of a week that are pinned or banned somewhere, by title."""
    barred = sa.select(Ban.request_id, sa.func.count().label("bans")).group_by(Ban.request_id)
    counted = barred.subquery()
    query = (
        sa.select(Request.id, Request.title, Person.name, Pin.request_id, counted.c.bans)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .outerjoin(Pin, Pin.request_id == Request.id)
        .outerjoin(counted, counted.c.request_id == Request.id)
        .where(
            Request.week == str(week),
            Request.state == RequestState.OPEN,
            sa.or_(Pin.request_id.is_not(None), counted.c.bans > 0),
        )
        .order_by(Request.title, Request.id)
    )
    return [
        Held(number, title, name or "", pin is not None, count or 0)
        for number, title, name, pin, count in session.execute(query)
    ]


def spot(settings: Settings, week: Week, place: Place | grid.Place | Pin | Placement) -> Spot:
    """A place as people say it."""
    at = week.instant(place.start, settings.slots)
    return Spot(place.channel, at, at.astimezone(settings.zone).isoweekday())


def _placed(
    session: Session, settings: Settings, week: Week, version: Grid | None, request: Request
) -> Spot | None:
    placed = None if version is None else session.get(Placement, (version.id, request.id))
    return None if placed is None else spot(settings, week, placed)


def _kept_off(session: Session, settings: Settings, piece: Sequence[Request], now: datetime) -> str:
    """Why a piece can't be placed now: operators let it wait, or its sound is not ready."""
    which = Request.id.in_([one.id for one in piece])
    kept = moderation.kept_back(session, settings, which, now)
    if kept:
        return next(iter(kept.values())).sentence
    return "" if all(one.master_sha256 for one in piece) else NOT_MADE


def _barred(settings: Settings, week: Week, ban: Ban) -> Barred:
    start, end = (week.instant(one, settings.slots) for one in (ban.start, ban.end))
    return Barred(ban.id, ban.channel, start, end)
