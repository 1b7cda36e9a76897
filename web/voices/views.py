"""A person's page shows what they chose; a cause's page shows its silences; words go both ways."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import attempts, listen_again, postcards, profiles
from station.errors import Refusal
from station.languages import gettext as _
from station.postcards import LONGEST_NAME, LONGEST_WORDS, Said
from station.rights import Request
from web import refusals
from web.join.forms import TRAP, trapped
from web.session import SEE_OTHER, do_now, now, station

area = Blueprint("voices", __name__, template_folder="templates")


def draw(problem: str = "") -> str:
    """The page of the person whose code is in the address; 404 of who shows nothing."""
    settings = station().settings
    account_id = _account_id()
    with station().database.reading() as session:
        found = profiles.voice(session, settings, account_id, now())
    if found is None:
        abort(404)
    return render_template(
        "voices/voice.html",
        problem=problem,
        voice=found,
        code=profiles.code_of(settings, account_id),
        typed=request.form,
        trap=TRAP,
        longest_name=LONGEST_NAME,
        longest_words=LONGEST_WORDS,
    )


area.register_error_handler(Refusal, refusals.on_the_page(draw))


@area.get("/voice/<code>")
def page(code: str) -> ResponseReturnValue:
    """What a person chose to show."""
    del code
    return draw()


@area.post("/voice/<code>/postcard")
def write(code: str) -> ResponseReturnValue:
    """Send a person a message through the station."""
    form, account_id = request.form, _account_id()
    said = Said(form.get("name", ""), form.get("words", ""), form.get("email", ""))
    network = attempts.network_of(request.remote_addr)

    def act(session: Session) -> None:
        if profiles.of(session, account_id) is None:
            abort(404)
        postcards.write(session, station().settings, account_id, said, network, now())

    if not trapped(form):
        do_now(act)
    flash(_("Your message is on its way. Nobody sees your address."))
    return redirect(url_for("voices.page", code=code), SEE_OTHER)


@area.get("/cause/<int:cause_id>")
def cause(cause_id: int) -> ResponseReturnValue:
    """The silences for a cause: those to come, and the last ones."""
    settings = station().settings
    with station().database.reading() as session:
        found = listen_again.cause(session, cause_id)
        if found is None:
            abort(404)
        theirs = Request.cause == found.words
        coming = profiles.coming(session, settings, theirs, now())
        past = profiles.past(session, settings, theirs)
    return render_template("voices/cause.html", cause=found, coming=coming, past=past)


@area.app_template_global("voice_address")
def voice_address(account_id: int) -> str:
    """The page of a person who has one."""
    return url_for("voices.page", code=profiles.code_of(station().settings, account_id))


def _account_id() -> int:
    """Whose page the address names; 404 when we gave it to nobody."""
    named: dict[str, Any] = request.view_args or {}
    found = profiles.account_named(station().settings, named.get("code", ""))
    if found is None:
        abort(404)
    return found
