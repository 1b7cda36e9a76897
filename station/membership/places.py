"""A place is a member's, or waits for its fee; there are never more than the station can air.

Two limits hold: the cap on members, and for each week of a year the starts that can be sold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.errors import Refusal
from station.grid import makegood_reserve, sellable_by_week
from station.ledger import WEEKS_IN_A_YEAR, Right, lock
from station.makegoods import Makegood
from station.members import AccountKind, station_account
from station.membership.invoices import Invoice, InvoiceState
from station.membership.years import Membership, MembershipState
from station.rights import next_open_week
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Places:
    """How many places there are: `sellable` are the starts of the scarcest week of the year."""

    cap: int
    taken: int
    sellable: int
    left: int


@dataclass(frozen=True, slots=True)
class WeekRoom:
    """A week's sellable starts, and those that are issued or promised to members."""

    week: str
    sellable: int
    promised: int

    @property
    def left(self) -> int:
        """How many newcomers fit; below zero when too many were promised."""
        return self.sellable - self.promised


def places(session: Session, settings: Settings, now: datetime) -> Places:
    """How many places there are, are taken and are left."""
    cap, taken = settings.membership.cap, _taken(session)
    scarcest = _scarcest(session, settings, next_open_week(settings, now))
    left = cap - taken
    if not settings.station.oversubscribed:
        left = min(left, scarcest.left)
    return Places(cap, taken, scarcest.sellable, max(0, left))


def require_places(session: Session, settings: Settings, first: Week, newcomers: int) -> None:
    """Check that newcomers have places for the year from a week on, and keep others from them.

    Raises Refusal `members-full` at the cap, `station-full` when a week has too few starts.
    """
    lock(session)
    cap, taken = settings.membership.cap, _taken(session)
    if taken + newcomers > cap:
        room = max(0, cap - taken)
        raise Refusal("members-full", room=room, asked=newcomers, cap=cap, taken=taken)
    scarcest = _scarcest(session, settings, first)
    if newcomers > scarcest.left and not settings.station.oversubscribed:
        raise Refusal(
            "station-full",
            room=max(0, scarcest.left),
            asked=newcomers,
            sellable=scarcest.sellable,
            week=scarcest.week,
            held=scarcest.promised,
        )


def _taken(session: Session) -> int:
    active = sa.select(sa.func.count()).where(Membership.state == MembershipState.ACTIVE)
    return session.scalars(active).one() + _unpaid(session)


def _unpaid(session: Session) -> int:
    """Places that wait for their fee: what is asked of people who are no members yet."""
    members = sa.select(Membership.person_id).where(Membership.state == MembershipState.ACTIVE)
    query = sa.select(sa.func.count()).where(
        Invoice.state == InvoiceState.DUE, Invoice.person_id.not_in(members)
    )
    return session.scalars(query).one()


def _scarcest(session: Session, settings: Settings, first: Week) -> WeekRoom:
    """The week with the fewest starts left, of the year from `first` on."""
    weeks = [first.plus(n) for n in range(WEEKS_IN_A_YEAR)]
    sellable = sellable_by_week(session, weeks, settings)
    in_week, made_good = issued(session, weeks), _made_good(session, weeks)
    ending, unpaid = _ending(session), _unpaid(session)
    rooms = [
        WeekRoom(
            week=label,
            sellable=sellable[label],
            # Whoever's year ends before is expected to renew.
            promised=in_week.get(label, 0)
            + max(0, made_good.get(label, 0) - makegood_reserve(week, settings))
            + unpaid
            + sum(number for last_week, number in ending if last_week < label),
        )
        for label, week in zip(map(str, weeks), weeks, strict=True)
    ]
    return min(rooms, key=lambda room: room.left)


def issued(session: Session, weeks: Sequence[Week]) -> dict[str, int]:
    """Regular rights of each week that were not voided; makegoods have a reserve of their own."""
    voided = station_account(session, AccountKind.VOIDED)
    regular = Right.id.not_in(sa.select(Makegood.right_id))
    return _counted(session, weeks, regular, Right.account_id != voided)


def _made_good(session: Session, weeks: Sequence[Week]) -> dict[str, int]:
    """Makegoods of each week that were not put off."""
    put_off = station_account(session, AccountKind.MAKEGOOD)
    given = Right.id.in_(sa.select(Makegood.right_id))
    return _counted(session, weeks, given, Right.account_id != put_off)


def _counted(
    session: Session, weeks: Sequence[Week], *which: sa.ColumnElement[bool]
) -> dict[str, int]:
    query = sa.select(Right.week, sa.func.count()).where(
        Right.week.between(str(weeks[0]), str(weeks[-1])), *which
    )
    return dict(session.execute(query.group_by(Right.week)).all())


def _ending(session: Session) -> list[tuple[str, int]]:
    """How many active memberships end with each week."""
    query = (
        sa.select(Membership.last_week, sa.func.count())
        .where(Membership.state == MembershipState.ACTIVE)
        .group_by(Membership.last_week)
    )
    return [(week, number) for week, number in session.execute(query)]
