"""What is owed to whoever's airtime did not go out, and the letters that say so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from station import letters
from station.ledger import Right
from station.members import with_account
from station.rights import Request, cutoff, local_text
from station.settings import Settings

COMES_BACK = "Your airtime of {week} comes back in {later}"
MISSED = (
    "Your airtime of week {week} did not go out as planned, through no fault of yours. We are "
    "sorry. You have airtime in week {later} instead"
)
WORTH_AS_MUCH = ", at a time that is worth as much or more"
CARRIED = " It carries “{title}” again, unless you choose something else."
UNUSED = (
    "You did not use the airtime that we owed you, in week {week}. It comes back in week {later}"
)
UNTIL_LAST = ", and can until week {last}"
CHANGE = "You can change it until {closes}:\n\n{page}"
CHANGE_OR_PUT_OFF = (
    "You can change it, or put it off to a week up to {last}, until {closes}:\n\n{page}"
)
RAN_OUT = "We could not make good your airtime of {week}"
NO_ROOM = (
    "Your airtime of week {week} did not go out as planned, and no week up to {last} had room "
    "for it. We are sorry. Please speak with the station's operators."
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
    parts = [
        UNUSED if owed.unused else MISSED,
        WORTH_AS_MUCH if owed.least_worth and not owed.unused else "",
        UNTIL_LAST if owed.unused and not last else "",
        ".",
        CARRIED if owed.request is not None else "",
        "\n\n",
        CHANGE if last else CHANGE_OR_PUT_OFF,
    ]
    said = {
        "week": owed.right.week,
        "later": right.week,
        "last": owed.last_week,
        "title": "" if owed.request is None else owed.request.title,
        "closes": local_text(cutoff(right.parsed_week(settings.zone), settings), settings),
        "page": f"{settings.web_url}/member/",
    }
    _write(session, owed, COMES_BACK.format(**said), "".join(parts).format(**said), now)


def tell_ran_out(session: Session, owed: Owed, now: datetime) -> None:
    """Write to its holder that no week had room for what was owed."""
    said = {"week": owed.right.week, "last": owed.last_week}
    _write(session, owed, RAN_OUT.format(**said), NO_ROOM.format(**said), now)


def _write(session: Session, owed: Owed, subject: str, body: str, now: datetime) -> None:
    person = with_account(session, owed.holder_id)
    letters.write(session, person, subject, f"Hello {person.name},\n\n{body}\n", now)
