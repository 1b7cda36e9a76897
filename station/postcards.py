"""A listener's words reach a member through the station, and neither learns the other's address.

A member who takes none gets none; who had enough of a sender gets nothing from there again.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station import attempts, letters, profiles
from station.attempts import Limit
from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.languages import speaking
from station.members import Person, clean_email, with_account
from station.reports import Report, ReportKind
from station.settings import Settings

LONGEST_NAME = 80
LONGEST_WORDS = 1000
KEPT = timedelta(days=90)
FROM_A_NETWORK = Limit("postcard", 5, "postcards-often")
TO_A_PERSON = Limit("postcard-to", 10, "postcards-often")


class PostcardState(StrEnum):
    """What became of it; `reported` ones are shown to the operators, and block like `blocked`."""

    DELIVERED = "delivered"
    ANSWERED = "answered"
    BLOCKED = "blocked"
    REPORTED = "reported"


UNWANTED = (PostcardState.BLOCKED, PostcardState.REPORTED)


class Postcard(Base):
    """A listener's words to an account's person; `email` is where an answer goes, or empty.

    `network_hash` tells whether two came from one place to one person, and nothing else.
    """

    __tablename__ = "postcards"
    __table_args__ = (sa.Index("ix_postcards_account_id", "account_id", "id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    name: Mapped[str]
    words: Mapped[str]
    email: Mapped[str]
    network_hash: Mapped[str]
    state: Mapped[str] = mapped_column(default=PostcardState.DELIVERED)
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Said:
    """What a listener filled in; without an email there can be no answer."""

    name: str
    words: str
    email: str = ""


def write(
    session: Session, settings: Settings, account_id: int, said: Said, network: str, now: datetime
) -> Postcard:
    """Bring a listener's words to a person, as a letter from the station.

    Whoever was turned away before is told the same as anybody, and nothing is kept. Raises Refusal
    `postcards-none` or `postcards-often`, WrongInput `text-missing`, `text-long` or `email-wrong`.
    """
    person, chosen = with_account(session, account_id), profiles.of(session, account_id)
    if chosen is None or not (chosen.shown and chosen.takes_postcards):
        raise Refusal("postcards-none", name=person.name)
    card = Postcard(
        account_id=account_id,
        name=_clean(said.name, _("name"), LONGEST_NAME),
        words=_clean(said.words, _("message"), LONGEST_WORDS),
        email=clean_email(said.email) if said.email.strip() else "",
        network_hash=_hashed(settings, account_id, network) if network else "",
        at=now,
    )
    if (before := _sent_before(session, card)) is not None:
        return before
    attempts.count(session, FROM_A_NETWORK, network, settings, now)
    if _is_unwanted(session, card):
        return card
    attempts.count(session, TO_A_PERSON, f"account {account_id}", settings, now)
    session.add(card)
    session.flush()
    with speaking(person.language):
        letters.write(session, person, *_delivery(settings, card, person), now)
    return card


def of_account(session: Session, account_id: int) -> Sequence[Postcard]:
    """What an account's person was written and has not turned away, newest first."""
    query = sa.select(Postcard).where(
        Postcard.account_id == account_id, Postcard.state.not_in(UNWANTED)
    )
    return session.scalars(query.order_by(Postcard.id.desc())).all()


def answer(
    session: Session, settings: Settings, person: Person, card_id: int, words: str, now: datetime
) -> Postcard:
    """Answer whoever wrote, once, through the station.

    Raises Refusal `postcard-not-yours` or `postcard-answered`, WrongInput `text-missing` or
    `text-long`.
    """
    card = _mine(session, person, card_id)
    said = _clean(words, _("answer"), LONGEST_WORDS)
    still = (Postcard.id == card.id, Postcard.state == PostcardState.DELIVERED)
    moved = compare_and_set(session, Postcard, *still, state=PostcardState.ANSWERED)
    if not card.email or not moved:
        raise Refusal("postcard-answered", name=card.name)
    subject = _("%(name)s answers you", name=person.name)
    body = _(
        "%(name)s answers what you wrote to them through %(station)s:\n\n%(words)s\n\nTheir "
        "address is not shown, and yours was not shown to them. This letter can't be answered. "
        "Their page, where you can write again: %(page)s",
        name=person.name,
        station=settings.station.name,
        words=said,
        page=page_of(settings, person.account_id),
    )
    said_to = letters.greeting(card.name, body)
    letters.write_to(session, card.name, card.email, subject, said_to, now)
    return card


def report(session: Session, person: Person, card_id: int, now: datetime) -> Postcard:
    """Let the operators read what was written, and take nothing more from whoever wrote it.

    Raises Refusal `postcard-not-yours`.
    """
    card = turn_away(session, person, card_id, PostcardState.REPORTED)
    title = _("A message to %(name)s", name=person.name)
    said = {"words": f"{card.name}: {card.words}", "email": "", "language": person.language}
    session.add(Report(at=now, title=title, kind=ReportKind.HURTFUL, **said))
    session.flush()
    return card


def turn_away(
    session: Session,
    person: Person,
    card_id: int,
    state: PostcardState = PostcardState.BLOCKED,
) -> Postcard:
    """Take nothing more from whoever wrote. Raises Refusal `postcard-not-yours`."""
    card = _mine(session, person, card_id)
    card.state = state
    session.flush()
    return card


def clear_old(session: Session, now: datetime) -> int:
    """Forget what is long read; who was turned away stays so, without their words."""
    old = Postcard.at < now - KEPT
    session.execute(sa.update(Postcard).where(old).values(words="", name=""))
    gone = sa.delete(Postcard).where(old, Postcard.state.not_in(UNWANTED))
    return len(session.scalars(gone.returning(Postcard.id)).all())


def page_of(settings: Settings, account_id: int) -> str:
    """The address of a person's page."""
    return f"{settings.web_url}/voice/{profiles.code_of(settings, account_id)}"


def _mine(session: Session, person: Person, card_id: int) -> Postcard:
    card = session.get(Postcard, card_id)
    if card is None or card.account_id != person.account_id or card.state in UNWANTED:
        raise Refusal("postcard-not-yours")
    return card


def _is_unwanted(session: Session, card: Postcard) -> bool:
    """Whether its sender was turned away before."""
    by_address = sa.and_(Postcard.email != "", Postcard.email == card.email)
    by_place = sa.and_(Postcard.network_hash != "", Postcard.network_hash == card.network_hash)
    query = sa.select(Postcard.id).where(
        Postcard.account_id == card.account_id,
        Postcard.state.in_(UNWANTED),
        sa.or_(by_address, by_place),
    )
    return session.scalars(query).first() is not None


def _sent_before(session: Session, card: Postcard) -> Postcard | None:
    """The same words to the same person, unanswered: its button was pressed twice."""
    query = sa.select(Postcard).where(
        Postcard.account_id == card.account_id,
        Postcard.state == PostcardState.DELIVERED,
        Postcard.name == card.name,
        Postcard.words == card.words,
    )
    return session.scalars(query).first()


def _delivery(settings: Settings, card: Postcard, person: Person) -> tuple[str, str]:
    """The subject and the body of the letter that brings a postcard."""
    page = f"{settings.web_url}/member/voice/"
    told = _(
        "%(name)s wrote to you from your page at %(station)s:\n\n%(words)s\n\nThey do not see your "
        "address, and you do not see theirs.",
        name=card.name,
        station=settings.station.name,
        words=card.words,
    )
    can = (
        _("You can answer through the station, or take nothing more from them: %(page)s", page=page)
        if card.email
        else _(
            "They left no address, so there is no answering them. You can take nothing more from "
            "them: %(page)s",
            page=page,
        )
    )
    body = letters.greeting(person.name, f"{told}\n\n{can}")
    return _("A listener wrote to you: %(name)s", name=card.name), body


def _clean(text: str, name: str, longest: int) -> str:
    """A person's words with their line breaks. Raises WrongInput `text-missing` or `text-long`."""
    lines = ["".join(c if c.isprintable() else " " for c in line) for line in text.splitlines()]
    text = "\n".join(" ".join(line.split()) for line in lines).strip()
    if not text:
        raise WrongInput("text-missing", name=name)
    if len(text) > longest:
        raise WrongInput("text-long", name=name, longest=longest, length=len(text))
    return text


def _hashed(settings: Settings, account_id: int, network: str) -> str:
    key = settings.secrets.session_key.encode()
    return hmac.digest(key, f"postcard {account_id} {network}".encode(), hashlib.sha256).hex()
