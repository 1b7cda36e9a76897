"""A sale as its two sides carry it on: for sale, paid, received, stepped back from, disputed."""

from collections.abc import Collection

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import money
from station.languages import gettext as _
from station.market import sales
from web import words
from web.member import forms
from web.member.area import member_area, page_at
from web.member.giving import Act, airtime
from web.member.page import draw
from web.proof import proven
from web.session import act_once, me, now, station

area = member_area("selling", draw)


@area.post("/rights/<int:right_id>/sale")
@proven
def sell(right_id: int) -> ResponseReturnValue:
    """List a right on the market."""
    return act_once(listing([right_id]), page_at("offers"))


@area.post("/offers/<int:offer_id>/paid")
def paid(offer_id: int) -> ResponseReturnValue:
    """The buyer says that the money is on its way."""

    def act(session: Session) -> str:
        offer = sales.paid(session, station().settings, offer_id, me(), now())
        until = words.deadline(offer.deadline, station().settings.zone, now())
        return _("Noted. The seller has until %(until)s to say that the money came.", until=until)

    return act_once(act, page_at("offers"))


@area.post("/offers/<int:offer_id>/release")
def release(offer_id: int) -> ResponseReturnValue:
    """The buyer steps back before paying."""

    def act(session: Session) -> str:
        offer = sales.release_reservation(session, station().settings, offer_id, me(), now())
        return _(
            "No longer reserved: %(airtime)s are back with the seller.", airtime=airtime(offer)
        )

    return act_once(act, url_for("member.page"))


@area.post("/offers/<int:offer_id>/received")
def received(offer_id: int) -> ResponseReturnValue:
    """The seller says that the buyer's money came: the rights are theirs."""

    def act(session: Session) -> str:
        offer = sales.received(session, station().settings, offer_id, me(), now())
        return _("Thank you: %(airtime)s belong to the buyer now.", airtime=airtime(offer))

    return act_once(act, url_for("member.page"))


@area.post("/offers/<int:offer_id>/dispute")
def dispute(offer_id: int) -> ResponseReturnValue:
    """Either side asks the operators to decide."""
    why = request.form.get("why", "")

    def act(session: Session) -> str:
        sales.dispute(session, station().settings, offer_id, me(), why, now())
        return _("The station's operators will ask you both, and decide.")

    return act_once(act, page_at("offers"))


def listing(right_ids: Collection[int]) -> Act:
    """What lists rights on the market together at the typed price, all of them or none."""
    cents = words.cents(forms.read_text(request.form, "price", _("price")))

    def act(session: Session) -> str:
        settings = station().settings
        offer = sales.sell(session, settings, right_ids, me().account_id, cents, now())
        price = money.price(cents, settings.station.currency)
        return _("For sale at %(price)s: %(airtime)s.", price=price, airtime=airtime(offer))

    return act
