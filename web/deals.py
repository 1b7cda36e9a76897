"""An offer is shown with who is on its other side and what each of the two does next."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.languages import gettext as _
from station.market.offers import (
    Offer,
    OfferKind,
    OfferState,
    listings,
    offers_from,
    offers_to,
)
from station.members import Person
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Deal:
    """One open offer as one of its two sides sees it; `other` is the person on the other side.

    `weeks` has one week for each right, earliest first.
    """

    offer: Offer
    weeks: tuple[Week, ...]
    other: Person | None

    @property
    def name(self) -> str:
        """Who is on the other side, as far as it is known."""
        return self.other.name if self.other else self.offer.friend or _("somebody")

    @property
    def gift(self) -> bool:
        """Whether it is given for nothing."""
        return self.offer.kind == OfferKind.GIFT

    @property
    def by_link(self) -> bool:
        """Whether whoever opens its link may take it."""
        return self.offer.link_hash is not None

    @property
    def reserved(self) -> bool:
        """Whether its buyer is to pay."""
        return self.offer.state == OfferState.RESERVED

    @property
    def paid(self) -> bool:
        """Whether its buyer says that the money is on its way."""
        return self.offer.state == OfferState.PAID

    @property
    def disputed(self) -> bool:
        """Whether the operators decide about it."""
        return self.offer.state == OfferState.DISPUTED

    @property
    def each_cents(self) -> int:
        """What one of its rights costs, rounded."""
        return round((self.offer.price_cents or 0) / len(self.weeks))


def deals_to(session: Session, settings: Settings, account_id: int) -> list[Deal]:
    """Gifts that wait for an answer, and sales this account has reserved."""
    return _deals(session, settings, offers_to(session, account_id), giver=True)


def deals_from(session: Session, settings: Settings, account_id: int) -> list[Deal]:
    """What an account offers."""
    return _deals(session, settings, offers_from(session, account_id), giver=False)


def deals_on_the_market(session: Session, settings: Settings) -> list[Deal]:
    """Everything for sale, earliest week and lowest price first."""
    found = _deals(session, settings, listings(session), giver=True)
    return sorted(found, key=lambda deal: (deal.weeks[0].monday, deal.offer.price_cents or 0))


def weeks_of(offer: Offer, settings: Settings) -> tuple[Week, ...]:
    """The week of each of an offer's rights, earliest first."""
    return tuple(right.parsed_week(settings.zone) for right in offer.rights)


def _deals(
    session: Session, settings: Settings, offers: Sequence[Offer], *, giver: bool
) -> list[Deal]:
    ids = {offer.giver_id if giver else offer.receiver_id for offer in offers}
    query = sa.select(Person).where(Person.account_id.in_(ids - {None}))
    people = {person.account_id: person for person in session.scalars(query)}
    return [
        Deal(
            offer,
            weeks_of(offer, settings),
            people.get((offer.giver_id if giver else offer.receiver_id) or 0),
        )
        for offer in offers
    ]
