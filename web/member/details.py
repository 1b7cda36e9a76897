"""How the station reaches a person: their name, place, language, address and phone."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import codes, contacts, messages
from station.codes import Purpose
from station.contacts import Contact
from station.errors import WrongInput
from station.languages import gettext as _
from station.members import LONGEST_TEXT, Person
from web.member import forms
from web.member.area import member_area
from web.proof import proven
from web.session import (
    SEE_OTHER,
    act_once,
    choose_language,
    do_now,
    me,
    now,
    session_token,
    station,
)
from web.words import LANGUAGES

# What a form confirms: an address by letter, a number by message.
PURPOSES = {"email": Purpose.ADDRESS, "phone": Purpose.PHONE}


def draw(problem: str = "") -> str:
    """The form, and a place for each code that was sent to a new address or number."""
    with station().database.reading() as session:
        person = session.get_one(Person, me().id)
        waiting = {
            what: code.address
            for what, purpose in PURPOSES.items()
            if (code := codes.waiting(session, purpose, session_token(), now())) is not None
        }
    refused = bool(problem) and "name" in request.form
    kept = {name: getattr(person, name) for name in ("name", "place", "language", "email", "phone")}
    return render_template(
        "member/details.html",
        problem=problem,
        said={**kept, **(request.form.to_dict() if refused else {})},
        waiting=waiting,
        by_phone=messages.way_of(station().settings),
        longest=LONGEST_TEXT,
    )


area = member_area("details", draw, "/member/details")


@area.get("/")
def page() -> ResponseReturnValue:
    """How I am reached."""
    return draw()


@area.post("/")
@proven
def change() -> ResponseReturnValue:
    """Change how I am reached."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise WrongInput("language-unknown", language=language)
    said = Contact(
        name=request.form.get("name", ""),
        place=request.form.get("place", ""),
        language=language,
        email=forms.read_text(request.form, "email", _("email address")),
        phone=request.form.get("phone", ""),
    )

    def act(session: Session) -> str:
        person = session.get_one(Person, me().id)
        contacts.change(session, station().settings, person, said, session_token(), now())
        new = [
            codes.waiting(session, purpose, session_token(), now()) for purpose in PURPOSES.values()
        ]
        choose_language(language)
        return _("Kept. One more step: type the code below.") if any(new) else _("Kept.")

    return act_once(act, url_for("details.page"))


@area.post("/<any(email, phone):what>")
def confirm(what: str) -> ResponseReturnValue:
    """Let a new address or number count, by the code that was sent there."""
    typed, found = request.form.get("code", ""), PURPOSES[what]

    def act(session: Session) -> str | None:
        person = session.get_one(Person, me().id)
        asked = (person, found, session_token(), typed)
        return contacts.confirm(session, station().settings, *asked, now())

    address = do_now(act)
    # What was counted stays counted.
    if address is None:
        raise WrongInput("code-wrong")
    flash(_("From now on we reach you at %(address)s.", address=address))
    return redirect(url_for("details.page"), SEE_OTHER)
