"""Disputed sales: what was said, how to reach both sides, and two buttons to decide with."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station.airtime import Week
from station.errors import Refusal
from station.languages import gettext as _
from station.market import offers, sales
from station.members import Person
from station.settings import Settings
from web import refusals
from web.desk.record import act_on_record
from web.session import now, station

area = Blueprint("disputes", __name__, url_prefix="/disputes")


@dataclass(frozen=True, slots=True)
class Dispute:
    """One disputed sale; `waiting` are the weeks whose minutes still lie in escrow."""

    offer: offers.Offer
    seller: Person
    buyer: Person
    weeks: tuple[Week, ...]
    waiting: tuple[Week, ...]


def found(session: Session, settings: Settings) -> list[Dispute]:
    """Every sale that waits for a decision, oldest first."""
    disputed = offers.disputes(session)
    people = _people(session, disputed)
    return [
        Dispute(
            offer,
            people[offer.giver_id],
            people[offer.receiver_id],
            tuple(right.parsed_week(settings.zone) for right in offer.rights),
            tuple(
                right.parsed_week(settings.zone)
                for right in offers.rights_in_escrow(session, offer)
            ),
        )
        for offer in disputed
        if offer.receiver_id is not None
    ]


@area.get("/")
def page() -> ResponseReturnValue:
    """Every dispute that waits for a decision."""
    return _draw()


@area.post("/<int:offer_id>/to-buyer")
def to_buyer(offer_id: int) -> ResponseReturnValue:
    """Decide that the money was paid."""
    return _decide(offer_id, to_buyer=True)


@area.post("/<int:offer_id>/to-seller")
def to_seller(offer_id: int) -> ResponseReturnValue:
    """Decide that it was not."""
    return _decide(offer_id, to_buyer=False)


def _decide(offer_id: int, *, to_buyer: bool) -> ResponseReturnValue:
    def act(session: Session) -> str:
        offer = sales.resolve(session, station().settings, offer_id, now(), to_buyer=to_buyer)
        if to_buyer:
            said = _("Decided: the airtime of %(reference)s is the buyer's. Both are told.")
        else:
            said = _("Decided: the airtime of %(reference)s is the seller's. Both are told.")
        return said % {"reference": offer.reference}

    return act_on_record(act, url_for("desk.disputes.page"))


def _people(session: Session, disputed: Sequence[offers.Offer]) -> dict[int | None, Person]:
    ids = {side for offer in disputed for side in (offer.giver_id, offer.receiver_id)} - {None}
    query = sa.select(Person).where(Person.account_id.in_(ids))
    return {person.account_id: person for person in session.scalars(query)}


def _draw(problem: str = "") -> str:
    with station().database.reading() as session:
        disputes = found(session, station().settings)
    return render_template("desk/disputes.html", problem=problem, disputes=disputes)


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
