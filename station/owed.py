"""What is owed to whoever's airtime did not go out, and the letters that say so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from station import letters
from station.airtime import Week
from station.languages import gettext as _
from station.languages import marked, speaking
from station.ledger import Right
from station.members import with_account
from station.moments import deadline_text, monday
from station.rights import Request, cutoff
from station.settings import Settings

COMES_BACK = marked("Your airtime of the week of %(week)s comes back in the week of %(later)s")
MISSED = marked(
    "Your airtime of the week of %(week)s did not go out as planned, through no fault of yours. "
    "We are sorry. You have airtime in the week of %(later)s instead."
)
MISSED_AND_WORTH_AS_MUCH = marked(
    "Your airtime of the week of %(week)s did not go out as planned, through no fault of yours. "
    "We are sorry. You have airtime in the week of %(later)s instead, at a time that is worth as "
    "much or more."
)
UNUSED = marked(
    "You did not use the airtime that we owed you, in the week of %(week)s. It comes back in "
    "the week of %(later)s."
)
UNUSED_UNTIL_LAST = marked(
    "You did not use the airtime that we owed you, in the week of %(week)s. It comes back in "
    "the week of %(later)s, and can until the week of %(last)s."
)
CARRIED = marked("It carries “%(title)s” again, unless you choose something else.")
CHANGE = marked("You can change it until %(closes)s:\n\n%(page)s")
CHANGE_OR_PUT_OFF = marked(
    "You can change it, or put it off to a week up to that of %(last)s, until %(closes)s:"
    "\n\n%(page)s"
)
RAN_OUT = marked("We could not make good your airtime of the week of %(week)s")
NO_ROOM = marked(
    "Your airtime of the week of %(week)s did not go out as planned, and no week up to that of "
    "%(last)s had room for it. We are sorry. Please speak with the station's operators."
)


@dataclass(frozen=True, slots=True)
class Owed:
    """A right to be made good: to whom, until when, and with what.

    `unused` ones were makegoods that their holder let go by.
    """

    right: Right
    holder_id: int
    request: Request | None
    least_worth: int
    last_week: str
    unused: bool = False


def tell_given(
    session: Session, settings: Settings, owed: Owed, right: Right, now: datetime
) -> None:
    """Write to its holder which right makes another one good."""
    last = right.week >= owed.last_week
    with speaking(with_account(session, owed.holder_id).language):
        said = {
            "week": monday(owed.right.parsed_week(settings.zone)),
            "later": monday(right.parsed_week(settings.zone)),
            "last": monday(Week.parse(owed.last_week, settings.zone)),
            "title": "" if owed.request is None else owed.request.title,
            "closes": deadline_text(cutoff(right.parsed_week(settings.zone), settings), settings),
            "page": f"{settings.web_url}/member/",
        }
        parts = [_(_why(owed, last=last), **said)]
        if owed.request is not None:
            parts.append(_(CARRIED, **said))
        change = _(CHANGE if last else CHANGE_OR_PUT_OFF, **said)
        _write(session, owed, _(COMES_BACK, **said), f"{' '.join(parts)}\n\n{change}", now)


def tell_ran_out(session: Session, settings: Settings, owed: Owed, now: datetime) -> None:
    """Write to its holder that no week had room for what was owed."""
    with speaking(with_account(session, owed.holder_id).language):
        said = {
            "week": monday(owed.right.parsed_week(settings.zone)),
            "last": monday(Week.parse(owed.last_week, settings.zone)),
        }
        _write(session, owed, _(RAN_OUT, **said), _(NO_ROOM, **said), now)


def _why(owed: Owed, *, last: bool) -> str:
    if owed.unused:
        return UNUSED if last else UNUSED_UNTIL_LAST
    return MISSED_AND_WORTH_AS_MUCH if owed.least_worth else MISSED


def _write(session: Session, owed: Owed, subject: str, body: str, now: datetime) -> None:
    person = with_account(session, owed.holder_id)
    letters.write(session, person, subject, letters.greeting(person.name, body), now)
