"""A year that is given back is voided: its rights that are still in hand leave the station."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.errors import Refusal
from station.ledger import Entry, EntryKind, Posting, Right, move
from station.market.offers import WITH_BUYER, offers_from, withdraw
from station.members import AccountKind, Person, station_account
from station.rights import next_open_week, release
from station.settings import Settings


def void_year(
    session: Session, settings: Settings, person: Person, since: datetime, now: datetime
) -> int:
    """Void what was issued to a person since an instant and is still theirs; returns how many.

    Their own open offers are withdrawn first. Rights of closed weeks, and those that have gone
    to others, stay where they are. Raises Refusal `cancel-sale` while a sale is under way.
    """
    offers = offers_from(session, person.account_id)
    if any(offer.state in WITH_BUYER for offer in offers):
        raise Refusal("cancel-sale")
    for offer in offers:
        withdraw(session, offer.id, person, now)
    rights = _issued(session, person.account_id, str(next_open_week(settings, now)), since)
    for right in rights:
        release(session, right.id)
    if rights:
        voided = station_account(session, AccountKind.VOIDED)
        move(session, rights, person.account_id, voided, EntryKind.VOID, now)
    return len(rights)


def _issued(session: Session, account_id: int, first_open: str, since: datetime) -> list[Right]:
    issued = (
        sa.select(Posting.right_id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(
            Posting.account_id == account_id,
            Entry.kind == EntryKind.ISSUE,
            Entry.at >= since,
        )
    )
    query = sa.select(Right).where(
        Right.account_id == account_id, Right.week >= first_open, Right.id.in_(issued)
    )
    # Whoever is just sending something for one of them is waited for.
    return list(session.scalars(query.order_by(Right.id).with_for_update()))
