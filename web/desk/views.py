"""The desk: where the week stands, who is ready, build it, look at it, publish it."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduler import publish as publishing
from station import grid
from station.airtime import Week
from station.errors import Refusal
from station.languages import gettext as _
from station.rights import next_open_week
from station.weeks import WeekState, overview
from web import refusals
from web.desk import alarms, books, building, causes, disputes, fees, fill, members, trail, what_if
from web.desk.day import day_names, day_rows, day_span
from web.desk.record import act_on_record
from web.desk.states import NAMES
from web.desk.week import SHOWN, built, demands, readiness
from web.ids import read_id
from web.public.now import on_air, seconds_to_change
from web.session import now, require_operator, station

area = Blueprint("desk", __name__, url_prefix="/desk", template_folder="templates")
area.before_request(require_operator)
# What holds for the desk holds for its parts: only operators see them.
for part in (members, fees, disputes, causes, fill, books, alarms, trail, building, what_if):
    area.register_blueprint(part.area)
# Whatever an operator does there, they see that something is wrong on air.
area.context_processor(lambda: {"waiting_alarms": alarms.waiting, **NAMES})

DAYS_IN_A_WEEK = 7


@area.get("/")
def page() -> ResponseReturnValue:
    """The week that is to be built next."""
    return _draw(_next_to_build())


@area.get("/weeks/<label>")
def week_page(label: str) -> ResponseReturnValue:
    """One week."""
    return _draw(_week(label))


@area.get("/weeks/<label>/days/<int:weekday>")
def day_page(label: str, weekday: int) -> ResponseReturnValue:
    """A day of a week's grid, as rows of time by channel."""
    if not 1 <= weekday <= DAYS_IN_A_WEEK:
        abort(404)
    week, settings = _week(label), station().settings
    with station().database.reading() as session:
        version = grid.require_version(session, week, read_id(request.args, "version") or None)
        rows = day_rows(session, settings, week, version, weekday)
    return render_template(
        "desk/day.html",
        week=week,
        version=version,
        rows=rows,
        days=day_names(week),
        weekday=weekday,
        day=day_span(week, weekday),
    )


@area.post("/weeks/<label>/versions/<int:version>/publish")
def publish(label: str, version: int) -> ResponseReturnValue:
    """Publish a draft, when every rule still holds and no newer draft came meanwhile."""
    week = _week(label)

    def act(session: Session) -> str:
        draft = grid.require_version(session, week, version)
        if draft.state != grid.GridState.DRAFT:
            raise Refusal("draft-overtaken", week=week)
        publishing.publish(session, station().settings, week, now())
        return _("Version %(version)s of %(week)s is published.", version=version, week=week)

    return act_on_record(act, url_for("desk.week_page", label=week))


def _week(label: str) -> Week:
    return Week.parse(label, station().settings.zone)


def _next_to_build() -> Week:
    """The week that closes or closed last before it goes on air; the running one while open."""
    settings = station().settings
    this, opened = Week.of(now(), settings.zone), next_open_week(settings, now())
    if opened == this:
        return this
    return max(opened.plus(-1), this.plus(1), key=lambda week: week.monday)


def _draw(week: Week, problem: str = "") -> str:
    settings = station().settings
    with station().database.reading() as session:
        found = overview(session, week, settings, now())
        draft, published = grid.newest_draft(session, week), grid.published(session, week)
        channels = on_air(session, settings, now())
        return render_template(
            "desk/week.html",
            problem=problem,
            week=week,
            this=Week.of(now(), settings.zone),
            found=found,
            states=list(WeekState),
            readiness=readiness(session, week),
            demands=demands(session, settings, week),
            draft=built(session, draft),
            published=built(session, published),
            building=building.building(session, settings, week, published, now()),
            channels=channels,
            fresh=seconds_to_change(channels, now(), settings.slots),
            days=day_names(week),
            shown=SHOWN,
        )


def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Answer on the week's own page where the address names one."""
    label = (request.view_args or {}).get("label")
    own_page = label is not None and request.method == "POST" and refusal.code != "week-unknown"
    if not own_page or refusal.code in ("sign-in-first", "operators-only"):
        return refusals.refused(refusal)
    return _draw(_week(str(label)), refusal.sentence), refusals.status_of(refusal)


area.register_error_handler(Refusal, _refused)
