"""A letter's link or code signs in once and not for long; a session can be ended from anywhere.

Only hashes of links and sessions are kept: who reads the database can't sign in with it.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station import codes
from station.codes import CODE_LASTS, Purpose, hashed
from station.db import Base
from station.errors import Refusal
from station.members import Person

LINK_LASTS = CODE_LASTS
LINK_REST = timedelta(minutes=1)
SESSION_LASTS = timedelta(days=60)
PROOF_LASTS = timedelta(minutes=15)
LONGEST_BROWSER = 300


@dataclass(frozen=True, slots=True)
class Entered:
    """A session's token, and whether a letter led there: its address is theirs, then."""

    token: str
    by_letter: bool


class SignInLink(Base):
    """One link that was sent."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignedIn(Base):
    """One browser that a person is signed in with, and when they last proved there who they are.

    `browser` is what it calls itself.
    """

    __tablename__ = "signed_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    since: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    proven_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(default="")


def new_link(session: Session, person: Person, now: datetime, lasts: timedelta = LINK_LASTS) -> str:
    """Make a link's token for a person; it is told once, here."""
    token = secrets.token_urlsafe(24)
    session.add(SignInLink(token_hash=hashed(token), person_id=person.id, expires_at=now + lasts))
    session.flush()
    return token


def asked_lately(session: Session, person: Person, now: datetime) -> bool:
    """Whether a link was made for a person so short a time ago that another would be too many."""
    query = sa.select(SignInLink.token_hash).where(
        SignInLink.person_id == person.id,
        SignInLink.used_at.is_(None),
        # A link that lasts longer than usual was not asked for at the form.
        SignInLink.expires_at.between(now + LINK_LASTS - LINK_REST, now + LINK_LASTS),
    )
    return session.scalars(query).first() is not None


def use_link(session: Session, token: str, now: datetime, browser: str = "") -> str:
    """Trade a link's token for a session's. Raises Refusal `link-used`."""
    person_id = _use_up(session, hashed(token), now)
    if person_id is None:
        raise Refusal("link-used")
    codes.end_with_link(session, hashed(token), now)
    return sign_in(session, person_id, now, browser)


def use_code(
    session: Session, asking: str, typed: str, now: datetime, browser: str = ""
) -> Entered | None:
    """Trade a code for a session's token; None when it does not fit.

    A wrong code counts only once the transaction is committed.
    """
    code = codes.try_code(session, Purpose.SIGN_IN, asking, typed, now)
    if code is None:
        return None
    if code.link_hash and _use_up(session, code.link_hash, now) is None:
        return None
    token = sign_in(session, code.person_id, now, browser)
    return Entered(token, by_letter=bool(code.link_hash))


def sign_in(
    session: Session, person_id: int, now: datetime, browser: str = "", *, proven: bool = True
) -> str:
    """Sign a person in with one more browser; returns its session's token, told only here."""
    session_token = secrets.token_urlsafe(24)
    session.add(
        SignedIn(
            token_hash=hashed(session_token),
            person_id=person_id,
            since=now,
            expires_at=now + SESSION_LASTS,
            proven_at=now if proven else None,
            browser=browser[:LONGEST_BROWSER],
        )
    )
    session.flush()
    return session_token


def who(session: Session, session_token: str, now: datetime) -> Person | None:
    """Who a session belongs to, while it lasts."""
    query = sa.select(Person).join(SignedIn, SignedIn.person_id == Person.id)
    running = _running(now)
    return session.scalars(
        query.where(SignedIn.token_hash == hashed(session_token), *running)
    ).first()


def proved_lately(session: Session, session_token: str, now: datetime) -> bool:
    """Whether the person proved in this session that it is them, not long ago."""
    query = sa.select(SignedIn.token_hash).where(
        SignedIn.token_hash == hashed(session_token),
        SignedIn.proven_at > now - PROOF_LASTS,
        *_running(now),
    )
    return session.scalars(query).first() is not None


def prove(session: Session, session_token: str, now: datetime) -> None:
    """Keep that the person has just proved in this session that it is them."""
    of_session = sa.update(SignedIn).where(SignedIn.token_hash == hashed(session_token))
    session.execute(of_session.values(proven_at=now))


def sessions_of(session: Session, person_id: int, now: datetime) -> list[SignedIn]:
    """The browsers that a person is signed in with, the newest first."""
    query = sa.select(SignedIn).where(SignedIn.person_id == person_id, *_running(now))
    return list(session.scalars(query.order_by(SignedIn.since.desc())))


def sign_out(session: Session, session_token: str, now: datetime) -> None:
    """End one session."""
    _end(session, now, SignedIn.token_hash == hashed(session_token))


def end_session(session: Session, person_id: int, token_hash: str, now: datetime) -> int:
    """End one of a person's sessions, by its hash; counts what was ended."""
    return _end(session, now, SignedIn.person_id == person_id, SignedIn.token_hash == token_hash)


def end_sessions(session: Session, person_id: int, now: datetime, but: str = "") -> int:
    """End all of a person's sessions, but one whose token is named; counts what was ended."""
    mine = SignedIn.person_id == person_id
    return _end(session, now, mine, SignedIn.token_hash != hashed(but))


def _end(session: Session, now: datetime, *which: sa.ColumnElement[bool]) -> int:
    ended = sa.update(SignedIn).where(*which, *_running(now)).values(ended_at=now)
    return len(session.scalars(ended.returning(SignedIn.token_hash)).all())


def _running(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return SignedIn.ended_at.is_(None), SignedIn.expires_at > now


def _use_up(session: Session, token_hash: str, now: datetime) -> int | None:
    """Whose link it was; None when it was used before, or is too old."""
    used = session.execute(
        sa.update(SignInLink)
        .where(
            SignInLink.token_hash == token_hash,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.person_id)
    ).first()
    return None if used is None else used.person_id
