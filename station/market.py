"""A right changes hands by a gift or a sale, once, however many people press at once.

An offered right lies in escrow, so nobody can use, give or sell it meanwhile; it goes to the
receiver or back to the giver. Members settle sales with each other: the station only keeps
who said what, and never holds their money.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.db import STRICT, Base
from station.errors import Refusal, WrongInput
from station.ledger import EntryKind, Right, move, require_holder
from station.members import AccountKind, Person, station_account, with_email
from station.rights import cutoff, release, require_open
from station.settings import Settings

GIFT_LASTS = timedelta(days=7)
PAYMENT_LASTS = timedelta(days=3)
HIGHEST_PRICE_CENTS = 100_000_00


class OfferKind(StrEnum):
    """Given for nothing, or for money."""

    GIFT = "gift"
    SALE = "sale"


class OfferState(StrEnum):
    """Where an offer stands; the first two are open, the others final."""

    OPEN = "open"
    RESERVED = "reserved"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Offer(Base):
    """A right on its way to another account. A sale has a price and, once reserved, a buyer."""

    __tablename__ = "offers"
    __table_args__ = (
        sa.Index(
            "uq_offers_open_right",
            "right_id",
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'reserved')"),
            postgresql_where=sa.text("state IN ('open', 'reserved')"),
        ),
        sa.CheckConstraint("(kind = 'sale') = (price_cents IS NOT NULL)", name="sale_has_price"),
        sa.CheckConstraint("price_cents > 0", name="price_above_zero"),
        sa.Index("ix_offers_giver_id", "giver_id"),
        sa.Index("ix_offers_receiver_id", "receiver_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"))
    giver_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    price_cents: Mapped[int | None]
    currency: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=OfferState.OPEN)
    deadline: Mapped[datetime]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    right: Mapped[Right] = relationship(lazy="joined")


def give(
    session: Session, settings: Settings, right_id: int, giver_id: int, email: str, now: datetime
) -> Offer:
    """Offer a right to another person as a gift; what it asked of the build is withdrawn.

    Raises Refusal `right-not-yours` or `week-closed`, WrongInput `receiver-unknown` or
    `receiver-self`.
    """
    receiver = with_email(session, email)
    if receiver is None:
        raise WrongInput("receiver-unknown", email=email.strip())
    if receiver.account_id == giver_id:
        raise WrongInput("receiver-self")
    offer = _offer(session, settings, right_id, giver_id, OfferKind.GIFT, now)
    offer.receiver_id = receiver.account_id
    session.flush()
    return offer


def sell(
    session: Session,
    settings: Settings,
    right_id: int,
    seller_id: int,
    price_cents: int,
    now: datetime,
) -> Offer:
    """List a right at a price for anyone to buy.

    Raises Refusal `right-not-yours` or `week-closed`, WrongInput `price-wrong`.
    """
    if not 0 < price_cents <= HIGHEST_PRICE_CENTS:
        raise WrongInput("price-wrong", highest=HIGHEST_PRICE_CENTS // 100)
    return _offer(session, settings, right_id, seller_id, OfferKind.SALE, now, price_cents)


def accept(
    session: Session, settings: Settings, offer_id: int, who: Person, now: datetime
) -> Offer:
    """Accept a gift. Raises Refusal `offer-not-yours`, `offer-ended` or `week-closed`."""
    offer = _offer_of(session, offer_id, OfferKind.GIFT)
    if offer.receiver_id != who.account_id:
        raise Refusal("offer-not-yours")
    _require_running(offer, settings, now)
    _end(session, offer, OfferState.OPEN, OfferState.ACCEPTED, now)
    _leave_escrow(session, offer, who.account_id, EntryKind.GIFT, now)
    return offer


def refuse(session: Session, offer_id: int, who: Person, now: datetime) -> Offer:
    """Refuse a gift; it returns to its giver. Raises Refusal `offer-not-yours` or `offer-ended`."""
    offer = _offer_of(session, offer_id, OfferKind.GIFT)
    if offer.receiver_id != who.account_id:
        raise Refusal("offer-not-yours")
    _end(session, offer, OfferState.OPEN, OfferState.REFUSED, now)
    _leave_escrow(session, offer, offer.giver_id, EntryKind.RETURN, now)
    return offer


def withdraw(session: Session, offer_id: int, who: Person, now: datetime) -> Offer:
    """Take an offer back that nobody took. Raises Refusal `offer-not-yours` or `offer-ended`."""
    offer = _offer_of(session, offer_id)
    if offer.giver_id != who.account_id:
        raise Refusal("offer-not-yours")
    _end(session, offer, OfferState.OPEN, OfferState.WITHDRAWN, now)
    _leave_escrow(session, offer, offer.giver_id, EntryKind.RETURN, now)
    return offer


def buy(session: Session, settings: Settings, offer_id: int, buyer: Person, now: datetime) -> Offer:
    """Reserve a listed right until its payment. Raises Refusal `offer-ended`, `offer-own`."""
    offer = _offer_of(session, offer_id, OfferKind.SALE)
    if offer.giver_id == buyer.account_id:
        raise Refusal("offer-own")
    _require_running(offer, settings, now)
    won = session.execute(
        sa.update(Offer)
        .where(Offer.id == offer.id, Offer.state == OfferState.OPEN)
        .values(
            state=OfferState.RESERVED,
            receiver_id=buyer.account_id,
            deadline=min(now + PAYMENT_LASTS, _closes(offer, settings)),
        )
        .returning(Offer.id)
    )
    if won.first() is None:
        raise Refusal("offer-ended")
    session.refresh(offer)
    return offer


def received(
    session: Session, settings: Settings, offer_id: int, seller: Person, now: datetime
) -> Offer:
    """The seller says the money came: the right goes to the buyer.

    Raises Refusal `offer-not-yours`, `offer-ended` or `week-closed`.
    """
    offer = _offer_of(session, offer_id, OfferKind.SALE)
    if offer.giver_id != seller.account_id or offer.receiver_id is None:
        raise Refusal("offer-not-yours")
    _require_running(offer, settings, now)
    _end(session, offer, OfferState.RESERVED, OfferState.ACCEPTED, now)
    _leave_escrow(session, offer, offer.receiver_id, EntryKind.SALE, now)
    return offer


def lapse(session: Session, now: datetime) -> list[Offer]:
    """Return every right whose offer passed its deadline to its giver."""
    query = sa.select(Offer).where(
        Offer.state.in_([OfferState.OPEN, OfferState.RESERVED]), Offer.deadline <= now
    )
    lapsed = list(session.scalars(query.order_by(Offer.id)))
    for offer in lapsed:
        _end(session, offer, OfferState(offer.state), OfferState.LAPSED, now)
        _leave_escrow(session, offer, offer.giver_id, EntryKind.RETURN, now)
    return lapsed


def offers_to(session: Session, account_id: int) -> list[Offer]:
    """Gifts that wait for an account's answer and sales it has reserved."""
    return _open_offers(session, Offer.receiver_id == account_id)


def offers_from(session: Session, account_id: int) -> list[Offer]:
    """What an account offers now."""
    return _open_offers(session, Offer.giver_id == account_id)


def listings(session: Session) -> list[Offer]:
    """Everything for sale now."""
    return _open_offers(
        session, sa.and_(Offer.kind == OfferKind.SALE, Offer.state == OfferState.OPEN)
    )


def sold_rights(session: Session, week: str) -> set[int]:
    """The rights of a week that their holder bought."""
    query = (
        sa.select(Offer.right_id)
        .join(Right, Right.id == Offer.right_id)
        .where(
            Right.week == week,
            Offer.kind == OfferKind.SALE,
            Offer.state == OfferState.ACCEPTED,
        )
    )
    return set(session.scalars(query))


def _open_offers(session: Session, which: sa.ColumnElement[bool]) -> list[Offer]:
    query = sa.select(Offer).where(which, Offer.state.in_([OfferState.OPEN, OfferState.RESERVED]))
    return list(session.scalars(query.order_by(Offer.id)))


def _offer(
    session: Session,
    settings: Settings,
    right_id: int,
    giver_id: int,
    kind: OfferKind,
    now: datetime,
    price_cents: int | None = None,
) -> Offer:
    right = require_holder(session, right_id, giver_id)
    week = require_open(right, settings, now)
    release(session, right.id)
    escrow = station_account(session, AccountKind.ESCROW)
    closes = cutoff(week, settings)
    offer = Offer(
        kind=kind,
        right_id=right.id,
        giver_id=giver_id,
        price_cents=price_cents,
        currency=settings.station.currency if price_cents else None,
        deadline=min(now + GIFT_LASTS, closes) if kind is OfferKind.GIFT else closes,
        made_at=now,
    )
    session.add(offer)
    session.flush()
    move(session, [right], giver_id, escrow, EntryKind.OFFER, now, f"offer {offer.id}")
    return offer


def _offer_of(session: Session, offer_id: int, kind: OfferKind | None = None) -> Offer:
    offer = session.get(Offer, offer_id)
    if offer is None or (kind is not None and offer.kind != kind):
        raise Refusal("offer-not-yours")
    return offer


def _closes(offer: Offer, settings: Settings) -> datetime:
    return cutoff(offer.right.parsed_week(settings.zone), settings)


def _require_running(offer: Offer, settings: Settings, now: datetime) -> None:
    require_open(offer.right, settings, now)
    if now >= offer.deadline:
        raise Refusal("offer-ended")


def _end(
    session: Session, offer: Offer, before: OfferState, after: OfferState, now: datetime
) -> None:
    ended = session.execute(
        sa.update(Offer)
        .where(Offer.id == offer.id, Offer.state == before)
        .values(state=after, ended_at=now)
        .returning(Offer.id)
    )
    if ended.first() is None:
        raise Refusal("offer-ended")
    session.refresh(offer)


def _leave_escrow(
    session: Session, offer: Offer, target_id: int, kind: EntryKind, now: datetime
) -> None:
    escrow = station_account(session, AccountKind.ESCROW)
    move(session, [offer.right], escrow, target_id, kind, now, f"offer {offer.id}")
