"""An offer is shown with who is on its other side and what each of the two does next."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.market.offers import (
    WITH_BUYER,
    Offer,
    OfferKind,
    listings,
    offers_from,
    offers_to,
)
from station.members import Person
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Deal:
    """One open offer as one of its two sides sees it; `other` is the person on the other side."""

    offer: Offer
    week: Week
    other: Person | None

    @property
    def reference(self) -> str:
        """What the buyer writes on the payment, so that the seller knows it."""
        return self.offer.reference

    @property
    def gift(self) -> bool:
        """Whether it is given for nothing."""
        return self.offer.kind == OfferKind.GIFT

    @property
    def reserved(self) -> bool:
        """Whether a buyer has reserved it and is to pay."""
        return self.offer.state in WITH_BUYER


def listed(offer: Offer) -> str:
    """An offer's rights, by week and number."""
    return ", ".join(map(str, offer.rights))


def deals_to(session: Session, settings: Settings, account_id: int) -> list[Deal]:
    """Gifts that wait for an answer, and sales this account has reserved."""
    return _deals(session, settings, offers_to(session, account_id), giver=True)


def deals_from(session: Session, settings: Settings, account_id: int) -> list[Deal]:
    """What an account offers."""
    return _deals(session, settings, offers_from(session, account_id), giver=False)


def deals_on_the_market(session: Session, settings: Settings) -> list[Deal]:
    """Everything for sale, earliest week and lowest price first."""
    found = _deals(session, settings, listings(session), giver=True)
    return sorted(found, key=lambda deal: (deal.week.monday, deal.offer.price_cents or 0))


def _deals(session: Session, settings: Settings, offers: list[Offer], *, giver: bool) -> list[Deal]:
    ids = {offer.giver_id if giver else offer.receiver_id for offer in offers}
    query = sa.select(Person).where(Person.account_id.in_(ids - {None}))
    people = {person.account_id: person for person in session.scalars(query)}
    return [
        Deal(
            offer,
            offer.rights[0].parsed_week(settings.zone),
            people.get((offer.giver_id if giver else offer.receiver_id) or 0),
        )
        for offer in offers
    ]
