"""A calendar program fetches a person's airtime at an address that nobody else knows."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import appearances, calendars
from station.languages import gettext as _
from station.languages import speaking
from web.feeds import ics
from web.member.area import member_area
from web.session import act_once, me, now, station

area = Blueprint("feeds", __name__, url_prefix="/calendar")


@area.get("/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """The calendar at a private address, in its owner's language; 404 once that has changed."""
    settings = station().settings
    with station().database.reading() as session:
        person = calendars.owner(session, token)
        if person is None:
            abort(404)
        planned = appearances.appearances(session, settings, person.account_id, now())
        deadlines = appearances.deadlines(session, settings, person.account_id, now())
    with speaking(person.language):
        text = ics.calendar(settings, person.account_id, planned, deadlines, now())
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


def draw(problem: str = "") -> str:
    """The private address, or how to get one."""
    with station().database.reading() as session:
        calendar = calendars.of(session, me().account_id)
    address = ""
    if calendar is not None:
        address = station().settings.web_url + url_for("feeds.feed", token=calendar.token)
    return render_template(
        "member/calendar.html",
        problem=problem,
        address=address,
        subscribe=urlsplit(address)._replace(scheme="webcal").geturl() if address else "",
    )


mine = member_area("calendar", draw, "/member/calendar")


@mine.get("/")
def page() -> ResponseReturnValue:
    """The private address, and what to do with it."""
    return draw()


@mine.post("/address")
def make_address() -> ResponseReturnValue:
    """Have a new private address; the one before is dead at once."""

    def act(session: Session) -> str:
        calendars.make_address(session, me().account_id, now())
        return _("This is your calendar's address now. An earlier one does not work any more.")

    return act_once(act, url_for("calendar.page"))


@mine.post("/end")
def end() -> ResponseReturnValue:
    """Have no calendar any more."""

    def act(session: Session) -> str:
        calendars.end_address(session, me().account_id)
        return _("Your calendar's address does not work any more.")

    return act_once(act, url_for("calendar.page"))
