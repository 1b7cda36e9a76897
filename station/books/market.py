"""What is offered lies in escrow once, and what is made good waits in its account."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from station.errors import Violation
from station.ledger import Posting, Right
from station.makegoods import Makegood
from station.market.offers import OPEN_STATES, Offer, OfferedRight
from station.members import AccountKind, station_account


def adrift_in_escrow(session: Session) -> Iterator[Violation]:
    """What lies in escrow is in an open offer, and what an offer holds there lies there."""
    escrow = station_account(session, AccountKind.ESCROW)
    is_open = Offer.state.in_(OPEN_STATES)
    waiting = (
        sa.select(OfferedRight.right_id)
        .join(Offer, Offer.id == OfferedRight.offer_id)
        .where(OfferedRight.in_escrow == 1, is_open)
    )
    lost = sa.select(Right).where(Right.account_id == escrow, Right.id.not_in(waiting))
    for right in session.scalars(lost):
        yield Violation(
            "escrow", f"Right {right} lies in escrow without an open offer.", (str(right.id),)
        )
    gone = (
        sa.select(Offer.id, Right)
        .join(OfferedRight, OfferedRight.offer_id == Offer.id)
        .join(Right, Right.id == OfferedRight.right_id)
        .where(OfferedRight.in_escrow == 1, sa.or_(Right.account_id != escrow, ~is_open))
    )
    for offer_id, right in session.execute(gone):
        yield Violation(
            "escrow",
            f"Offer {offer_id} is over, or right {right} that it holds is not in escrow.",
            (str(offer_id), str(right.id)),
        )


def offered_twice(session: Session) -> Iterator[Violation]:
    """No right is in two open offers."""
    query = (
        sa.select(Right, sa.func.count())
        .join(OfferedRight, OfferedRight.right_id == Right.id)
        .join(Offer, Offer.id == OfferedRight.offer_id)
        .where(OfferedRight.in_escrow == 1, Offer.state.in_(OPEN_STATES))
        .group_by(Right.id)
        .having(sa.func.count() > 1)
    )
    for right, offers in session.execute(query):
        yield Violation(
            "one-offer", f"Right {right} is in {offers} open offers at once.", (str(right.id),)
        )


def undue_makegoods(session: Session) -> Iterator[Violation]:
    """A makegood is for a right that came into the makegood account from whom it was given to."""
    account_id = station_account(session, AccountKind.MAKEGOOD)
    owed, arrived, left = aliased(Right), aliased(Posting), aliased(Posting)
    same_move = sa.and_(left.right_id == owed.id, left.entry_id == arrived.entry_id)
    came_from_them = (
        sa.select(arrived.entry_id)
        .join(left, same_move)
        .where(
            arrived.right_id == owed.id,
            arrived.account_id == account_id,
            arrived.amount == 1,
            left.account_id == Right.origin_account_id,
            left.amount == -1,
        )
    )
    query = (
        sa.select(Right, owed)
        .join(Makegood, Makegood.right_id == Right.id)
        .join(owed, owed.id == Makegood.for_right_id)
        .where(sa.or_(owed.account_id != account_id, ~came_from_them.exists()))
    )
    for right, before in session.execute(query):
        yield Violation(
            "makegood",
            f"Right {right} was given for right {before}, which was not owed to its origin.",
            (str(right.id), str(before.id)),
        )


RULES = (adrift_in_escrow, offered_twice, undue_makegoods)
