"""A week is built, repaired and stopped from its page, which shows how far the worker is."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import grid, jobs
from station.airtime import Week
from station.errors import Refusal
from station.grid import Grid
from station.jobs import Job, JobKind, JobState
from station.languages import gettext as _
from station.languages import marked
from station.late_changes import LateChanges, since_published
from station.settings import Settings
from web.desk.curve import Curve, curve
from web.desk.record import act_on_record
from web.session import now, station

area = Blueprint("building", __name__, url_prefix="/weeks/<label>")

KINDS = (JobKind.BUILD, JobKind.REPAIR)
SAID = {
    (JobKind.BUILD, JobState.WAITING): marked("The build is promised and waits for a worker."),
    (JobKind.BUILD, JobState.CLAIMED): marked("The build is running."),
    (JobKind.BUILD, JobState.DONE): marked("The last build is done."),
    (JobKind.BUILD, JobState.FAILED): marked("The last build could not be done."),
    (JobKind.REPAIR, JobState.WAITING): marked("The repair is promised and waits for a worker."),
    (JobKind.REPAIR, JobState.CLAIMED): marked("The repair is running."),
    (JobKind.REPAIR, JobState.DONE): marked("The last repair is done."),
    (JobKind.REPAIR, JobState.FAILED): marked("The last repair could not be done."),
}
STOPPING = marked("It is ending with the best so far.")
NOTHING_CHANGED = LateChanges(0, 0)


@dataclass(frozen=True, slots=True)
class Found:
    """What a job has found so far; the figures are None before its first grid."""

    seconds: float
    placed: int | None = None
    bumped_weight: int | None = None
    score: int | None = None
    bound: int | None = None
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class Building:
    """How far the last build or repair of a week is, and what a repair would see to.

    `repaired` is the draft that has seen to it already, of the version `shown`; 0 is none.
    """

    said: str
    running: bool
    stopping: bool
    found: Found | None
    curve: Curve | None
    late: LateChanges
    shown: int
    repaired: int
    explaining: bool


@area.get("/building")
def page(label: str) -> ResponseReturnValue:
    """How far a build is, and nothing else: the week's own page fetches it again and again."""
    week, settings = _week(label), station().settings
    with station().database.reading() as session:
        found = building(session, settings, week, None, now())
    return render_template("desk/building.html", week=week, building=found)


@area.post("/build")
def build(label: str) -> ResponseReturnValue:
    """Promise a build of a week."""
    week = _week(label)

    def act(session: Session) -> str:
        jobs.promise(session, JobKind.BUILD, week, now())
        return _("The build of %(week)s is promised. What it finds appears here.", week=week)

    return act_on_record(act, url_for("desk.week_page", label=week))


@area.post("/repair")
def repair(label: str) -> ResponseReturnValue:
    """Promise a repair of a week's published version. Raises Refusal `nothing-published`."""
    week = _week(label)

    def act(session: Session) -> str:
        if grid.published(session, week) is None:
            raise Refusal("nothing-published", week=week)
        jobs.promise(session, JobKind.REPAIR, week, now())
        return _("The repair of %(week)s is promised. What it finds appears here.", week=week)

    return act_on_record(act, url_for("desk.week_page", label=week))


@area.post("/stop")
def stop(label: str) -> ResponseReturnValue:
    """Let a build or a repair end with the best so far. Raises Refusal `nothing-to-stop`."""
    week = _week(label)

    def act(session: Session) -> str:
        stopped = [jobs.stop(session, kind, week, now()) for kind in KINDS]
        if not any(stopped):
            raise Refusal("nothing-to-stop", week=week)
        return _("It ends with the best so far.")

    return act_on_record(act, url_for("desk.week_page", label=week))


def building(
    session: Session, settings: Settings, week: Week, shown: Grid | None, now: datetime
) -> Building:
    """What the week's page shows of its builds; `shown` is the published version."""
    promised = [job for kind in KINDS if (job := jobs.newest(session, kind, week))]
    job = max(promised, key=lambda one: (one.running, one.id), default=None)
    draft, late, repaired = grid.newest_draft(session, week), NOTHING_CHANGED, False
    if shown is not None:
        late = since_published(session, settings, week, shown, now)
        repaired = draft is not None and draft.certificate.get("repairs") == shown.version
    newest = draft or shown
    asked = None if newest is None else jobs.newest(session, JobKind.EXPLAIN, newest.id)
    stopping = job is not None and job.running and job.stop_asked_at is not None
    return Building(
        said="" if job is None else said(job),
        running=job is not None and job.running,
        stopping=stopping,
        found=None if job is None or not job.progress else Found(**job.progress[-1]),
        curve=None if job is None else curve(job.progress),
        late=late,
        shown=0 if shown is None else shown.version,
        repaired=draft.version if draft is not None and repaired else 0,
        explaining=asked is not None and asked.running,
    )


def said(job: Job) -> str:
    """How far a build or a repair is, in words."""
    state = JobState(job.state)
    if state is JobState.CLAIMED and job.stop_asked_at is not None:
        return _(STOPPING)
    return f"{_(SAID[JobKind(job.kind), state])} {_(job.answer)}".strip()


def _week(label: str) -> Week:
    return Week.parse(label, station().settings.zone)
