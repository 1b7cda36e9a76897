"""What a member's forms say is read here once, into values that the station's verbs take."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from station.errors import WrongInput
from station.languages import gettext as _
from station.treatment import Long, Treatment
from station.wishes import Wish
from web.words import LANGUAGES

MOST_MINUTES = 24 * 60
DEFAULT_MINUTES = 60
TICKED = "yes"

# A form as it was sent: names and texts.
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What a member says about a recording; of its treatment, what the form asks each time."""

    title: str
    language: str
    adult: bool
    music: str
    treatment: Treatment
    wishes: list[Wish]

    def over(self, usual: Treatment) -> Treatment:
        """Somebody's usual treatment, with what this form says instead."""
        asked = self.treatment
        return msgspec.structs.replace(usual, long=asked.long, level=asked.level, clean=asked.clean)


def read_recording(form: Form) -> Said:
    """Read the upload form, all but its file.

    Raises WrongInput `permission-missing`, `text-missing`, `language-unknown`, `number-wrong`.
    """
    if form.get("permission") != TICKED:
        raise WrongInput("permission-missing")
    return Said(
        title=read_text(form, "title", _("title")),
        language=read_language(form),
        adult=form.get("adult") == TICKED,
        music=form.get("music", "").strip(),
        treatment=Treatment(
            long=Long.FADE if form.get("fade_out") == TICKED else Long.ASK,
            level=form.get("level") == TICKED,
            clean=form.get("clean") == TICKED,
        ),
        wishes=read_wishes(form),
    )


def read_text(form: Form, name: str, called: str = "") -> str:
    """Read a text that must be there. Raises WrongInput `text-missing`."""
    text = form.get(name, "").strip()
    if not text:
        raise WrongInput("text-missing", name=called or name)
    return text


def read_cause(form: Form) -> str:
    """Read a cause: one's own words, or else one of the list. Raises WrongInput `text-missing`."""
    return form.get("cause", "").strip() or read_text(form, "listed", _("cause"))


def read_language(form: Form) -> str:
    """Read a language's code. Raises WrongInput `language-unknown`."""
    language = form.get("language", "en")
    if language not in LANGUAGES:
        raise WrongInput("language-unknown", language=language)
    return language


def read_wishes(form: Form) -> list[Wish]:
    """Read a wished daypart and a wished moment; either, both or none.

    Raises WrongInput `number-wrong`; the station itself refuses a daypart or moment it does
    not have.
    """
    wishes = []
    if daypart := form.get("daypart", ""):
        wishes.append(Wish(daypart=daypart))
    if moment := form.get("moment", "").strip():
        wishes.append(Wish(moment=moment, minutes=_minutes(form)))
    return wishes


def _minutes(form: Form) -> int:
    text = form.get("minutes", "").strip() or str(DEFAULT_MINUTES)
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_MINUTES))
    if not fits or int(text) > MOST_MINUTES:
        raise WrongInput("number-wrong", text=text, name="minutes", example="30")
    return int(text)
