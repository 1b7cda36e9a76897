"""A sale is listed, reserved, paid from member to member, and settled, or it is returned.

The station never holds the money: the buyer says "paid", the seller says "received", and when
the two disagree an operator decides.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.ledger import EntryKind
from station.market.limits import require_may_receive
from station.market.offers import (
    WITH_BUYER,
    Offer,
    OfferKind,
    OfferState,
    change,
    first_close,
    give_back,
    leave_escrow,
    put_in_escrow,
    require_offer,
)
from station.market.tell import News, tell
from station.members import Person
from station.money import MoneyKind, record
from station.rights import clean_text
from station.settings import Settings

HIGHEST_PRICE_CENTS = 1_000_000_00
LONGEST_DISPUTE = 500


def sell(
    session: Session,
    settings: Settings,
    right_ids: Collection[int],
    seller_id: int,
    price_cents: int,
    now: datetime,
) -> Offer:
    """List rights together at one price for anyone to buy.

    Raises Refusal `right-not-yours`, `week-closed` or `right-cooling`, WrongInput `price-wrong`.
    """
    if not 0 < price_cents <= HIGHEST_PRICE_CENTS:
        raise WrongInput("price-wrong", highest=HIGHEST_PRICE_CENTS // 100)
    offer = Offer(
        kind=OfferKind.SALE,
        giver_id=seller_id,
        price_cents=price_cents,
        currency=settings.station.currency,
        deadline=now + timedelta(weeks=53),
    )
    return put_in_escrow(session, settings, offer, right_ids, now)


def reserve(
    session: Session, settings: Settings, offer_id: int, buyer: Person, now: datetime
) -> Offer:
    """Reserve a listed offer until its payment.

    Raises Refusal `offer-ended`, `offer-own`, `receiver-not-member` or `rights-too-many`.
    """
    offer = require_offer(session, offer_id, OfferKind.SALE)
    if offer.giver_id == buyer.account_id:
        raise Refusal("offer-own")
    change(
        session,
        offer,
        [OfferState.OPEN],
        OfferState.RESERVED,
        now,
        receiver_id=buyer.account_id,
        deadline=_payment_deadline(settings, offer, now),
    )
    require_may_receive(session, settings, buyer, offer.rights)
    tell(session, settings, offer, News.RESERVED, now)
    return offer


def paid(
    session: Session, settings: Settings, offer_id: int, buyer: Person, now: datetime
) -> Offer:
    """The buyer says that the money is on its way. Raises Refusal `offer-not-yours`, `offer-ended`.

    From now on the sale no longer lapses by itself: unless the seller has received the money
    by the new deadline, an operator decides.
    """
    offer = _bought(session, offer_id, buyer)
    deadline = _payment_deadline(settings, offer, now)
    change(session, offer, [OfferState.RESERVED], OfferState.PAID, now, deadline=deadline)
    tell(session, settings, offer, News.PAID, now)
    return offer


def received(
    session: Session, settings: Settings, offer_id: int, seller: Person, now: datetime
) -> Offer:
    """The seller says that the money came: the rights go to the buyer.

    Raises Refusal `offer-not-yours` or `offer-ended`.
    """
    offer = require_offer(session, offer_id, OfferKind.SALE)
    if offer.giver_id != seller.account_id:
        raise Refusal("offer-not-yours")
    _settle(session, settings, offer, WITH_BUYER, now)
    return offer


def release_reservation(
    session: Session, settings: Settings, offer_id: int, buyer: Person, now: datetime
) -> Offer:
    """The buyer steps back before paying. Raises Refusal `offer-not-yours` or `offer-ended`."""
    offer = _bought(session, offer_id, buyer)
    give_back(session, offer, [OfferState.RESERVED], OfferState.RETURNED, now)
    tell(session, settings, offer, News.RETURNED, now)
    return offer


def dispute(
    session: Session, settings: Settings, offer_id: int, who: Person, why: str, now: datetime
) -> Offer:
    """Either side asks the operators to decide about a sale that was said to be paid.

    Raises Refusal `offer-not-yours` or `offer-ended`, WrongInput `text-missing` or `text-long`.
    """
    offer = require_offer(session, offer_id, OfferKind.SALE)
    if who.account_id not in (offer.giver_id, offer.receiver_id):
        raise Refusal("offer-not-yours")
    why = clean_text(why, _("reason"), LONGEST_DISPUTE)
    change(
        session,
        offer,
        [OfferState.PAID],
        OfferState.DISPUTED,
        now,
        within_deadline=False,
        dispute=why,
    )
    tell(session, settings, offer, News.DISPUTED, now)
    return offer


def resolve(
    session: Session, settings: Settings, offer_id: int, now: datetime, *, to_buyer: bool
) -> Offer:
    """An operator decides a dispute. Raises Refusal `offer-not-yours` or `offer-ended`."""
    offer = require_offer(session, offer_id, OfferKind.SALE)
    if to_buyer:
        _settle(session, settings, offer, [OfferState.DISPUTED], now)
    else:
        give_back(session, offer, [OfferState.DISPUTED], OfferState.RETURNED, now)
        tell(session, settings, offer, News.RETURNED, now)
    return offer


def _settle(
    session: Session,
    settings: Settings,
    offer: Offer,
    before: Collection[OfferState],
    now: datetime,
) -> None:
    change(session, offer, before, OfferState.ACCEPTED, now, within_deadline=False)
    buyer_id, price_cents, currency = offer.receiver_id, offer.price_cents, offer.currency
    if buyer_id is None or price_cents is None or currency is None:
        raise LookupError(f"sale {offer.id} has no buyer or no price")
    leave_escrow(session, offer, buyer_id, EntryKind.SALE, now)
    record(
        session,
        MoneyKind.SALE,
        buyer_id,
        price_cents,
        currency,
        offer.reference,
        now,
        other_account_id=offer.giver_id,
    )
    tell(session, settings, offer, News.SETTLED, now)


def _bought(session: Session, offer_id: int, buyer: Person) -> Offer:
    offer = require_offer(session, offer_id, OfferKind.SALE)
    if offer.receiver_id != buyer.account_id:
        raise Refusal("offer-not-yours")
    return offer


def _payment_deadline(settings: Settings, offer: Offer, now: datetime) -> datetime:
    lasts = timedelta(days=settings.market.payment_days)
    return min(now + lasts, first_close(offer.rights, settings))
