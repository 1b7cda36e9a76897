"""The market page: everything for sale to anyone who is signed in, by week, and a reservation."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station.airtime import Week
from station.errors import Refusal
from station.languages import gettext as _
from station.market import sales
from web import refusals
from web.deals import Deal, deals_on_the_market, deals_to
from web.member.area import page_at
from web.session import act_once, me, now, require_person, station

OFFERS_SHOWN = 30

area = Blueprint("market", __name__, url_prefix="/market", template_folder="templates")
area.before_request(require_person)


@area.get("/")
def page() -> ResponseReturnValue:
    """Everything for sale, or what is of one week."""
    label = request.args.get("week", "").strip()
    return _draw(week=Week.parse(label, station().settings.zone) if label else None)


@area.post("/offers/<int:offer_id>/buy")
def buy(offer_id: int) -> ResponseReturnValue:
    """Reserve an offer until its payment."""

    def act(session: Session) -> str:
        sales.reserve(session, station().settings, offer_id, me(), now())
        return _("Reserved for you. How to pay is written below.")

    return act_once(act, page_at("offers"))


def _draw(problem: str = "", week: Week | None = None) -> str:
    settings, mine = station().settings, me().account_id
    with station().database.reading() as session:
        deals = deals_on_the_market(session, settings)
        reserved = [deal for deal in deals_to(session, settings, mine) if not deal.gift]
    found = [deal for deal in deals if week is None or week in deal.weeks]
    shown = max(request.args.get("shown", OFFERS_SHOWN, type=int), 1)
    return render_template(
        "market/page.html",
        problem=problem,
        count=len(found),
        deals=found[:shown],
        more=shown + OFFERS_SHOWN if len(found) > shown else None,
        weeks=_weeks(deals),
        chosen=week,
        reserved=reserved,
        mine=mine,
    )


def _weeks(deals: list[Deal]) -> list[Week]:
    """The weeks that something is for sale of, earliest first."""
    return sorted({week for deal in deals for week in deal.weeks}, key=lambda week: week.monday)


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
