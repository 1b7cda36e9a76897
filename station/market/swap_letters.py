"""Both sides of a swap are told by letter what the other one did."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from station import letters
from station.airtime import Week
from station.grid import Place
from station.members import with_account
from station.rights import local_text
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter to one side about the other, to be filled with a swap's facts."""

    subject: str
    sentence: str


ASKED = Wording(
    "Would you exchange times?",
    "{other} would like to exchange times with you in week {week}.\n\nYou have: {yours}.\n"
    "{other} has: {theirs}.\n\nAccept or refuse before {until}:\n\n{page}",
)
REFUSED = Wording(
    "Your time stays as it is",
    "{other} would rather keep their time in week {week}. Yours stays as it is.",
)
LAPSED = Wording(
    "Your time stays as it is",
    "{other} did not answer you in time. Your time in week {week} stays as it is.",
)
EXCHANGED = Wording(
    "You exchanged times",
    "You exchanged times with {other}: in week {week} you are on air {place}.\n\n{page}",
)


def tell(
    session: Session, wording: Wording, to_id: int, other_id: int, now: datetime, **facts: str
) -> None:
    """Write to one account's person about what another's did or asks."""
    person, other = with_account(session, to_id), with_account(session, other_id)
    said = wording.sentence.format(other=other.name, **facts)
    letters.write(session, person, wording.subject, f"Hello {person.name},\n\n{said}\n", now)


def place_text(settings: Settings, week: str, place: Place) -> str:
    """A place as people say it: Wednesday 25 November 2026, 18:35, channel One."""
    at = Week.parse(week, settings.zone).instant(place.start, settings.slots)
    return f"{local_text(at, settings)}, channel {settings.channel_name(place.channel)}"


def page(settings: Settings) -> str:
    """Where a swap is answered."""
    return f"{settings.web_url}/member/"
