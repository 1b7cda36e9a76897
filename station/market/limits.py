"""What stops abuse: how many rights of a week one may hold, who may receive, and until when."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.ledger import Entry, EntryKind, Posting, Right, require_held
from station.members import Account, AccountKind, Person
from station.moments import deadline_text, local_text
from station.settings import Settings


def closes(week: Week, settings: Settings) -> datetime:
    """When transfers of a week's rights close."""
    hours = settings.market.transfers_close_hours
    if hours is None:
        hours = settings.week.uploads_close_hours
    return week.span.start - timedelta(hours=hours)


def require_movable(
    session: Session,
    settings: Settings,
    right_ids: Collection[int],
    holder_id: int,
    now: datetime,
) -> list[Right]:
    """Some of an account's rights, when each may be passed on now.

    Raises WrongInput `rights-missing` for none, Refusal `right-not-yours`, `week-closed` or
    `right-cooling`.
    """
    if not right_ids:
        raise WrongInput("rights-missing")
    rights = require_held(session, right_ids, holder_id)
    for right in rights:
        require_transfers_open(right, settings, now)
    _require_cooled(session, settings, rights, holder_id, now)
    return rights


def require_transfers_open(right: Right, settings: Settings, now: datetime) -> None:
    """Check that a right may still change hands. Raises Refusal `week-closed`."""
    week = right.parsed_week(settings.zone)
    ends = closes(week, settings)
    if now >= ends:
        raise Refusal("week-closed", week=week, closed=deadline_text(ends, settings))


def require_may_receive(
    session: Session, settings: Settings, receiver: Person, rights: Sequence[Right]
) -> None:
    """Check that a person may hold some more rights, while the caller holds the ledger's lock.

    Raises Refusal `receiver-not-member` or `rights-too-many`.
    """
    account = session.get_one(Account, receiver.account_id)
    if settings.market.receivers == "members" and account.kind != AccountKind.MEMBER:
        raise Refusal("receiver-not-member")
    most = settings.market.most_rights_per_week
    if most == 0:
        return
    weeks = {right.week for right in rights}
    ids = {right.id: right.week for right in rights}
    already = _held_or_reserved(session, account.id, weeks)
    for week, count in sorted(Counter({**already, **ids}.values()).items()):
        if count > most:
            has = sum(1 for key, where in already.items() if where == week and key not in ids)
            raise Refusal("rights-too-many", week=week, most=most, has=has)


def _held_or_reserved(session: Session, account_id: int, weeks: Collection[str]) -> dict[int, str]:
    """The weeks, by right id, of what an account holds or has reserved of some weeks."""
    from station.market.offers import WITH_BUYER, Offer, OfferedRight

    held = sa.select(Right.id, Right.week).where(Right.account_id == account_id)
    reserved = (
        sa.select(Right.id, Right.week)
        .join(OfferedRight, OfferedRight.right_id == Right.id)
        .join(Offer, Offer.id == OfferedRight.offer_id)
        .where(
            Offer.receiver_id == account_id,
            Offer.state.in_(WITH_BUYER),
            OfferedRight.in_escrow == 1,
        )
    )
    both = sa.union(held.where(Right.week.in_(weeks)), reserved.where(Right.week.in_(weeks)))
    return dict(session.execute(both).all())


def _require_cooled(
    session: Session, settings: Settings, rights: Sequence[Right], holder_id: int, now: datetime
) -> None:
    cooling = timedelta(hours=settings.market.cooling_off_hours)
    if not cooling:
        return
    query = (
        sa.select(Right.week, Entry.at)
        .join(Posting, Posting.right_id == Right.id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            Posting.right_id.in_([right.id for right in rights]),
            Posting.account_id == holder_id,
            Posting.amount == 1,
            Entry.kind.in_([EntryKind.GIFT, EntryKind.SALE]),
        )
        .order_by(Entry.at.desc(), Right.week)
        .limit(1)
    )
    for week, arrived in session.execute(query):
        if now < arrived + cooling:
            until = local_text(arrived + cooling, settings)
            raise Refusal("right-cooling", week=week, until=until)
