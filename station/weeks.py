"""Where a week stands: open, locked, built, published, airing, reconciled, and how full it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.asrun import Outcome
from station.grid import (
    Bump,
    Grid,
    GridState,
    Placement,
    newest_draft,
    published,
    sellable_starts,
    versions,
)
from station.ledger import Right
from station.members import Account, AccountKind
from station.recordings import Recording, RecordingState
from station.rights import Request, RequestKind, RequestState, cutoff
from station.settings import Settings


class WeekState(StrEnum):
    """Where a week stands, in order."""

    OPEN = "open"
    LOCKED = "locked"
    BUILT = "built"
    PUBLISHED = "published"
    AIRING = "airing"
    RECONCILED = "reconciled"


@dataclass(frozen=True, slots=True)
class WeekOverview:
    """A week in numbers.

    `rights` counts those that were not given back, makegoods among them, `ready` requests whose
    master is made, `checking` uploads and silences that still wait for theirs, `rejected` rights
    with nothing but refused uploads, and `unused` rights in people's hands of which nothing was
    heard.
    """

    week: str
    state: WeekState
    starts_at: datetime
    closes_at: datetime
    sellable_starts: int
    rights: int
    ready: int
    checking: int
    rejected: int
    unused: int
    published_version: int | None
    draft_version: int | None
    placed: int
    bumped: int


def week_state(session: Session, week: Week, settings: Settings, now: datetime) -> WeekState:
    """Where a week stands at an instant."""
    states = {grid.state for grid in versions(session, week)}
    if GridState.PUBLISHED in states:
        if now >= week.span.end and _all_decided(session, week):
            return WeekState.RECONCILED
        return WeekState.AIRING if now >= week.span.start else WeekState.PUBLISHED
    if GridState.DRAFT in states:
        return WeekState.BUILT
    return WeekState.LOCKED if now >= cutoff(week, settings) else WeekState.OPEN


def overview(session: Session, week: Week, settings: Settings, now: datetime) -> WeekOverview:
    """A week in numbers at an instant."""
    grid = published(session, week)
    draft = newest_draft(session, week)
    newest = draft or grid
    # Columns, not objects: the desk asks this of thousands of requests on every look.
    open_requests = sa.select(Request.right_id, Request.kind, Request.master_sha256).where(
        Request.week == str(week), Request.state == RequestState.OPEN
    )
    requests = session.execute(open_requests).all()
    waiting, refused = _uploads(session, week)
    asked = {request.right_id for request in requests}
    silent = [r for r in requests if r.kind == RequestKind.SILENCE and r.master_sha256 is None]
    held = _held_by_people(session, week)
    return WeekOverview(
        week=str(week),
        state=week_state(session, week, settings, now),
        starts_at=week.span.start,
        closes_at=cutoff(week, settings),
        sellable_starts=sellable_starts(session, week, settings),
        rights=_rights(session, week),
        ready=len(requests) - len(silent),
        checking=len(waiting - asked) + len(silent),
        rejected=len(refused - asked - waiting),
        unused=len(held - asked - waiting - refused),
        published_version=None if grid is None else grid.version,
        draft_version=None if draft is None else draft.version,
        placed=0 if newest is None else _count(session, Placement, newest),
        bumped=0 if newest is None else _count(session, Bump, newest),
    )


def _rights(session: Session, week: Week) -> int:
    """The rights of a week that were not given back."""
    query = (
        sa.select(sa.func.count(Right.id))
        .join(Account, Account.id == Right.account_id)
        .where(Right.week == str(week), Account.kind != AccountKind.VOIDED)
    )
    return session.scalars(query).one()


def _count(session: Session, part: type[Placement | Bump], grid: Grid) -> int:
    query = sa.select(sa.func.count()).select_from(part).where(part.grid_id == grid.id)
    return session.scalars(query).one()


def _uploads(session: Session, week: Week) -> tuple[set[int], set[int]]:
    """The rights whose uploads wait for a verdict, and those with refused ones."""
    query = (
        sa.select(Recording.right_id, Recording.state)
        .join(Right, Right.id == Recording.right_id)
        .where(Right.week == str(week), Right.account_id == Recording.account_id)
    )
    rows = session.execute(query).all()
    waiting = {right_id for right_id, state in rows if state == RecordingState.RECEIVED}
    refused = {right_id for right_id, state in rows if state == RecordingState.REJECTED}
    return waiting, refused


def _held_by_people(session: Session, week: Week) -> set[int]:
    query = (
        sa.select(Right.id)
        .join(Account, Account.id == Right.account_id)
        .where(Right.week == str(week), Account.kind.in_([AccountKind.MEMBER, AccountKind.BUYER]))
    )
    return set(session.scalars(query))


def _all_decided(session: Session, week: Week) -> bool:
    """Whether every segment and silence of the published week has its outcome."""
    grid = published(session, week)
    if grid is None:
        return False
    decided = sa.select(sa.func.count(sa.distinct(Outcome.request_id))).where(
        Outcome.week == str(week), Outcome.request_id.is_not(None)
    )
    return session.scalars(decided).one() >= _count(session, Placement, grid)
