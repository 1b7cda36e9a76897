"""How a person's pieces sound: what follows a short one, what comes before each, what is evened."""

from enum import StrEnum
from typing import TypeVar

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from media.announcements import ident_words
from station import lengths, presentation, standing
from station.errors import WrongInput
from station.languages import gettext as _
from station.languages import marked
from station.presentation import LONGEST_IDENT_WORDS, Choice, Presentation
from station.treatment import Ident, Short
from web.ids import read_id
from web.member.area import member_area
from web.member.forms import TICKED
from web.session import act_once, me, now, station
from web.upload import ACCEPT, keep_sound

Kind = TypeVar("Kind", bound=StrEnum)
FOLLOWS = {
    Short.FILL: marked("After one that is shorter than %(length)s comes the station's own fill."),
    Short.AGAIN: marked("After one that is shorter than %(length)s comes the piece again."),
    Short.PIECE: marked("After one that is shorter than %(length)s comes another piece of yours."),
}
BEFORE = {
    Ident.NONE: marked("Nothing is said before your pieces."),
    Ident.SPOKEN: marked("A voice announces your pieces."),
    Ident.RECORDED: marked("Your own recording announces your pieces."),
}


def draw(problem: str = "") -> str:
    """The choice as it is, or as it was typed when that was refused."""
    settings, account_id = station().settings, me().account_id
    with station().database.reading() as session:
        chosen = presentation.of(session, account_id) or Presentation(
            short=Short.FILL, ident=Ident.NONE, ident_words="", level=False, clean=False
        )
        pieces = standing.accepted_recordings(session, settings, account_id)
    return render_template(
        "member/presentation.html",
        problem=problem,
        before=_(BEFORE[Ident(chosen.ident)]),
        follows=_(
            FOLLOWS[Short(chosen.short)], length=lengths.length(settings.station.slot_seconds)
        ),
        pieces=pieces,
        usual=usual_words(),
        recorded=chosen.ident_upload_sha256,
        typed=request.form or _typed(chosen),
        longest_words=LONGEST_IDENT_WORDS,
        accept=ACCEPT,
    )


def usual_words() -> str:
    """What announces whoever is signed in, in their language, without words of their own."""
    seconds, person = station().settings.station.slot_seconds, me()
    return ident_words(person.name, person.place, seconds, person.language)


area = member_area("presenting", draw, "/member/sound")


@area.get("/")
def page() -> ResponseReturnValue:
    """The choice as it is."""
    return draw()


@area.post("/")
def choose() -> ResponseReturnValue:
    """Choose anew, for whatever is sent from now on."""
    form = request.form
    short, ident = _one_of(Short, form.get("short", "")), _one_of(Ident, form.get("ident", ""))
    recording_id = read_id(form, "recording")
    if short is Short.PIECE and not recording_id:
        raise WrongInput("text-missing", name=_("piece that follows"))
    # Whoever sends a recording wants it heard, whatever else is ticked.
    ident_sha256 = keep_sound(request.files.get("file"), station().settings)
    choice = Choice(
        short=short,
        recording_id=recording_id,
        ident=Ident.RECORDED if ident_sha256 else ident,
        ident_words=form.get("words", "") if ident is Ident.SPOKEN else "",
        ident_sha256=ident_sha256,
        level=form.get("level") == TICKED,
        clean=form.get("clean") == TICKED,
    )

    def act(session: Session) -> str:
        presentation.choose(session, me().account_id, choice, now())
        return _("Noted. Whatever you send from now on is made so.")

    return act_once(act, url_for("presenting.page"), ident_sha256)


def _one_of(kind: type[Kind], text: str) -> Kind:
    try:
        return kind(text)
    except ValueError:
        raise WrongInput("text-missing", name=_("choice")) from None


def _typed(chosen: Presentation) -> dict[str, str]:
    """A choice as its form would say it."""
    return {
        "short": chosen.short,
        "recording": str(chosen.recording_id or ""),
        "ident": chosen.ident,
        "words": chosen.ident_words,
        "level": TICKED if chosen.level else "",
        "clean": TICKED if chosen.clean else "",
    }
