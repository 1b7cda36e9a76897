"""An offer is one or more rights on their way to another account; they lie in escrow meanwhile.

Nobody can use, give or sell what lies in escrow: it goes to the receiver or back to the giver,
all of it at once. Whoever answers an offer changes its state by one conditional update that
also compares its deadline, so one answer wins however many are given at once.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal
from station.ledger import EntryKind, Right, lock, move
from station.market.limits import closes, require_movable
from station.members import AccountKind, Person, station_account
from station.rights import release
from station.settings import Settings


class OfferKind(StrEnum):
    """Given for nothing, or for money."""

    GIFT = "gift"
    SALE = "sale"


class OfferState(StrEnum):
    """Where an offer stands; the first four are open, the others final.

    A sale is `reserved` by its buyer, `paid` once they say so, and `disputed` when the seller
    has not seen the money by then; it is `returned` when it was not paid in time or its
    operator decided so.
    """

    OPEN = "open"
    RESERVED = "reserved"
    PAID = "paid"
    DISPUTED = "disputed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    RETURNED = "returned"


OPEN_STATES = (OfferState.OPEN, OfferState.RESERVED, OfferState.PAID, OfferState.DISPUTED)
WITH_BUYER = (OfferState.RESERVED, OfferState.PAID, OfferState.DISPUTED)


class OfferedRight(Base):
    """One right of an offer; `in_escrow` until it leaves it."""

    __tablename__ = "offered_rights"
    __table_args__ = (
        sa.Index(
            "uq_offered_rights_in_escrow",
            "right_id",
            unique=True,
            sqlite_where=sa.text("in_escrow = 1"),
            postgresql_where=sa.text("in_escrow = 1"),
        ),
        sa.Index("ix_offered_rights_right_id", "right_id"),
        STRICT,
    )

    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("offers.id"), primary_key=True)
    right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"), primary_key=True)
    in_escrow: Mapped[bool] = mapped_column(default=True)


class Offer(Base):
    """Rights on their way to another account. A sale has one price for all of them.

    A gift to somebody who is not here yet has no receiver but a link, of which only the hash
    is kept; `friend` says whom it is for. `dispute` is what a side said about the payment.
    """

    __tablename__ = "offers"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'sale') = (price_cents IS NOT NULL)", name="sale_has_price"),
        sa.CheckConstraint("price_cents > 0", name="price_above_zero"),
        sa.Index("ix_offers_giver_id", "giver_id"),
        sa.Index("ix_offers_receiver_id", "receiver_id"),
        sa.Index("ix_offers_state_deadline", "state", "deadline"),
        sa.Index("uq_offers_link_hash", "link_hash", unique=True),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    giver_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    friend: Mapped[str] = mapped_column(default="")
    link_hash: Mapped[str | None]
    price_cents: Mapped[int | None]
    currency: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=OfferState.OPEN)
    deadline: Mapped[datetime]
    dispute: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    rights: Mapped[list[Right]] = relationship(
        secondary="offered_rights", order_by=(Right.week, Right.id), viewonly=True, lazy="selectin"
    )

    @property
    def reference(self) -> str:
        """What its buyer writes on the payment, and the books beside its money."""
        return f"MWEYA-{self.id}"


def put_in_escrow(
    session: Session,
    settings: Settings,
    offer: Offer,
    right_ids: Collection[int],
    now: datetime,
) -> Offer:
    """Make an offer of some of its giver's rights; what they asked of the build is withdrawn.

    It lasts until its own deadline, and never longer than transfers of its first week. Raises
    Refusal `right-not-yours`, `week-closed` or `right-cooling`, WrongInput `rights-missing`.
    """
    lock(session)
    rights = require_movable(session, settings, right_ids, offer.giver_id, now)
    for right in rights:
        release(session, right.id)
    offer.made_at = now
    offer.deadline = min(offer.deadline, first_close(rights, settings))
    session.add(offer)
    session.flush()
    session.add_all(OfferedRight(offer_id=offer.id, right_id=right.id) for right in rights)
    session.flush()
    session.refresh(offer)
    escrow = station_account(session, AccountKind.ESCROW)
    move(session, rights, offer.giver_id, escrow, EntryKind.OFFER, now, f"offer {offer.id}")
    return offer


def first_close(rights: Sequence[Right], settings: Settings) -> datetime:
    """When transfers of the earliest week among some rights close."""
    return min(closes(right.parsed_week(settings.zone), settings) for right in rights)


def require_offer(session: Session, offer_id: int, kind: OfferKind | None = None) -> Offer:
    """An offer of a kind. Raises Refusal `offer-not-yours`."""
    offer = session.get(Offer, offer_id)
    if offer is None or (kind is not None and offer.kind != kind):
        raise Refusal("offer-not-yours")
    return offer


def change(
    session: Session,
    offer: Offer,
    before: Collection[OfferState],
    after: OfferState,
    now: datetime,
    *,
    within_deadline: bool = True,
    **values: Any,
) -> None:
    """Change an offer's state, once. Raises Refusal `offer-ended` when somebody was quicker.

    Unless told otherwise, it must not have passed its deadline, which the same statement
    compares.
    """
    lock(session)
    if after not in OPEN_STATES:
        values["ended_at"] = now
    where = [Offer.id == offer.id, Offer.state.in_(before)]
    if within_deadline:
        where.append(Offer.deadline > now)
    if not compare_and_set(session, Offer, *where, state=after, **values):
        raise Refusal("offer-ended")
    session.refresh(offer)


def leave_escrow(
    session: Session,
    offer: Offer,
    target_id: int,
    kind: EntryKind,
    now: datetime,
    rights: Sequence[Right] | None = None,
) -> None:
    """Move an offer's rights, or some of them, out of escrow."""
    waiting = rights if rights is not None else rights_in_escrow(session, offer)
    if not waiting:
        return
    session.execute(
        sa.update(OfferedRight)
        .where(
            OfferedRight.offer_id == offer.id,
            OfferedRight.right_id.in_([right.id for right in waiting]),
        )
        .values(in_escrow=False)
    )
    escrow = station_account(session, AccountKind.ESCROW)
    move(session, waiting, escrow, target_id, kind, now, f"offer {offer.id}")


def rights_in_escrow(session: Session, offer: Offer) -> list[Right]:
    """Those of an offer's rights that still lie in escrow, in the order of their ids."""
    query = (
        sa.select(Right)
        .join(OfferedRight, OfferedRight.right_id == Right.id)
        .where(OfferedRight.offer_id == offer.id, OfferedRight.in_escrow == 1)
    )
    return list(session.scalars(query.order_by(Right.id)))


def withdraw(session: Session, offer_id: int, who: Person, now: datetime) -> Offer:
    """Take an offer back that nobody took. Raises Refusal `offer-not-yours` or `offer-ended`."""
    offer = require_offer(session, offer_id)
    if offer.giver_id != who.account_id:
        raise Refusal("offer-not-yours")
    give_back(session, offer, [OfferState.OPEN], OfferState.WITHDRAWN, now)
    return offer


def give_back(
    session: Session,
    offer: Offer,
    before: Collection[OfferState],
    after: OfferState,
    now: datetime,
) -> None:
    """End an offer and return its rights to their giver, whatever its deadline says."""
    change(session, offer, before, after, now, within_deadline=False)
    leave_escrow(session, offer, offer.giver_id, EntryKind.RETURN, now)


def offers_to(session: Session, account_id: int) -> list[Offer]:
    """Gifts that wait for an account's answer, and sales it has reserved."""
    return _open_offers(session, Offer.receiver_id == account_id)


def offers_from(session: Session, account_id: int) -> list[Offer]:
    """What an account offers now."""
    return _open_offers(session, Offer.giver_id == account_id)


def listings(session: Session) -> list[Offer]:
    """Everything for sale now."""
    return _open_offers(
        session, sa.and_(Offer.kind == OfferKind.SALE, Offer.state == OfferState.OPEN)
    )


def disputes(session: Session) -> list[Offer]:
    """Sales that wait for the operator's decision."""
    return _open_offers(session, Offer.state == OfferState.DISPUTED)


def sold_rights(session: Session, week: str) -> set[int]:
    """The rights of a week that their holder bought."""
    query = (
        sa.select(OfferedRight.right_id)
        .join(Offer, Offer.id == OfferedRight.offer_id)
        .join(Right, Right.id == OfferedRight.right_id)
        .where(
            Right.week == week,
            Offer.kind == OfferKind.SALE,
            Offer.state == OfferState.ACCEPTED,
        )
    )
    return set(session.scalars(query))


def _open_offers(session: Session, which: sa.ColumnElement[bool]) -> list[Offer]:
    query = sa.select(Offer).where(which, Offer.state.in_(OPEN_STATES))
    return list(session.scalars(query.order_by(Offer.id)))
