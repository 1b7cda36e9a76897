"""At its deadline an offer returns, or waits for the operators when money may be under way."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.ledger import EntryKind, Right, lock
from station.market.limits import closes
from station.market.offers import (
    OPEN_STATES,
    Offer,
    OfferedRight,
    OfferState,
    change,
    give_back,
    leave_escrow,
)
from station.market.tell import News, tell
from station.members import AccountKind, station_account
from station.settings import Settings

UNCONFIRMED = "The buyer says the money was paid; the seller did not say that it came."
AT_DEADLINE = {
    OfferState.OPEN: (OfferState.LAPSED, News.LAPSED),
    OfferState.RESERVED: (OfferState.RETURNED, News.RETURNED),
}


def lapse(session: Session, settings: Settings, now: datetime) -> list[Offer]:
    """End every offer that passed its deadline; one that is said to be paid is disputed instead."""
    lock(session)
    states = [*AT_DEADLINE, OfferState.PAID]
    query = sa.select(Offer).where(Offer.state.in_(states), Offer.deadline <= now)
    over = list(session.scalars(query.order_by(Offer.id)))
    for offer in over:
        state = OfferState(offer.state)
        if state is OfferState.PAID:
            change(
                session,
                offer,
                [state],
                OfferState.DISPUTED,
                now,
                within_deadline=False,
                dispute=UNCONFIRMED,
            )
            tell(session, settings, offer, News.DISPUTED, now)
        else:
            after, news = AT_DEADLINE[state]
            give_back(session, offer, [state], after, now)
            tell(session, settings, offer, news, now)
    return over


def expire_disputed(session: Session, settings: Settings, now: datetime) -> int:
    """Let rights expire whose week closes while they are disputed; returns how many.

    Whoever wins the dispute gets what is left, and the operators settle the rest in words.
    """
    lock(session)
    query = (
        sa.select(Offer, Right)
        .join(OfferedRight, OfferedRight.offer_id == Offer.id)
        .join(Right, Right.id == OfferedRight.right_id)
        .where(Offer.state.in_(OPEN_STATES), OfferedRight.in_escrow == 1)
        .order_by(Offer.id, Right.id)
    )
    expired = station_account(session, AccountKind.EXPIRED)
    over = [
        (offer, right)
        for offer, right in session.execute(query).all()
        if offer.state == OfferState.DISPUTED
        and now >= closes(right.parsed_week(settings.zone), settings)
    ]
    for offer, right in over:
        leave_escrow(session, offer, expired, EntryKind.EXPIRED, now, [right])
        tell(session, settings, offer, News.EXPIRED, now, week=right.week)
    return len(over)
