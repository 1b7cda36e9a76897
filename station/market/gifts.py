"""A gift is offered to a person, or by a link to a friend who is not one yet."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.ledger import EntryKind
from station.market.limits import require_may_receive
from station.market.offers import (
    Offer,
    OfferKind,
    OfferState,
    change,
    give_back,
    leave_escrow,
    put_in_escrow,
    require_offer,
)
from station.market.tell import News, tell, tell_friend
from station.members import (
    LONGEST_TEXT,
    AccountKind,
    Applicant,
    Person,
    admit,
    clean_email,
    with_email,
)
from station.rights import clean_text
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift that was offered; `token` makes the link for a friend, and is told only once."""

    offer: Offer
    token: str | None = None


def give(
    session: Session,
    settings: Settings,
    right_ids: Collection[int],
    giver_id: int,
    email: str,
    now: datetime,
) -> Gift:
    """Offer rights to the person with an address.

    Raises Refusal `right-not-yours`, `week-closed`, `right-cooling`, `receiver-not-member` or
    `rights-too-many`, WrongInput `receiver-unknown` or `receiver-self`.
    """
    receiver = with_email(session, email)
    if receiver is None:
        raise WrongInput("receiver-unknown", email=email.strip())
    if receiver.account_id == giver_id:
        raise WrongInput("receiver-self")
    offer = _gift(settings, giver_id, now)
    offer.receiver_id = receiver.account_id
    put_in_escrow(session, settings, offer, right_ids, now)
    # Said now rather than when the receiver accepts: the giver can still choose another.
    require_may_receive(session, settings, receiver, offer.rights)
    tell(session, settings, offer, News.OFFERED, now)
    return Gift(offer)


def give_by_link(
    session: Session,
    settings: Settings,
    right_ids: Collection[int],
    giver_id: int,
    friend: str,
    now: datetime,
    email: str = "",
) -> Gift:
    """Offer rights to whoever opens a link; `friend` says whom it is meant for.

    With the friend's address the station writes them a letter too. Raises Refusal
    `right-not-yours`, `week-closed`, `right-cooling` or `receiver-not-member`, WrongInput
    `text-missing`, `text-long` or `email-wrong`.
    """
    if settings.market.receivers == "members":
        raise Refusal("receiver-not-member")
    token = secrets.token_urlsafe(24)
    offer = _gift(settings, giver_id, now)
    offer.friend = clean_text(friend, _("name of your friend"), LONGEST_TEXT)
    offer.link_hash = _hash(token)
    put_in_escrow(session, settings, offer, right_ids, now)
    if email:
        tell_friend(session, settings, offer, clean_email(email), link(settings, token))
    return Gift(offer, token)


def given_since(session: Session, giver_id: int, since: datetime) -> int:
    """How many gifts an account has offered since an instant, whatever became of them."""
    mine = (Offer.kind == OfferKind.GIFT, Offer.giver_id == giver_id, Offer.made_at > since)
    return session.scalars(sa.select(sa.func.count()).select_from(Offer).where(*mine)).one()


def renew_link(session: Session, offer_id: int, giver: Person, now: datetime) -> Gift:
    """Make another link for a gift that waits for its friend; the old link is worthless then.

    Raises Refusal `offer-not-yours` or `offer-ended`.
    """
    offer = require_offer(session, offer_id, OfferKind.GIFT)
    if offer.giver_id != giver.account_id or offer.link_hash is None:
        raise Refusal("offer-not-yours")
    token = secrets.token_urlsafe(24)
    change(session, offer, [OfferState.OPEN], OfferState.OPEN, now, link_hash=_hash(token))
    return Gift(offer, token)


def link(settings: Settings, token: str) -> str:
    """The address that a gift's link leads to."""
    return f"{settings.web_url}/gift/{token}"


def by_link(session: Session, token: str, now: datetime) -> Offer:
    """The gift that a link is for. Raises Refusal `offer-ended` once it was answered."""
    query = sa.select(Offer).where(
        Offer.link_hash == _hash(token), Offer.state == OfferState.OPEN, Offer.deadline > now
    )
    offer = session.scalars(query).one_or_none()
    if offer is None:
        raise Refusal("offer-ended")
    return offer


def accept(
    session: Session, settings: Settings, offer_id: int, who: Person, now: datetime
) -> Offer:
    """Accept a gift.

    Raises Refusal `offer-not-yours`, `offer-ended`, `receiver-not-member`, `rights-too-many`.
    """
    offer = require_offer(session, offer_id, OfferKind.GIFT)
    if offer.receiver_id != who.account_id:
        raise Refusal("offer-not-yours")
    return _take(session, settings, offer, who, now)


def accept_by_link(
    session: Session, settings: Settings, token: str, who: Person | Applicant, now: datetime
) -> tuple[Offer, Person]:
    """Accept a gift by its link, as somebody who is here or as somebody new.

    Raises Refusal `offer-ended`, `email-taken`, `offer-own`, `receiver-not-member` or
    `rights-too-many`.
    """
    offer = by_link(session, token, now)
    if isinstance(who, Applicant):
        who = admit(session, who, now, AccountKind.BUYER)
    if who.account_id == offer.giver_id:
        raise Refusal("offer-own")
    return _take(session, settings, offer, who, now), who


def refuse(
    session: Session, settings: Settings, offer_id: int, who: Person, now: datetime
) -> Offer:
    """Refuse a gift; it returns to its giver. Raises Refusal `offer-not-yours` or `offer-ended`."""
    offer = require_offer(session, offer_id, OfferKind.GIFT)
    if offer.receiver_id != who.account_id:
        raise Refusal("offer-not-yours")
    return _refuse(session, settings, offer, now)


def refuse_by_link(session: Session, settings: Settings, token: str, now: datetime) -> Offer:
    """Refuse a gift by its link. Raises Refusal `offer-ended`."""
    offer = by_link(session, token, now)
    return _refuse(session, settings, offer, now)


def _gift(settings: Settings, giver_id: int, now: datetime) -> Offer:
    lasts = timedelta(days=settings.market.gift_days)
    return Offer(kind=OfferKind.GIFT, giver_id=giver_id, deadline=now + lasts)


def _take(
    session: Session, settings: Settings, offer: Offer, receiver: Person, now: datetime
) -> Offer:
    change(
        session,
        offer,
        [OfferState.OPEN],
        OfferState.ACCEPTED,
        now,
        receiver_id=receiver.account_id,
        link_hash=None,
    )
    require_may_receive(session, settings, receiver, offer.rights)
    leave_escrow(session, offer, receiver.account_id, EntryKind.GIFT, now)
    tell(session, settings, offer, News.ACCEPTED, now)
    return offer


def _refuse(session: Session, settings: Settings, offer: Offer, now: datetime) -> Offer:
    give_back(session, offer, [OfferState.OPEN], OfferState.REFUSED, now)
    tell(session, settings, offer, News.REFUSED, now)
    return offer


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
