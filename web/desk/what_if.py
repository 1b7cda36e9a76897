"""What a week would be with something else than today, asked of the worker and shown beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from station import grid, jobs, what_ifs
from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.jobs import Job, JobKind
from station.languages import gettext as _
from station.languages import marked, ngettext
from station.settings import Settings
from station.what_ifs import Change, Dropped, Figures, WhatIf
from web import refusals
from web.desk.building import Found
from web.desk.curve import Curve, curve
from web.desk.record import act_on_record
from web.session import now, station

area = Blueprint("what_if", __name__, url_prefix="/weeks/<label>/what-if")

LONGEST_NUMBER = 6

RULES = {
    Dropped.HOLDER_GAP: marked("without the gap between pieces of one holder"),
    Dropped.SOLD_PER_HOUR: marked("without a limit of sold slots in an hour"),
    Dropped.SILENCE_GAP: marked("without the gap between silences"),
    Dropped.BLOCKS: marked("without reserved blocks"),
}


@dataclass(frozen=True, slots=True)
class Tried:
    """A what-if in words, with its figures, or how far it is.

    `version` is the one that it was to be held beside, None when nothing was built.
    """

    number: int
    version: int | None
    changes: tuple[str, ...]
    longer: str
    figures: Figures
    problem: str
    running: bool
    stopping: bool
    found: Found | None
    curve: Curve | None


@area.get("")
def page(label: str) -> ResponseReturnValue:
    """Today's figures, what was tried beside them, and a form to try more."""
    return _draw(label)


@area.post("")
def ask(label: str) -> ResponseReturnValue:
    """Promise an answer. Raises WrongInput `what-if-same`, `what-if-channels`, `number-wrong`."""
    week, change = _week(label), _change(request.form)

    def act(session: Session) -> str:
        asked = what_ifs.ask(session, station().settings, week, change, now())
        what_ifs.promise(session, asked, now())
        return _("It is being tried. No version of the week changes.")

    return act_on_record(act, url_for("desk.what_if.page", label=week))


@area.post("/<int:number>/stop")
def stop(label: str, number: int) -> ResponseReturnValue:
    """Let an answer end with the best so far. Raises Refusal `nothing-to-stop`."""
    week = _week(label)

    def act(session: Session) -> str:
        if not jobs.stop(session, JobKind.WHAT_IF, number, now()):
            raise Refusal("nothing-to-stop", week=week)
        return _("It ends with the best so far.")

    return act_on_record(act, url_for("desk.what_if.page", label=week))


def _change(form: MultiDict[str, str]) -> Change:
    known = {str(one) for one in Dropped}
    return Change(
        channels=_number(form.get("channels", ""), _("number of channels")),
        without=tuple(Dropped(one) for one in form.getlist("without") if one in known),
        ident_seconds=_number(form.get("ident", ""), _("length of the ident")),
    )


def _number(text: str, name: str) -> int | None:
    typed = text.strip()
    if typed and not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER):
        raise WrongInput("number-wrong", text=text, name=name, example="4")
    return int(typed) if typed else None


def _draw(label: str, problem: str = "") -> str:
    week, settings = _week(label), station().settings
    with station().database.reading() as session:
        shown = grid.newest_draft(session, week) or grid.published(session, week)
        today = None if shown is None else what_ifs.reached(session, shown)
        tried = _tried(settings, what_ifs.newest(session, week))
    return render_template(
        "desk/what_if.html",
        problem=problem,
        week=week,
        shown=shown,
        today=today,
        tried=tried,
        running=sum(one.running for one in tried),
        going=request.args.get("going", type=int),
        rules=RULES,
        most_channels=what_ifs.MOST_TIMES * settings.channels,
        longest_ident=what_ifs.LONGEST_IDENT_SECONDS,
        typed=request.form,
    )


def _tried(settings: Settings, asked: Sequence[tuple[WhatIf, Job | None]]) -> list[Tried]:
    return [
        Tried(
            number=one.id,
            version=one.version,
            changes=tuple(changes(settings, one)),
            longer=_longer(one),
            figures=one.figures,
            problem=one.problem or _unanswered(one, job),
            running=job is not None and job.running,
            stopping=job is not None and job.stop_asked_at is not None,
            found=Found(**job.progress[-1]) if job is not None and job.progress else None,
            curve=None if job is None else curve(job.progress),
        )
        for one, job in asked
    ]


def changes(settings: Settings, asked: WhatIf) -> list[str]:
    """What a what-if has otherwise, in a few words each."""
    said = [_(RULES[Dropped(one)]) for one in asked.without]
    if asked.channels != settings.channels:
        said.insert(0, ngettext("%(num)s channel", "%(num)s channels", asked.channels))
    if asked.ident_seconds:
        said.append(
            _("%(seconds)s seconds of ident before each piece", seconds=asked.ident_seconds)
        )
    return said


def _longer(asked: WhatIf) -> str:
    """How many starts more the pieces take, where they take any."""
    if not asked.longer:
        return ""
    return ngettext(
        "Its pieces take %(num)s start more.", "Its pieces take %(num)s starts more.", asked.longer
    )


def _unanswered(asked: WhatIf, job: Job | None) -> str:
    """Why there is no answer though nobody works on it any more."""
    if asked.status or job is None or job.running:
        return ""
    return _(job.answer)


def _week(label: str) -> Week:
    return Week.parse(label, station().settings.zone)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Answer on the page itself, where the address names a week."""
    if refusal.code in ("week-unknown", "sign-in-first", "operators-only"):
        return refusals.refused(refusal)
    label = str((request.view_args or {})["label"])
    return _draw(label, refusal.sentence), refusals.status_of(refusal)


area.register_error_handler(Refusal, _refused)
