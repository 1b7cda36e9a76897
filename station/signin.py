"""A sign-in link works once and not for long; a session can be ended from anywhere.

Only hashes of links and sessions are kept: who reads the database can't sign in with it.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base
from station.errors import Refusal
from station.members import Person

LINK_LASTS = timedelta(minutes=30)
LINK_REST = timedelta(minutes=1)
SESSION_LASTS = timedelta(days=60)


class SignInLink(Base):
    """One link that was sent."""

    __tablename__ = "sign_in_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignedIn(Base):
    """One browser that a person is signed in with."""

    __tablename__ = "signed_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    since: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def new_link(session: Session, person: Person, now: datetime, lasts: timedelta = LINK_LASTS) -> str:
    """Make a link's token for a person; it is told once, here."""
    token = secrets.token_urlsafe(24)
    session.add(SignInLink(token_hash=_hash(token), person_id=person.id, expires_at=now + lasts))
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


def use_link(session: Session, token: str, now: datetime) -> str:
    """Trade a link's token for a session's. Raises Refusal `link-used`."""
    used = session.execute(
        sa.update(SignInLink)
        .where(
            SignInLink.token_hash == _hash(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.person_id)
    ).first()
    if used is None:
        raise Refusal("link-used")
    return sign_in(session, used.person_id, now)


def sign_in(session: Session, person_id: int, now: datetime) -> str:
    """Sign a person in with one more browser; returns its session's token, told only here."""
    session_token = secrets.token_urlsafe(24)
    session.add(
        SignedIn(
            token_hash=_hash(session_token),
            person_id=person_id,
            since=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    session.flush()
    return session_token


def who(session: Session, session_token: str, now: datetime) -> Person | None:
    """Who a session belongs to, while it lasts."""
    query = (
        sa.select(Person)
        .join(SignedIn, SignedIn.person_id == Person.id)
        .where(
            SignedIn.token_hash == _hash(session_token),
            SignedIn.ended_at.is_(None),
            SignedIn.expires_at > now,
        )
    )
    return session.scalars(query).first()


def sign_out(session: Session, session_token: str, now: datetime) -> None:
    """End one session."""
    session.execute(
        sa.update(SignedIn)
        .where(SignedIn.token_hash == _hash(session_token), SignedIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
