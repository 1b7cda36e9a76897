"""Anybody who listens can say what is wrong with what was heard, without a name or a script."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.utils import redirect

from station import reports, shares
from station.attempts import network_of
from station.errors import Refusal, WrongInput
from station.languages import marked, spoken
from station.reports import Report, ReportKind, Said
from web import refusals
from web.public.now import Piece, joined, planned
from web.session import SEE_OTHER, do_now, now, station

area = Blueprint("reporting", __name__, url_prefix="/report", template_folder="templates")

# What listeners may have heard a moment ago.
SLOTS_BACK = 4
SHOWN = 2

WRONG = {
    ReportKind.HURTFUL: marked("It hurts or threatens people"),
    ReportKind.ADULT: marked("It is for adults, and on at the wrong hour"),
    ReportKind.PRIVATE: marked("It tells something private about somebody"),
    ReportKind.COPIED: marked("It is somebody else's work"),
    ReportKind.SOUND: marked("It can't be heard well"),
    ReportKind.OTHER: marked("Something else"),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that was on air a moment ago, and what the form calls it."""

    value: str
    piece: Piece


@area.get("/")
def page() -> ResponseReturnValue:
    """The form: what was heard, what is wrong with it, and where an answer goes."""
    return _draw()


@area.post("/")
def send() -> ResponseReturnValue:
    """Take a report."""
    form = request.form
    said = Said(form.get("kind", ""), form.get("words", ""), form.get("email", ""), spoken())
    network = network_of(request.remote_addr)

    def act(session: Session) -> Report:
        settings = station().settings
        if code := form.get("piece", ""):
            number = shares.request_named(settings, code) or 0
            return reports.of_request(session, settings, number, said, network, now())
        place = _place(form.get("heard", ""))
        return reports.of_slot(session, settings, place, said, network, now())

    do_now(act)
    return redirect(url_for("reporting.sent"), SEE_OTHER)


@area.get("/sent")
def sent() -> ResponseReturnValue:
    """Thanks, and what happens now."""
    return render_template("reporting/sent.html")


def _place(text: str) -> tuple[int, int]:
    """A channel and a slot number from what the form calls them, like 0-5984184."""
    channel, _, slot = text.partition("-")
    for part in (channel, slot):
        if not (part.isascii() and part.isdecimal() and len(part) <= shares.MOST_DIGITS):
            raise WrongInput("report-empty")
    return int(channel), int(slot)


def _draw(problem: str = "") -> str:
    settings, code = station().settings, request.values.get("piece", "")
    number = shares.request_named(settings, code) if code else None
    with station().database.reading() as session:
        shared = None if number is None else shares.piece(session, settings, number, now())
        heard = [] if shared else _heard_lately(session)
    return render_template(
        "reporting/page.html",
        problem=problem,
        shared=shared,
        code=code if shared else "",
        heard=heard,
        kinds=WRONG,
        typed=request.form,
        longest=reports.LONGEST_WORDS,
    )


def _heard_lately(session: Session) -> Sequence[Heard]:
    """What each channel carries and carried just before, the newest first."""
    slots = station().settings.slots
    last = slots.number(now()) + 1
    lines, runs = planned(session, last - SLOTS_BACK, last)
    found = []
    for channel in range(station().settings.channels):
        pieces = list(joined((one for one in lines if one.channel == channel), slots, runs))
        # The station's own sound is asked about only while it is on.
        people = [piece for piece in reversed(pieces) if piece.by or now() < piece.end]
        found += [
            Heard(f"{channel}-{slots.number(piece.start)}", piece) for piece in people[:SHOWN]
        ]
    return found


def _refused(refusal: Refusal) -> ResponseReturnValue:
    return _draw(refusal.sentence), refusals.status_of(refusal)


area.register_error_handler(Refusal, _refused)
