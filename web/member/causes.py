"""The station's list of causes for silence, which members may propose more for."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import causes, rights
from station.languages import gettext as _
from web.member import forms
from web.member.area import member_area
from web.session import act_once, me, now, station


def draw(problem: str = "") -> str:
    """The list, and the form to propose a cause."""
    with station().database.reading() as session:
        listed = causes.listed(session)
    return render_template(
        "member/causes.html",
        problem=problem,
        causes=listed,
        typed=request.form,
        longest_cause=rights.LONGEST_CAUSE,
    )


area = member_area("causes", draw, "/member/causes")


@area.get("/")
def page() -> ResponseReturnValue:
    """The list, and the form to propose a cause."""
    return draw()


@area.post("/")
def propose() -> ResponseReturnValue:
    """Propose a cause to the operators."""
    said = forms.read_text(request.form, "cause", _("cause"))

    def act(session: Session) -> str:
        cause = causes.propose(session, me(), said, now())
        return _(
            "Thank you. The operators decide whether “%(cause)s” is listed.", cause=cause.words
        )

    return act_once(act, url_for("causes.page"))
