"""Whatever goes wrong is answered with one sentence, the right status, and what to do next."""

import secrets
from collections.abc import Callable

import structlog
from flask import Flask, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from station.errors import Busy, Fault, Refusal, WrongInput
from station.languages import gettext as _
from station.languages import marked
from web import problems
from web.session import AFTER, SEE_OTHER, station

logger = structlog.get_logger()

UNPROCESSABLE = 422
CONFLICT = 409
UNAVAILABLE = 503
STATUS = {
    "sign-in-first": 401,
    "operators-only": 403,
    "right-not-yours": 403,
    "recording-not-yours": 403,
    "offer-not-yours": 403,
    "invitation-not-yours": 403,
    "link-used": 410,
    "invitation-over": 410,
    "upload-large": 413,
    "sent-much": 413,
    "disk-full": 507,
    "arrival-unknown": 404,
    "receipt-unknown": 404,
    "page-old": 400,
    "token-wrong": 401,
    "token-reads": 403,
    "week-unknown": 404,
    "version-unknown": 404,
    "piece-unknown": 404,
}
ADVICE = {
    404: (
        marked("There is no such page."),
        marked("Check the address, or start again from the front page."),
    ),
    405: (
        marked("That can't be done here."),
        marked("Go back and use the buttons on the page."),
    ),
    400: (
        marked("We could not read what was sent."),
        marked("Go back, load the page again and repeat."),
    ),
    410: (
        marked("This is not here any more."),
        marked("Whoever it belongs to took it away, or it was kept for as long as we keep it."),
    ),
    413: (marked("Too much was sent at once."), marked("Go back and send less.")),
    429: (
        marked("Too much was asked for in this minute."),
        marked("Wait a minute, then load the page again."),
    ),
    500: (
        marked("Something broke on our side."),
        marked(
            "Nothing was half done. "
            "Try again in a minute; if it stays, tell the operator this number:"
        ),
    ),
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status that a refusal is answered with."""
    return STATUS.get(refusal.code, UNPROCESSABLE if isinstance(refusal, WrongInput) else CONFLICT)


def on_the_page(show: Callable[[str], str]) -> Callable[[Refusal], ResponseReturnValue]:
    """Answer an area's refusals on its own page, drawn by `show` with the sentence.

    Who may not see the page at all is shown the way in instead.
    """

    def answer(refusal: Refusal) -> ResponseReturnValue:
        if refusal.code in ("sign-in-first", "operators-only"):
            return refused(refusal)
        return show(refusal.sentence), status_of(refusal)

    return answer


def refused(refusal: Refusal) -> ResponseReturnValue:
    """Answer a refusal on a page of its own; who opens a page signed out is sent to sign in."""
    if problems.are_wanted():
        return problems.answer(status_of(refusal), refusal.sentence, refusal.code)
    if refusal.code == "sign-in-first":
        if request.method == "GET":
            # Whichever way they sign in here, they come to what they opened.
            session[AFTER] = request.full_path.rstrip("?")
            return redirect(url_for("signin.ask"), SEE_OTHER)
        return render_template("signin.html", problem=refusal.sentence), status_of(refusal)
    return render_template("refused.html", sentence=refusal.sentence), status_of(refusal)


def register(app: Flask) -> None:
    """Let an application answer all its refusals and faults in words."""
    app.before_request(_require_text)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, _page_old)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(Fault, _broken)
    app.register_error_handler(Exception, _broken)


def _require_text() -> None:
    """Nobody types a NUL, and PostgreSQL keeps none in a text."""
    said = (request.path, *request.args.values(), *request.form.values())
    if any("\0" in text for text in said):
        abort(400)


def _page_old(_error: CSRFError) -> ResponseReturnValue:
    return refused(Refusal("page-old"))


def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    limit = station().settings.audio.upload_megabytes
    return refused(WrongInput("upload-large", limit=limit))


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or UNPROCESSABLE
    said = ADVICE.get(status, ADVICE[400])
    if problems.are_wanted():
        return problems.of_http(error, _(said[0]))
    return _advise(said), status


def _busy(error: Busy) -> ResponseReturnValue:
    if problems.are_wanted():
        return problems.answer(UNAVAILABLE, str(error))
    return render_template("refused.html", sentence=str(error)), UNAVAILABLE


def _broken(error: Exception) -> ResponseReturnValue:
    number = secrets.token_hex(4)
    # The page that says so must not need what broke.
    g.setdefault("person", None)
    logger.error("page-broke", number=number, exc_info=error)
    if problems.are_wanted():
        return problems.answer(500, _(ADVICE[500][0]), number=number)
    return _advise(ADVICE[500], number), 500


def _advise(said: tuple[str, str], number: str = "") -> str:
    sentence, advice = map(_, said)
    return render_template("refused.html", sentence=sentence, advice=advice, number=number)
