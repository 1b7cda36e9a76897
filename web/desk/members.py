"""Members: how full the station is, who applies, and everybody by name or address."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import signin, tokens
from station.airtime import Week
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.languages import ngettext
from station.members import Person
from station.membership import applications, places
from station.membership.applications import LONGEST_REASON
from station.membership.invitations import MOST_USES
from station.statement import sentence, statement
from web import refusals
from web.desk.people import SHOWN, applicants, known, search
from web.desk.record import act_on_record
from web.membership.inviting import make
from web.session import now, station

area = Blueprint("members", __name__, url_prefix="/members")


@area.get("/")
def page() -> ResponseReturnValue:
    """Counts, applications, and a search for people."""
    return _draw()


@area.post("/applications/<int:application_id>/declining")
def decline(application_id: int) -> ResponseReturnValue:
    """Decline an application, and say why."""

    def act(session: Session) -> str:
        reason = request.form.get("reason", "")
        declined = applications.decline(session, application_id, reason, now())
        return _("%(name)s is told that it is not possible now.", name=declined.person.name)

    return act_on_record(act, url_for("desk.members.page"))


@area.post("/invitations")
def invite() -> ResponseReturnValue:
    """Make an invitation that works for several people."""
    text = request.form.get("uses", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_USES))):
        raise WrongInput("invitation-uses", most=MOST_USES)
    return make(int(text))


@area.get("/<int:person_id>")
def person_page(person_id: int) -> ResponseReturnValue:
    """One person: how to reach them, what they hold, their years and invoices."""
    with station().database.reading() as session:
        found = known(session, _person(session, person_id), now())
        signed_in = len(signin.sessions_of(session, person_id, now()))
        programs = tokens.count(session, person_id)
        return render_template(
            "desk/person.html", known=found, signed_in=signed_in, programs=programs
        )


@area.post("/<int:person_id>/sessions/end")
def end_sessions(person_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere, and end their tokens, as when their phone was stolen."""

    def act(session: Session) -> str:
        who = _person(session, person_id)
        signin.end_sessions(session, who.id, now())
        said = _("%(name)s is signed out everywhere.", name=who.name)
        if not (ended := tokens.revoke_all(session, who.id, now())):
            return said
        too = ngettext(
            "%(num)s token of theirs works no more.",
            "%(num)s tokens of theirs work no more.",
            ended,
        )
        return f"{said} {too}"

    return act_on_record(act, url_for("desk.members.person_page", person_id=person_id))


@area.get("/<int:person_id>/statement")
def statement_page(person_id: int) -> ResponseReturnValue:
    """What became of every right that a person ever had."""
    settings = station().settings
    with station().database.reading() as session:
        who = _person(session, person_id)
        lines = statement(session, settings, who.account_id)
    told = [(Week.parse(line.week, settings.zone), sentence(line, settings)) for line in lines]
    return render_template("desk/statement.html", who=who, lines=told)


def _person(session: Session, person_id: int) -> Person:
    found = session.get(Person, person_id)
    if found is None:
        abort(404)
    return found


def _draw(problem: str = "") -> str:
    words = request.args.get("q", "").strip()
    with station().database.reading() as session:
        return render_template(
            "desk/members.html",
            problem=problem,
            places=places.places(session, station().settings, now()),
            applicants=applicants(session),
            found=search(session, words),
            words=words,
            shown=SHOWN,
            most_uses=MOST_USES,
            longest=LONGEST_REASON,
            refused=(request.view_args or {}).get("application_id"),
            typed=request.form,
        )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
