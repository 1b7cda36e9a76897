"""The market page: everything for sale, and a button to reserve it."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station.errors import Refusal
from station.market import sales
from web import refusals
from web.member.offers import deals_on_the_market
from web.session import act_once, me, now, require_person, station

area = Blueprint("market", __name__, url_prefix="/market", template_folder="templates")
area.before_request(require_person)


@area.get("/")
def page() -> ResponseReturnValue:
    """Everything for sale."""
    return _draw()


@area.post("/offers/<int:offer_id>/buy")
def buy(offer_id: int) -> ResponseReturnValue:
    """Reserve a right until its payment."""

    def act(session: Session) -> str:
        sales.reserve(session, station().settings, offer_id, me(), now())
        return "Reserved for you. How to pay is written below."

    return act_once(act, url_for("member.page", _anchor="offers"))


def _draw(problem: str = "") -> str:
    with station().database.reading() as session:
        deals = deals_on_the_market(session, station().settings)
    return render_template("market/page.html", problem=problem, deals=deals, mine=me().account_id)


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
