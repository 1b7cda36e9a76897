"""Both sides of a swap are told by letter what the other one did."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from station import letters
from station.airtime import Week
from station.grid import Place
from station.languages import gettext as _
from station.languages import marked, speaking
from station.members import with_account
from station.moments import local_text, monday
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter to one side about the other, to be filled with a swap's facts."""

    subject: str
    sentence: str


ASKED = Wording(
    marked("Would you exchange times?"),
    marked(
        "%(other)s would like to exchange times with you in the week of %(week)s.\n\nYou have: "
        "%(yours)s.\n%(other)s has: %(theirs)s.\n\nAccept or refuse before %(until)s:\n\n%(page)s"
    ),
)
REFUSED = Wording(
    marked("Your time stays as it is"),
    marked("%(other)s would rather keep their time in the week of %(week)s. Yours stays as it is."),
)
LAPSED = Wording(
    marked("Your time stays as it is"),
    marked(
        "%(other)s did not answer you in time. Your time in the week of %(week)s stays as it is."
    ),
)
EXCHANGED = Wording(
    marked("You exchanged times"),
    marked(
        "You exchanged times with %(other)s: in the week of %(week)s you are on air %(place)s."
        "\n\n%(page)s"
    ),
)


def tell(
    session: Session,
    wording: Wording,
    to_id: int,
    other_id: int,
    now: datetime,
    *,
    week: str,
    **facts: str,
) -> None:
    """Write to one account's person about what another's did or asks in a week."""
    person, other = with_account(session, to_id), with_account(session, other_id)
    with speaking(person.language):
        # Its Monday is the same day in every zone.
        facts |= {"week": monday(Week.parse(week, ZoneInfo("UTC"))), "other": other.name}
        body = letters.greeting(person.name, _(wording.sentence, **facts))
        letters.write(session, person, _(wording.subject), body, now)


def place_text(settings: Settings, week: str, place: Place) -> str:
    """A place as people say it: Wednesday 25 November 2026, 18:35, channel One."""
    at = Week.parse(week, settings.zone).instant(place.start, settings.slots)
    channel = settings.channel_name(place.channel)
    return _("%(moment)s, channel %(channel)s", moment=local_text(at, settings), channel=channel)


def page(settings: Settings) -> str:
    """Where a swap is answered."""
    return f"{settings.web_url}/member/"
