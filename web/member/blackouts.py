"""A person says at which times of each week nothing of theirs may air."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import blackouts
from station.languages import gettext as _
from station.languages import marked
from web.member import forms
from web.member.area import member_area
from web.session import act_once, me, now, station

DAYS = (
    marked("Every day"),
    marked("Monday"),
    marked("Tuesday"),
    marked("Wednesday"),
    marked("Thursday"),
    marked("Friday"),
    marked("Saturday"),
    marked("Sunday"),
)


def draw(problem: str = "") -> str:
    """The times as they are, and the form for another."""
    with station().database.reading() as session:
        chosen = blackouts.of(session, me().account_id)
    return render_template(
        "member/blackouts.html",
        problem=problem,
        blackouts=chosen,
        days=DAYS,
        hours=round(blackouts.minutes_out(chosen) / 60),
        most=station().settings.rules.blackout_hours,
        typed=request.form,
    )


area = member_area("blackouts", draw, "/member/blackouts")


@area.get("/")
def page() -> ResponseReturnValue:
    """The times as they are."""
    return draw()


@area.post("/")
def choose() -> ResponseReturnValue:
    """Keep another time free."""
    start = forms.read_text(request.form, "start", _("beginning"))
    end = forms.read_text(request.form, "end", _("end"))
    weekday = request.form.get("weekday", -1, type=int)

    def act(session: Session) -> str:
        who = me().account_id
        blackouts.choose(session, station().settings, who, weekday, start, end, now())
        return _("Noted. It holds for each week that has not closed yet.")

    return act_once(act, url_for("blackouts.page"))


@area.post("/<int:blackout_id>/removal")
def remove(blackout_id: int) -> ResponseReturnValue:
    """Let a time be used again."""

    def act(session: Session) -> str:
        blackouts.remove(session, me().account_id, blackout_id)
        return _("Taken away. You can be heard at that time again.")

    return act_once(act, url_for("blackouts.page"))
