"""The station keeps a list of causes for silence; members propose, its operators decide."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, compare_and_set
from station.errors import Refusal
from station.languages import gettext as _
from station.members import Person
from station.rights import LONGEST_CAUSE, clean_text


class CauseState(StrEnum):
    """Whether members may choose it."""

    PROPOSED = "proposed"
    LISTED = "listed"
    DECLINED = "declined"


class Cause(Base):
    """One cause, in the words that are announced; `proposer_id` is the member who asked for it."""

    __tablename__ = "causes"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    proposer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]


def listed(session: Session) -> list[Cause]:
    """The causes that members may choose, by their words."""
    return _in_state(session, CauseState.LISTED)


def waiting(session: Session) -> list[Cause]:
    """The causes that members proposed and nobody decided about."""
    return _in_state(session, CauseState.PROPOSED)


def propose(session: Session, person: Person, words: str, now: datetime) -> Cause:
    """Propose a cause for the list.

    Raises WrongInput `text-missing` or `text-long`, Refusal `cause-known` or `cause-declined`.
    """
    words = clean_text(words, _("cause"), LONGEST_CAUSE)
    known = _like(session, words)
    if known is not None:
        declined = known.state == CauseState.DECLINED
        raise Refusal("cause-declined" if declined else "cause-known", words=known.words)
    return _keep(session, Cause(words=words, state=CauseState.PROPOSED, proposer_id=person.id), now)


def add(session: Session, words: str, now: datetime) -> Cause:
    """Put a cause on the list, whoever proposed or declined it before.

    Raises WrongInput `text-missing` or `text-long`, Refusal `cause-known` when it is listed.
    """
    words = clean_text(words, _("cause"), LONGEST_CAUSE)
    known = _like(session, words)
    if known is None:
        return _keep(session, Cause(words=words, state=CauseState.LISTED), now)
    if known.state == CauseState.LISTED:
        raise Refusal("cause-known", words=known.words)
    return decide(session, known.id, listed=True, now=now)


def decide(session: Session, cause_id: int, listed: bool, now: datetime) -> Cause:
    """List a cause, or decline it (which also takes it off the list).

    Raises Refusal `cause-unknown`, or `cause-decided` when it is so already.
    """
    cause = session.get(Cause, cause_id)
    if cause is None:
        raise Refusal("cause-unknown")
    state = CauseState.LISTED if listed else CauseState.DECLINED
    if not compare_and_set(
        session, Cause, Cause.id == cause_id, Cause.state != state, state=state, at=now
    ):
        raise Refusal("cause-decided", words=cause.words, state=state)
    session.refresh(cause)
    return cause


def _in_state(session: Session, state: CauseState) -> list[Cause]:
    query = sa.select(Cause).where(Cause.state == state)
    return list(session.scalars(query.order_by(Cause.words)))


def _like(session: Session, words: str) -> Cause | None:
    """The cause with these words in any letter case, which SQLite itself knows of ASCII alone."""
    known = session.scalars(sa.select(Cause).order_by(Cause.id))
    return next((one for one in known if one.words.casefold() == words.casefold()), None)


def _keep(session: Session, cause: Cause, now: datetime) -> Cause:
    cause.at = now
    try:
        with session.begin_nested():
            session.add(cause)
    except sa.exc.IntegrityError:
        # Somebody else was quicker with the same words.
        raise Refusal("cause-known", words=cause.words) from None
    return cause
