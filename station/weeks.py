"""Where a week stands: open, locked, built, published, airing, reconciled, and how full it is."""

from collections.abc import Sequence
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
    return _state(session, versions(session, week), week, settings, now)


def overview(session: Session, week: Week, settings: Settings, now: datetime) -> WeekOverview:
    """A week in numbers at an instant."""
    # The database counts: the desk asks this of thousands of requests on every look.
    grids = versions(session, week)
    by_state = {grid.state: grid for grid in grids}
    grid, draft = by_state.get(GridState.PUBLISHED), by_state.get(GridState.DRAFT)
    newest = draft or grid
    rights, waiting, rejected, unused = session.execute(_rights(week)).one()
    asked, silent = session.execute(_requests(week)).one()
    return WeekOverview(
        week=str(week),
        state=_state(session, grids, week, settings, now),
        starts_at=week.span.start,
        closes_at=cutoff(week, settings),
        sellable_starts=sellable_starts(session, week, settings),
        rights=rights,
        ready=asked - silent,
        checking=waiting + silent,
        rejected=rejected,
        unused=unused,
        published_version=None if grid is None else grid.version,
        draft_version=None if draft is None else draft.version,
        placed=0 if newest is None else _count(session, Placement, newest),
        bumped=0 if newest is None else _count(session, Bump, newest),
    )


def _state(
    session: Session, grids: Sequence[Grid], week: Week, settings: Settings, now: datetime
) -> WeekState:
    states = {grid.state: grid for grid in grids}
    if GridState.PUBLISHED in states:
        if now >= week.span.end and _all_decided(session, week, states[GridState.PUBLISHED]):
            return WeekState.RECONCILED
        return WeekState.AIRING if now >= week.span.start else WeekState.PUBLISHED
    if GridState.DRAFT in states:
        return WeekState.BUILT
    return WeekState.LOCKED if now >= cutoff(week, settings) else WeekState.OPEN


def _rights(week: Week) -> sa.Select[int, int, int, int]:
    """How many rights of a week are whose, and what was sent for those that ask for nothing.

    The columns are those not given back, those with an upload that waits for its verdict, those
    with refused ones alone, and those in people's hands with none.
    """
    asks = sa.exists().where(Request.right_id == Right.id, Request.state == RequestState.OPEN)
    waits, refused = (
        sa.exists().where(
            Recording.right_id == Right.id,
            Recording.account_id == Right.account_id,
            Recording.state == state,
        )
        for state in (RecordingState.RECEIVED, RecordingState.REJECTED)
    )
    held = Account.kind.in_([AccountKind.MEMBER, AccountKind.BUYER])
    count = sa.func.count()
    return (
        sa.select(
            count.filter(Account.kind != AccountKind.VOIDED),
            count.filter(~asks, waits),
            count.filter(~asks, ~waits, refused),
            count.filter(held, ~asks, ~waits, ~refused),
        )
        .select_from(Right)
        .join(Account, Account.id == Right.account_id)
        .where(Right.week == str(week))
    )


def _requests(week: Week) -> sa.Select[int, int]:
    """How many requests of a week stand, and how many silences of them wait for their master."""
    count = sa.func.count()
    silent = sa.and_(Request.kind == RequestKind.SILENCE, Request.master_sha256.is_(None))
    return sa.select(count, count.filter(silent)).where(
        Request.week == str(week), Request.state == RequestState.OPEN
    )


def _count(session: Session, part: type[Placement | Bump], grid: Grid) -> int:
    query = sa.select(sa.func.count()).select_from(part).where(part.grid_id == grid.id)
    return session.scalars(query).one()


def _all_decided(session: Session, week: Week, grid: Grid) -> bool:
    """Whether every segment and silence of the published week has its outcome."""
    decided = sa.select(sa.func.count(sa.distinct(Outcome.request_id))).where(
        Outcome.week == str(week), Outcome.request_id.is_not(None)
    )
    return session.scalars(decided).one() >= _count(session, Placement, grid)
