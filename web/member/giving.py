"""A holder gives rights to somebody here, or by a link to a friend who is not here yet."""

from collections.abc import Callable, Collection
from datetime import timedelta

from flask import render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import moments
from station.errors import Refusal
from station.languages import gettext as _
from station.market import gifts, offers
from station.market.gifts import Gift
from station.market.offers import Offer
from station.moments import deadline_text
from web.deals import deals_from, weeks_of
from web.member import forms
from web.member.area import member_area, page_at
from web.member.page import draw
from web.proof import proven
from web.session import act_once, me, now, sent_before, station

# The newest link is remembered by its giver's browser alone; the station keeps only its hash.
LINK = "gift-link"
# Whoever finds a phone that is signed in can give no more than this away in a day.
MOST_UNPROVEN = 2
DAY = timedelta(days=1)

Act = Callable[[Session], str]

area = member_area("giving", draw)


@area.post("/rights/<int:right_id>/gift")
def give(right_id: int) -> ResponseReturnValue:
    """Offer a right to somebody here."""
    return _proven_when_several(lambda: act_once(offering([right_id]), page_at("offers")))


@area.post("/rights/<int:right_id>/link")
def give_by_link(right_id: int) -> ResponseReturnValue:
    """Offer a right to a friend who is not here yet."""
    return _proven_when_several(lambda: tell_link(linking([right_id])))


@area.post("/offers/<int:offer_id>/link")
def renew(offer_id: int) -> ResponseReturnValue:
    """Make another link for a gift, when the first one was lost."""
    return tell_link(lambda session: gifts.renew_link(session, offer_id, me(), now()))


@area.get("/link")
def link() -> ResponseReturnValue:
    """The newest link that this browser made, to copy or to send on."""
    settings, token = station().settings, str(cookie.get(LINK, ""))
    with station().database.reading() as session:
        offer = _offer(session, token)
        waiting = [deal for deal in deals_from(session, settings, me().account_id) if deal.by_link]
    if offer is None:
        return render_template("member/link.html", offer=None, deals=waiting)
    what = moments.airtime(settings.station.slot_seconds, weeks_of(offer, settings))
    return render_template(
        "member/link.html",
        offer=offer,
        what=what,
        link=gifts.link(settings, token),
        message=_(
            "Hello %(friend)s! I give you %(what)s on %(station)s. "
            "Open this link before %(until)s to take it:",
            friend=offer.friend,
            what=what,
            station=settings.station.name,
            until=deadline_text(offer.deadline, settings),
        ),
    )


@area.post("/offers/<int:offer_id>/accept")
def accept(offer_id: int) -> ResponseReturnValue:
    """Accept a gift."""

    def act(session: Session) -> str:
        offer = gifts.accept(session, station().settings, offer_id, me(), now())
        return _("Yours: %(airtime)s.", airtime=airtime(offer))

    return act_once(act, url_for("member.page"))


@area.post("/offers/<int:offer_id>/refuse")
def refuse(offer_id: int) -> ResponseReturnValue:
    """Refuse a gift."""

    def act(session: Session) -> str:
        gifts.refuse(session, station().settings, offer_id, me(), now())
        return _("Refused. It is back with its giver.")

    return act_once(act, url_for("member.page"))


@area.post("/offers/<int:offer_id>/withdraw")
def take_back(offer_id: int) -> ResponseReturnValue:
    """Take back an offer that nobody took."""

    def act(session: Session) -> str:
        offer = offers.withdraw(session, offer_id, me(), now())
        return _("Taken back: %(airtime)s are in your hands again.", airtime=airtime(offer))

    return act_once(act, url_for("member.page"))


def offering(right_ids: Collection[int]) -> Act:
    """What offers rights to the typed address, all of them or none."""
    email = forms.read_text(request.form, "email", _("email address of your friend"))

    def act(session: Session) -> str:
        gift = gifts.give(session, station().settings, right_ids, me().account_id, email, now())
        facts = {"email": email, "airtime": airtime(gift.offer)}
        return _(
            "Offered to %(email)s: %(airtime)s. They are your friend's once accepted.", **facts
        )

    return act


def linking(right_ids: Collection[int]) -> Callable[[Session], Gift]:
    """What offers rights by a link to the typed friend."""
    friend = forms.read_text(request.form, "friend", _("name of your friend"))
    email, settings = request.form.get("friend_email", "").strip(), station().settings

    def make(session: Session) -> Gift:
        giver_id = me().account_id
        return gifts.give_by_link(session, settings, right_ids, giver_id, friend, now(), email)

    return make


def tell_link(make: Callable[[Session], Gift]) -> ResponseReturnValue:
    """Make a gift by link, once, and show the link on the next page."""
    tokens: list[str] = []

    def act(session: Session) -> str:
        gift = make(session)
        tokens[:] = [gift.token or ""]
        return _("There is a link for %(friend)s.", friend=gift.offer.friend)

    answer = act_once(act, url_for("giving.link"))
    if tokens:
        cookie[LINK] = tokens[0]
    return answer


def airtime(offer: Offer) -> str:
    """An offer's rights in words."""
    settings = station().settings
    return moments.airtime(settings.station.slot_seconds, weeks_of(offer, settings), now())


def _proven_when_several(give_one: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """One gift needs no proof; one after another is several, which does."""
    with station().database.reading() as session:
        given = gifts.given_since(session, me().account_id, now() - DAY)
    several = given >= MOST_UNPROVEN and not sent_before()
    return proven(give_one)() if several else give_one()


def _offer(session: Session, token: str) -> Offer | None:
    try:
        return gifts.by_link(session, token, now())
    except Refusal:
        return None
