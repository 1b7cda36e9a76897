"""The desk: where the week stands, who is ready, build it, look at it, publish it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from station.airtime import Week
from station.errors import Refusal
from web import refusals
from web.desk import (
    again,
    alarms,
    books,
    building,
    causes,
    disputes,
    fees,
    fill,
    live,
    members,
    moderation,
    programs,
    trail,
    what_if,
)
from web.desk.grid import views as grid_views
from web.desk.reports import views as report_views
from web.desk.states import NAMES
from web.desk.week import views as week_views
from web.desk.week.page import draw, next_to_build
from web.session import now, require_operator, station

area = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
area.before_request(require_operator)
# What holds for the desk holds for its parts: only operators see them.
for part in (
    again,
    members,
    fees,
    disputes,
    causes,
    fill,
    live,
    books,
    alarms,
    trail,
    moderation,
    programs,
    building,
    what_if,
    grid_views,
    report_views,
    week_views,
):
    area.register_blueprint(part.area)
# Whatever an operator does there, they see that something is wrong on air, or said to be.
WAITING = {"waiting_alarms": alarms.waiting, "waiting_reports": moderation.waiting_reports}
area.context_processor(lambda: {**WAITING, **NAMES})


@area.get("/")
def page() -> ResponseReturnValue:
    """The week that is to be built next."""
    return draw(next_to_build(station().settings, now()))


@area.get("/weeks/<label>")
def week_page(label: str) -> ResponseReturnValue:
    """One week."""
    return draw(_week(label))


def _week(label: str) -> Week:
    return Week.parse(label, station().settings.zone)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Answer on the week's own page where the address names one."""
    label = (request.view_args or {}).get("label")
    own_page = label is not None and request.method == "POST" and refusal.code != "week-unknown"
    if not own_page or refusal.code in ("sign-in-first", "operators-only"):
        return refusals.refused(refusal)
    return draw(_week(str(label)), refusal.sentence), refusals.status_of(refusal)


area.register_error_handler(Refusal, _refused)
