"""What waits for an operator of a demo station: somebody who applies, a cause to decide about."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from station import causes
from station.members import Applicant, Person
from station.membership import applications, invitations
from station.settings import Settings

APPLICANT = Applicant("Gugu Mahlangu", "gugu@demo.localhost.test", place="Polokwane")
INTRODUCTION = (
    "I am Gugu, and I drive a school bus in Polokwane. Every morning forty children tell me what "
    "they dreamt. I would like to read their dreams on air, in Sepedi and in English."
)


def leave(
    session: Session, settings: Settings, member: Person, words: Sequence[str], now: datetime
) -> None:
    """List causes, the last of which a member only proposes; the member invites an applicant."""
    *known, proposed = words
    for cause in known:
        causes.add(session, cause, now)
    causes.propose(session, member, proposed, now)
    _, token = invitations.invite(session, settings, member, 1, now)
    applications.apply(session, settings, APPLICANT, INTRODUCTION, token, now)
