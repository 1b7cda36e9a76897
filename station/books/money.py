"""Each sale that was settled stands in the money book once, as it was agreed."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.errors import Violation
from station.market.offers import Offer, OfferKind, OfferState
from station.money import MoneyEntry, MoneyKind

SETTLED = sa.and_(Offer.kind == OfferKind.SALE, Offer.state == OfferState.ACCEPTED)
# As `Offer.reference` says it.
REFERENCE = sa.literal("MWEYA-") + sa.cast(Offer.id, sa.Text)


def unpaid_sales(session: Session) -> Iterator[Violation]:
    """A settled sale has one line, from its buyer to its seller over its price."""
    line = sa.and_(
        MoneyEntry.kind == MoneyKind.SALE,
        MoneyEntry.reference == REFERENCE,
        MoneyEntry.account_id == Offer.receiver_id,
        MoneyEntry.other_account_id == Offer.giver_id,
        MoneyEntry.cents == Offer.price_cents,
        MoneyEntry.currency == Offer.currency,
    )
    query = (
        sa.select(Offer.id, sa.func.count(MoneyEntry.id))
        .outerjoin(MoneyEntry, line)
        .where(SETTLED)
        .group_by(Offer.id)
        .having(sa.func.count(MoneyEntry.id) != 1)
        .order_by(Offer.id)
    )
    for offer_id, lines in session.execute(query):
        yield Violation(
            "sale-money",
            f"Sale {offer_id} is settled and stands in the money book {lines} times, not once.",
            (str(offer_id),),
        )


def unfounded_sale_lines(session: Session) -> Iterator[Violation]:
    """Each line of a sale belongs to one that was settled."""
    query = (
        sa.select(MoneyEntry.id, MoneyEntry.reference)
        .outerjoin(Offer, sa.and_(SETTLED, MoneyEntry.reference == REFERENCE))
        .where(MoneyEntry.kind == MoneyKind.SALE, Offer.id.is_(None))
        .order_by(MoneyEntry.id)
    )
    for entry_id, reference in session.execute(query):
        yield Violation(
            "sale-line",
            f"Line {entry_id} of the money book is a sale {reference} that was never settled.",
            (str(entry_id),),
        )


RULES = (unpaid_sales, unfounded_sale_lines)
