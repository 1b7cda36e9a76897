"""What the channels carried is told apart: use, gifts, sales, silence, and the station's own."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airlog import AirLine, LineKind
from station.airtime import Span
from station.figures.spans import slots_in, weeks_in
from station.makegoods import Makegood
from station.market.offers import Offer, OfferedRight, OfferKind, OfferState
from station.rights import Request
from station.settings import Settings


class Use(StrEnum):
    """What a slot was used for; a silence is one whoever gave the airtime for it."""

    OWN = "own"
    GIFT = "gift"
    SALE = "sale"
    MAKEGOOD = "makegood"
    SILENCE = "silence"
    RESERVED = "reserved"
    FILL = "fill"


@dataclass(frozen=True, slots=True)
class Mix:
    """How many slots of a week (empty: all) were planned for each use, and together."""

    week: str
    own: int
    gift: int
    sale: int
    makegood: int
    silence: int
    reserved: int
    fill: int
    slots: int


@dataclass(frozen=True, slots=True)
class MixReport:
    """A span's slots, all together and by week."""

    total: Mix
    by_week: tuple[Mix, ...]


def mix(session: Session, settings: Settings, span: Span) -> MixReport:
    """What the published slots of a span were planned for."""
    slots, weeks = slots_in(settings.slots, span), weeks_in(settings, span)
    key = AirLine.week, AirLine.kind, _came_by()
    query = (
        sa.select(*key, sa.func.count())
        .select_from(AirLine)
        .outerjoin(Request, Request.id == AirLine.request_id)
        .outerjoin(Makegood, Makegood.right_id == Request.right_id)
        .where(AirLine.week.between(str(weeks[0]), str(weeks[-1])))
        .where(AirLine.slot_number >= slots.start, AirLine.slot_number < slots.stop)
        .group_by(*key)
    )
    by_week: dict[str, Counter[Use]] = {}
    for week, kind, came_by, count in session.execute(query):
        use = Use(came_by) if kind == LineKind.SEGMENT else Use(kind)
        by_week.setdefault(week, Counter())[use] += count
    total = sum(by_week.values(), Counter[Use]())
    return MixReport(_mix("", total), tuple(_mix(week, by_week[week]) for week in sorted(by_week)))


def _came_by() -> sa.ColumnElement[str]:
    """How the holder of a request's right came by it: what was last handed on counts."""
    handed = (
        sa.select(Offer.kind)
        .join(OfferedRight, OfferedRight.offer_id == Offer.id)
        .where(OfferedRight.right_id == Request.right_id, Offer.state == OfferState.ACCEPTED)
        .order_by(Offer.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    known = {OfferKind.GIFT: Use.GIFT, OfferKind.SALE: Use.SALE}
    return sa.case(
        (Makegood.right_id.is_not(None), Use.MAKEGOOD),
        *((handed == kind, use) for kind, use in known.items()),
        else_=Use.OWN,
    )


def _mix(week: str, counts: Counter[Use]) -> Mix:
    return Mix(week, **{use.value: counts[use] for use in Use}, slots=counts.total())
