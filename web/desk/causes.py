"""The list of causes for silence: what members propose, and what they may choose."""

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import causes
from station.errors import Refusal
from station.languages import gettext as _
from station.members import Person
from station.rights import LONGEST_CAUSE
from web import refusals
from web.desk.record import act_on_record
from web.session import now, station

area = Blueprint("causes", __name__, url_prefix="/causes")


@area.get("/")
def page() -> ResponseReturnValue:
    """Every cause that is proposed or listed."""
    return _draw()


@area.post("/")
def add() -> ResponseReturnValue:
    """Put a cause on the list."""

    def act(session: Session) -> str:
        cause = causes.add(session, request.form.get("cause", ""), now())
        return _("“%(cause)s” is on the list.", cause=cause.words)

    return act_on_record(act, _back())


@area.post("/<int:cause_id>/listing")
def accept(cause_id: int) -> ResponseReturnValue:
    """List what a member proposed."""

    def act(session: Session) -> str:
        cause = causes.decide(session, cause_id, listed=True, now=now())
        return _("“%(cause)s” is on the list.", cause=cause.words)

    return act_on_record(act, _back())


@area.post("/<int:cause_id>/declining")
def decline(cause_id: int) -> ResponseReturnValue:
    """Decline a proposal, or take a cause off the list."""

    def act(session: Session) -> str:
        cause = causes.decide(session, cause_id, listed=False, now=now())
        return _("“%(cause)s” is not on the list.", cause=cause.words)

    return act_on_record(act, _back())


def _back() -> str:
    return url_for("desk.causes.page")


def _draw(problem: str = "") -> str:
    with station().database.reading() as session:
        waiting, listed = causes.waiting(session), causes.listed(session)
        ids = {cause.proposer_id for cause in waiting} - {None}
        people = session.scalars(sa.select(Person).where(Person.id.in_(ids)))
        return render_template(
            "desk/causes.html",
            problem=problem,
            waiting=waiting,
            listed=listed,
            people={person.id: person for person in people},
            typed=request.form,
            longest=LONGEST_CAUSE,
        )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
