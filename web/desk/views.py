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
# Whatever an operator does there, they see that something is wrong on air, or waits for them.
WAITING = {"waiting_alarms": alarms.waiting, "waiting_here": moderation.waiting_here}
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
    """Answer on the version's page or the week's where the address names one."""
    label = (request.view_args or {}).get("label")
    own_page = label is not None and request.method == "POST" and refusal.code != "week-unknown"
    if not own_page or refusal.code in ("sign-in-first", "operators-only"):
        return refusals.refused(refusal)
    week, version = _week(str(label)), (request.view_args or {}).get("version")
    if version is None or refusal.code == "version-unknown":
        return draw(week, refusal.sentence), refusals.status_of(refusal)
    return week_views.draw_changes(week, version, refusal.sentence), refusals.status_of(refusal)


area.register_error_handler(Refusal, _refused)
