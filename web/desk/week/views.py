"""What is done about a week: reminding who is missing, and publishing a version or going back."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduler import publish as publishing
from station import grid, readiness, reminders
from station.airtime import Week
from station.errors import Refusal
from station.grid import Grid, GridState
from station.languages import gettext as _
from station.readiness import Readiness
from station.rights import clean_text
from station.what_ifs import reached
from web.desk.record import act_on_record
from web.desk.week.built import built, bumped
from web.desk.week.changes import changes
from web.proof import proven
from web.session import now, station

area = Blueprint("week", __name__, url_prefix="/weeks/<label>")

PAGE = 60
LONGEST_REASON = 200


@area.get("/readiness/<state>")
def ready(label: str, state: str) -> ResponseReturnValue:
    """Everybody who is so far, in pages."""
    week, number = _week(label), _page()
    if state not in list(Readiness):
        abort(404)
    with station().database.reading() as session:
        chosen = Readiness(state)
        people = readiness.holders(session, week, chosen, PAGE * (number - 1), PAGE)
        return render_template(
            "desk/week/ready.html",
            week=week,
            state=chosen,
            counts=readiness.counts(session, week),
            people=people,
            reminded=reminders.last(session, week, {one.person_id for one in people}),
            page=number,
            size=PAGE,
        )


@area.post("/reminders/<state>")
def remind(label: str, state: str) -> ResponseReturnValue:
    """Promise letters to everybody who is missing, or whose recording can't air."""
    week = _week(label)
    if state not in reminders.REMINDED:
        abort(404)

    def act(session: Session) -> str:
        settings = station().settings
        found = reminders.promise_letters(session, settings, week, Readiness(state), now())
        return reminders.sentence(found)

    return act_on_record(act, url_for("desk.week_page", label=week))


@area.get("/versions/<int:version>/bumped")
def left(label: str, version: int) -> ResponseReturnValue:
    """Everybody whom a version bumps, with the reasons, in pages."""
    week, settings, number = _week(label), station().settings, _page()
    with station().database.reading() as session:
        found = grid.require_version(session, week, version)
        return render_template(
            "desk/week/bumped.html",
            week=week,
            built=built(session, found),
            left=bumped(session, settings, week, found, PAGE * (number - 1), PAGE),
            page=number,
            size=PAGE,
        )


@area.get("/versions/<int:version>/changes")
def change(label: str, version: int) -> ResponseReturnValue:
    """What putting a version on show would change, for whom, and the way to do it."""
    return draw_changes(_week(label), version)


@area.post("/versions/<int:version>/publish")
@proven
def publish(label: str, version: int) -> ResponseReturnValue:
    """Publish a draft, when every rule still holds and no newer draft came meanwhile."""
    week, reason = _week(label), _reason()

    def act(session: Session) -> str:
        _require_draft(session, week, version)
        publishing.publish(session, station().settings, week, now(), reason)
        return _("Version %(version)s of %(week)s is published.", version=version, week=week)

    return act_on_record(act, url_for("desk.week_page", label=week), reason=reason)


@area.post("/versions/<int:version>/rollback")
@proven
def rollback(label: str, version: int) -> ResponseReturnValue:
    """Go back to a version, while it is still the one before that which is on show."""
    week, reason = _week(label), _reason()

    def act(session: Session) -> str:
        _require_before(session, week, version)
        shown = publishing.rollback(session, station().settings, week, now(), reason)
        return _(
            "%(week)s is as in version %(version)s again, which is version %(new)s now.",
            week=week,
            version=version,
            new=shown.version,
        )

    return act_on_record(act, url_for("desk.week_page", label=week), reason=reason)


def _require_draft(session: Session, week: Week, version: int) -> None:
    if grid.require_version(session, week, version).state != GridState.DRAFT:
        raise Refusal("draft-overtaken", week=week)


def _require_before(session: Session, week: Week, version: int) -> None:
    found = publishing.version_before(session, week)
    if found is None or found.version != version:
        raise Refusal("nothing-earlier", week=week)


def draw_changes(week: Week, version: int, problem: str = "") -> str:
    """What a version changes, and why it was not put on show when it was to be.

    Raises WrongInput `version-unknown`.
    """
    settings, number = station().settings, _page()
    with station().database.reading() as session:
        shown, found = grid.published(session, week), grid.require_version(session, week, version)
        first = PAGE * (number - 1)
        return render_template(
            "desk/week/changes.html",
            problem=problem,
            week=week,
            version=found,
            shown=shown,
            verb=_verb(session, week, found),
            changes=changes(session, settings, week, shown, found, first, PAGE),
            bumped=reached(session, found).bumped,
            page=number,
            size=PAGE,
            typed=request.form,
            longest_reason=LONGEST_REASON,
        )


def _verb(session: Session, week: Week, version: Grid) -> str:
    """What can be done with a version: `publish`, `rollback`, or nothing."""
    if version.state == GridState.DRAFT:
        return "publish"
    back = publishing.version_before(session, week)
    return "rollback" if back is not None and back.id == version.id else ""


def _reason() -> str:
    return clean_text(request.form.get("reason", ""), _("reason"), LONGEST_REASON)


def _page() -> int:
    """Which page of a list is asked for, counted from 1."""
    number = request.args.get("page", 1, type=int)
    return min(max(1, number), 1_000)


def _week(label: str) -> Week:
    return Week.parse(label, station().settings.zone)
