"""The station's own fill: what the operators brought, heard, added and retired."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import fill, jobs
from station.errors import Refusal, WrongInput
from station.fill import FillPiece, FillState
from station.jobs import JobKind, JobState
from station.languages import gettext as _
from station.languages import marked
from station.rights import LONGEST_TITLE
from station.treatment import FillKind
from web import refusals
from web.desk.record import act_on_record
from web.session import now, station
from web.sounds import send_preview
from web.upload import ACCEPT, keep_upload

area = Blueprint("fill", __name__, url_prefix="/fill")

RUNNING = (JobState.WAITING, JobState.CLAIMED)


@dataclass(frozen=True, slots=True)
class KindWords:
    """What a kind of fill is called, and what becomes of it."""

    one: str
    many: str
    use: str


KINDS = {
    FillKind.BED: KindWords(
        marked("A bed"), marked("Beds"), marked("music that fills what is left of a slot")
    ),
    FillKind.IDENT: KindWords(
        marked("An ident"), marked("Idents"), marked("who is heard, at most 30 seconds")
    ),
    FillKind.PROMO: KindWords(
        marked("A promo"), marked("Promos"), marked("what is to come, at most a slot")
    ),
    FillKind.OPENING: KindWords(
        marked("An opening"),
        marked("Openings"),
        marked("before a silence, instead of the usual voice, at most 30 seconds"),
    ),
    FillKind.CLOSE: KindWords(
        marked("A close"), marked("Closes"), marked("after a silence, at most 30 seconds")
    ),
}


@area.get("/")
def page() -> ResponseReturnValue:
    """Everything that was brought and not retired, by its kind."""
    return _draw()


@area.post("/")
def add() -> ResponseReturnValue:
    """Keep what was brought; the worker prepares it."""
    kind, title = _kind(request.form.get("kind", "")), request.form.get("title", "")
    upload = keep_upload(request.files.get("file"), station().settings)

    def act(session: Session) -> str:
        piece = fill.receive(session, kind, title, upload.sha256, now())
        return _("We have “%(title)s” and are checking it.", title=piece.title)

    return act_on_record(act, url_for("desk.fill.page"), upload.sha256)


@area.post("/<int:number>/retirement")
def retire(number: int) -> ResponseReturnValue:
    """Use a piece no longer."""

    def act(session: Session) -> str:
        retired = fill.retire(session, number, now())
        return _("“%(title)s” is used no longer.", title=retired.title)

    return act_on_record(act, url_for("desk.fill.page"))


@area.get("/<int:number>/sound")
def sound(number: int) -> Response:
    """A piece as it is used, in low data."""
    with station().database.reading() as session:
        piece = session.get(FillPiece, number)
    sha256 = piece.facts.get("preview_sha256") if piece is not None else None
    if sha256 is None:
        abort(404)
    return send_preview(sha256)


def _kind(text: str) -> FillKind:
    try:
        return FillKind(text)
    except ValueError:
        raise WrongInput("text-missing", name=_("kind")) from None


def _draw(problem: str = "") -> str:
    with station().database.reading() as session:
        pieces = fill.listed(session)
        stocking = jobs.newest(session, JobKind.STOCK, "fill")
    return render_template(
        "desk/fill.html",
        problem=problem,
        kinds=KINDS,
        pieces={
            kind: [one for one in pieces if one.kind == kind and one.state == FillState.USED]
            for kind in KINDS
        },
        others=[one for one in pieces if one.state != FillState.USED],
        stocking=stocking is not None and stocking.state in RUNNING,
        typed=request.form,
        longest=LONGEST_TITLE,
        accept=ACCEPT,
    )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
