"""What did not air through no fault of its holder comes back as a right of a later week.

Such a right waits in the makegood account until a right is given for it, in the first open week
that has room. It keeps what was to air, and is good for a start that is worth as much or more.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, relationship

from station import grid
from station.airtime import Week
from station.db import Base
from station.errors import Refusal
from station.grid import Grid, GridState, Placement
from station.issuance import issue_one
from station.ledger import EntryKind, Posting, Right, lock, move, require_holder
from station.members import Account, AccountKind, station_account
from station.owed import Owed, tell_given, tell_ran_out
from station.rights import (
    Request,
    RequestState,
    ask,
    for_the_same,
    next_open_week,
    open_request,
    release,
    require_open,
    run_of,
)
from station.runs import rejoin
from station.settings import Settings
from station.wishes import Wish

MOST_AT_ONCE = 100

# A right that waits, the account that it came from, and what it asked for.
Waiting = tuple[Right, int, Request | None]


class Makegood(Base):
    """A right given for another; it airs at a start worth `least_worth` points or more.

    `last_week` is its expiry: unused, it comes back in a later week up to that one.
    """

    __tablename__ = "makegoods"

    right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"), primary_key=True)
    for_right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"), unique=True)
    least_worth: Mapped[int]
    last_week: Mapped[str]
    made_at: Mapped[datetime]

    right: Mapped[Right] = relationship(foreign_keys=[right_id])


def of(session: Session, right_ids: Collection[int] | sa.Select[int]) -> dict[int, Makegood]:
    """Those among some rights that are makegoods, by right id."""
    query = sa.select(Makegood).where(Makegood.right_id.in_(right_ids))
    return {one.right_id: one for one in session.scalars(query)}


def given_for(session: Session, right_ids: Collection[int]) -> dict[int, Makegood]:
    """The makegoods that were given for some rights, by the id of the right before."""
    query = sa.select(Makegood).where(Makegood.for_right_id.in_(right_ids))
    found = session.scalars(query.options(joinedload(Makegood.right)))
    return {one.for_right_id: one for one in found}


def room(session: Session, settings: Settings, week: Week) -> int:
    """How many more rights a week has starts for, the makegood reserve included.

    Where everybody airs in turn there is always room: whoever comes back takes a turn too.
    """
    gone = (AccountKind.VOIDED, AccountKind.MAKEGOOD)
    taken = (
        sa.select(sa.func.count(Right.id))
        .join(Account, Account.id == Right.account_id)
        .where(Right.week == str(week), Account.kind.not_in(gone))
    )
    starts = grid.open_starts(session, week, settings)
    if settings.station.oversubscribed:
        return starts
    return starts - session.scalars(taken).one()


def issue(session: Session, settings: Settings, now: datetime) -> int:
    """Give a right for each one that waits in the makegood account; returns how many were given.

    Where no week has room, the next time may find some; after the last week it expires. Many
    at once are given in turns, so that others can write meanwhile; those of a run in one.
    """
    # Whatever waits is given for once: two workers take turns.
    lock(session)
    account_id = station_account(session, AccountKind.MAKEGOOD)
    rooms: dict[str, int] = {}
    again: dict[Request, Request] = {}
    given = 0
    for together in _waiting(session, account_id):
        if given >= MOST_AT_ONCE:
            break
        for right, holder_id, request in together:
            owed = _owed(session, settings, right, holder_id, request)
            week = _first_with_room(session, settings, owed, rooms, now)
            if week is not None:
                made = _give(session, settings, owed, week, now)
                asked = open_request(session, made.id)
                if request is not None and asked is not None:
                    again[request] = asked
                tell_given(session, settings, owed, made, now)
                rooms[str(week)] -= 1
                given += 1
            elif owed.last_week < str(next_open_week(settings, now)):
                _expire(session, settings, owed, now)
    rejoin(session, again)
    return given


def put_off(
    session: Session,
    settings: Settings,
    right_id: int,
    holder_id: int,
    week: Week,
    now: datetime,
) -> Right:
    """Exchange a makegood for one of a later week that its holder chooses.

    Where it was in a run, that is withdrawn, and the new one asks for nothing. Raises Refusal
    `right-not-yours`, `week-closed`, `makegood-none`, `makegood-late` or `week-full`.
    """
    lock(session)
    right = require_holder(session, right_id, holder_id)
    require_open(right, settings, now)
    earlier = session.get(Makegood, right_id)
    if earlier is None:
        raise Refusal("makegood-none", right=right)
    if not right.week < str(week) <= earlier.last_week:
        raise Refusal("makegood-late", week=right.week, last=earlier.last_week)
    if room(session, settings, week) <= 0:
        raise Refusal("week-full", week=week)
    asked = open_request(session, right_id)
    if asked is not None and asked.run is not None:
        asked = None
    release(session, right_id)
    makegoods = station_account(session, AccountKind.MAKEGOOD)
    move(session, [right], holder_id, makegoods, EntryKind.MAKEGOOD, now, f"put off to {week}")
    owed = Owed(right, holder_id, asked, earlier.least_worth, earlier.last_week)
    return _give(session, settings, owed, week, now)


def _waiting(session: Session, account_id: int) -> list[list[Waiting]]:
    """The rights that nothing was given for yet, those of a run together."""
    arrived, left = aliased(Posting), aliased(Posting)
    asks = sa.and_(
        Request.right_id == Right.id,
        Request.account_id == left.account_id,
        Request.state == RequestState.OPEN,
    )
    query = (
        sa.select(Right, left.account_id, Request)
        .join(arrived, sa.and_(arrived.right_id == Right.id, arrived.account_id == account_id))
        .join(left, sa.and_(left.right_id == Right.id, left.entry_id == arrived.entry_id))
        .outerjoin(Request, asks)
        .outerjoin(Makegood, Makegood.for_right_id == Right.id)
        .where(Right.account_id == account_id, arrived.amount == 1, left.amount == -1)
        .where(Makegood.right_id.is_(None))
        .order_by(Right.week, Right.id)
    )
    found: dict[object, list[Waiting]] = {}
    for right, holder_id, request in session.execute(query).all():
        run = None if request is None else request.run
        found.setdefault(run or right.id, []).append((right, holder_id, request))
    return [together for together in found.values() if not _rest_is_to_come(session, together)]


def _rest_is_to_come(session: Session, together: list[Waiting]) -> bool:
    """Whether slots of the same run have still to end: what of it is owed comes back together."""
    _, holder_id, request = together[0]
    whole = [] if request is None else run_of(session, request)
    return any(one.right.account_id == holder_id for one in whole)


def _owed(
    session: Session, settings: Settings, right: Right, holder_id: int, request: Request | None
) -> Owed:
    earlier = session.get(Makegood, right.id)
    worth = _worth_planned(session, right, holder_id)
    least_worth = max(worth or 0, earlier.least_worth if earlier else 0)
    if earlier is not None and request is None and worth is None:
        return Owed(right, holder_id, None, least_worth, earlier.last_week, unused=True)
    # What is missed again counts from there.
    last_week = right.parsed_week(settings.zone).plus(settings.rules.makegood_weeks)
    return Owed(right, holder_id, request, least_worth, str(last_week))


def _worth_planned(session: Session, right: Right, holder_id: int) -> int | None:
    """What the start was worth that the published grid gave it, in points."""
    query = (
        sa.select(sa.func.max(Placement.worth))
        .join(Grid, Grid.id == Placement.grid_id)
        .join(Request, Request.id == Placement.request_id)
        .where(
            Request.right_id == right.id,
            Request.account_id == holder_id,
            Grid.state == GridState.PUBLISHED,
        )
    )
    return session.scalars(query).one()


def _first_with_room(
    session: Session, settings: Settings, owed: Owed, rooms: dict[str, int], now: datetime
) -> Week | None:
    """The first week that it can come back in; `rooms` keeps what was counted before."""
    after = owed.right.parsed_week(settings.zone).plus(1)
    week = max(next_open_week(settings, now), after, key=str)
    while str(week) <= owed.last_week:
        if str(week) not in rooms:
            rooms[str(week)] = room(session, settings, week)
        if rooms[str(week)] > 0:
            return week
        week = week.plus(1)
    return None


def _give(session: Session, settings: Settings, owed: Owed, week: Week, now: datetime) -> Right:
    """Issue the right that makes another one good, asking for the same again."""
    before = owed.right
    reference = f"right {before.id}"
    right = issue_one(session, owed.holder_id, week, EntryKind.MAKEGOOD, now, reference)
    session.add(
        Makegood(
            right_id=right.id,
            for_right_id=before.id,
            least_worth=owed.least_worth,
            last_week=owed.last_week,
            made_at=now,
        )
    )
    session.flush()
    if owed.request is not None:
        wishes = _wishes_in(owed.request, week, settings)
        ask(session, [for_the_same(right, owed.request, wishes, now)], now)
    return right


def _wishes_in(request: Request, week: Week, settings: Settings) -> list[Wish]:
    """A request's wishes for another week; a daypart that is no more is left out."""
    before = Week.parse(request.week, settings.zone)
    weeks = (week.monday - before.monday).days // 7
    known = [one for one in request.wished if one.daypart in (None, *settings.dayparts)]
    return [wish.later(weeks, settings.zone) for wish in known]


def _expire(session: Session, settings: Settings, owed: Owed, now: datetime) -> None:
    expired = station_account(session, AccountKind.EXPIRED)
    right = owed.right
    reference = f"no room until {owed.last_week}"
    move(session, [right], right.account_id, expired, EntryKind.EXPIRED, now, reference)
    tell_ran_out(session, settings, owed, now)
