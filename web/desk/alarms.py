"""Alarms on the desk: what is wrong on air, who has taken it on, and whether alarms arrive."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from playout.alarms import telling
from station import alarms
from station.errors import Refusal
from station.languages import gettext as _
from station.members import Person
from web import refusals
from web.desk.record import act_on_record
from web.session import me, now, station

area = Blueprint("alarms", __name__, url_prefix="/alarms")


@area.get("/")
def page() -> ResponseReturnValue:
    """What is wrong on air, and what was."""
    return _draw()


@area.post("/<int:alarm_id>/acknowledging")
def acknowledge(alarm_id: int) -> ResponseReturnValue:
    """Say that one has taken an alarm on."""

    def act(session: Session) -> str:
        alarms.acknowledge(session, alarm_id, me(), now())
        return _("You have taken this alarm on.")

    return act_on_record(act, url_for("desk.alarms.page"))


def waiting() -> int:
    """How many troubles go on that nobody has taken on."""
    with station().database.reading() as session:
        return sum(alarm.acknowledged_at is None for alarm in alarms.going_on(session))


def _draw(problem: str = "") -> str:
    settings = station().settings
    with station().database.reading() as session:
        going_on, over = alarms.going_on(session), alarms.over(session)
        return render_template(
            "desk/alarms.html",
            problem=problem,
            going_on=going_on,
            over=over,
            test=alarms.newest_test(session),
            people=_people(session, [*going_on, *over]),
            told_of=lambda alarm: telling.told_of(settings, alarm),
            ways=telling.ways(settings),
        )


def _people(session: Session, shown: Sequence[alarms.Alarm]) -> dict[int | None, Person]:
    ids = {alarm.acknowledged_by for alarm in shown} - {None}
    query = sa.select(Person).where(Person.account_id.in_(ids))
    return {person.account_id: person for person in session.scalars(query)}


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
