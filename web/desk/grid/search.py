"""A piece of a week is found by its title, its holder's name, its number or its receipt."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import receipt_codes
from station.airtime import Week
from station.grid import Bump, Grid, Placement
from station.members import Person
from station.recordings import Recording
from station.rights import Request, RequestState

SHOWN = 60
# Digits of a number that any database holds.
LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece that fits, and where it is; None when it has no place, for a reason if it has one."""

    request_id: int
    title: str
    speaker: str
    kind: str
    channel: int | None
    start: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Hits:
    """The first that fit, in order of time, and how many do."""

    first: tuple[Hit, ...]
    count: int


def search(session: Session, week: Week, version: Grid, words: str) -> Hits:
    """The pieces of a week that some words fit, with their places in a version."""
    number = int(words) if words.isdecimal() and len(words) <= LONGEST_NUMBER else 0
    fits = sa.or_(
        Request.title.icontains(words, autoescape=True),
        Person.name.icontains(words, autoescape=True),
        Recording.receipt == receipt_codes.read(words),
        Request.id == number,
    )
    here = sa.and_(Placement.request_id == Request.id, Placement.grid_id == version.id)
    bumped = sa.and_(Bump.request_id == Request.id, Bump.grid_id == version.id)
    query = (
        sa.select(
            Request.id,
            Request.title,
            Person.name,
            Request.kind,
            Placement.channel,
            Placement.start,
            Bump.reason,
            sa.func.count().over(),
        )
        .outerjoin(Person, Person.account_id == Request.account_id)
        .outerjoin(Recording, Recording.id == Request.recording_id)
        .outerjoin(Placement, here)
        .outerjoin(Bump, bumped)
        .where(Request.week == str(week), Request.state == RequestState.OPEN, fits)
        .order_by(Placement.start.is_(None), Placement.start, Placement.channel, Request.id)
        .limit(SHOWN)
    )
    rows = session.execute(query).all()
    hits = tuple(
        Hit(number, title, name or "", kind, channel, start, reason or "")
        for number, title, name, kind, channel, start, reason, _ in rows
    )
    return Hits(hits, rows[0][-1] if rows else 0)
