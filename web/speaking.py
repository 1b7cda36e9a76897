"""A visitor chooses the language of the pages, which then stays theirs."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from station import languages
from station.errors import WrongInput
from station.members import Person
from web.session import SEE_OTHER, choose_language, do_now, person

area = Blueprint("speaking", __name__)


@area.post("/language")
def choose() -> ResponseReturnValue:
    """Speak a language from now on; for who is signed in, on every phone and in every letter.

    Whose own language has no catalogue keeps it: it names what they speak on air.
    """
    language, who = request.form.get("language", ""), person()
    if language not in languages.known():
        raise WrongInput("language-unknown", language=language)

    def act(session: Session) -> None:
        if who is not None and who.language in languages.known():
            session.get_one(Person, who.id).language = language

    do_now(act)
    choose_language(language)
    return redirect(_back(), SEE_OTHER)


def _back() -> str:
    """The page that the form was on, if it can be opened again; else the front page."""
    came = urlsplit(request.referrer or "")
    adapter = current_app.create_url_adapter(request)
    try:
        if came.netloc == request.host and adapter is not None:
            adapter.match(came.path, method="GET")
            return f"{came.path}?{came.query}" if came.query else came.path
    except HTTPException:
        # A page that answered a post, or that is gone.
        pass
    return url_for("public.page")
