"""Whose piece is held back, refused or let through after all is written to, with the reason."""

from datetime import datetime

from sqlalchemy.orm import Session

from station import letters
from station.airtime import Week
from station.languages import gettext as _
from station.languages import marked, speaking
from station.members import with_account
from station.moderation import Verdict
from station.moments import deadline_text, monday
from station.rights import Request, RequestKind, cutoff
from station.settings import Settings

SILENCE = marked("Silence for %(cause)s")
REFUSED_ABOUT = marked("“%(title)s” will not air")
REFUSED_SAID = marked("The station's operators refused “%(title)s”, for the week of %(monday)s.")
HELD_ABOUT = marked("“%(title)s” is held back for now")
HELD_SAID = marked(
    "The station's operators want to look at “%(title)s”, for the week of %(monday)s, again. It "
    "does not air before they approve it."
)
APPROVED_ABOUT = marked("“%(title)s” can air")
APPROVED_SAID = marked(
    "The station's operators have approved “%(title)s”, for the week of %(monday)s."
)
WHY = marked("Their reason: %(reason)s")
SEND_ANOTHER = marked("You can send another until %(closes)s:\n\n%(page)s")
NO_OTHER = marked("The week is closed, so nothing else can be sent for it.")

# The subject of a letter, and what it says.
WORDS = {
    Verdict.APPROVED: (APPROVED_ABOUT, APPROVED_SAID),
    Verdict.HELD: (HELD_ABOUT, HELD_SAID),
    Verdict.REFUSED: (REFUSED_ABOUT, REFUSED_SAID),
}


def tell(
    session: Session,
    settings: Settings,
    request: Request,
    verdict: Verdict,
    reason: str,
    now: datetime,
) -> None:
    """Write to the holder of a request what was decided about its piece, and why."""
    person = with_account(session, request.account_id)
    week = Week.parse(request.week, settings.zone)
    about, said = WORDS[verdict]
    with speaking(person.language):
        silent = request.kind == RequestKind.SILENCE
        title = _(SILENCE, cause=request.title) if silent else request.title
        told = [_(said, title=title, monday=monday(week))]
        if reason:
            told.append(_(WHY, reason=reason))
        if verdict is Verdict.REFUSED:
            told.append(_another(settings, week, now))
        body = letters.greeting(person.name, "\n\n".join(told))
        letters.write(session, person, _(about, title=title), body, now)


def _another(settings: Settings, week: Week, now: datetime) -> str:
    closes = cutoff(week, settings)
    if now >= closes:
        return _(NO_OTHER)
    page = f"{settings.web_url}/member/"
    return _(SEND_ANOTHER, closes=deadline_text(closes, settings), page=page)
