"""What becomes of a week that a person sends nothing for: chosen once, changed at any time."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import causes, rights, standing
from station.errors import WrongInput
from station.languages import gettext as _
from station.languages import marked
from station.standing import StandingChoice, StandingKind
from web.ids import read_id
from web.member import forms
from web.member.area import member_area
from web.session import act_once, me, now, station

DONE = {
    StandingKind.POOL: marked("When you send nothing for a week, it goes to the station's pool."),
    StandingKind.LAST: marked("When you send nothing for a week, your last piece airs again."),
    StandingKind.EVERGREEN: marked(
        "When you send nothing for a week, the piece you chose airs again."
    ),
    StandingKind.SILENCE: marked("When you send nothing for a week, it is silence for %(cause)s."),
}


def draw(problem: str = "") -> str:
    """The choice as it is, or as it was typed when that was refused."""
    settings, account_id = station().settings, me().account_id
    with station().database.reading() as session:
        choice = standing.choice_of(session, account_id)
        pieces = standing.accepted_recordings(session, settings, account_id)
        listed = causes.listed(session)
    typed = request.form or {
        "kind": choice.kind if choice else StandingKind.POOL,
        "recording": str(choice.recording_id or "") if choice else "",
        "cause": (choice.cause or "") if choice else "",
    }
    return render_template(
        "member/standing.html",
        problem=problem,
        said=said(choice),
        pieces=pieces,
        causes=listed,
        typed=typed,
        longest_cause=rights.LONGEST_CAUSE,
    )


area = member_area("standing", draw, "/member/standing")


@area.get("/")
def page() -> ResponseReturnValue:
    """The choice as it is."""
    return draw()


@area.post("/")
def choose() -> ResponseReturnValue:
    """Choose anew."""
    kind = _kind(request.form.get("kind", ""))
    cause = forms.read_cause(request.form) if kind is StandingKind.SILENCE else None
    recording_id = read_id(request.form, "recording")
    if kind is StandingKind.EVERGREEN and not recording_id:
        raise WrongInput("text-missing", name=_("piece that airs again"))

    def act(session: Session) -> str:
        choice = standing.choose(session, me().account_id, kind, now(), cause, recording_id)
        return _("Noted. %(said)s", said=said(choice))

    return act_once(act, url_for("standing.page"))


def _kind(text: str) -> StandingKind:
    try:
        return StandingKind(text)
    except ValueError:
        raise WrongInput("text-missing", name=_("choice")) from None


def said(choice: StandingChoice | None) -> str:
    """What becomes of a week that nothing is sent for, by a choice or without one."""
    if choice is None:
        return _(DONE[StandingKind.POOL])
    return _(DONE[StandingKind(choice.kind)], cause=choice.cause or "")
