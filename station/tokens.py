"""A token lets a program do what the operator who made it allows, until somebody revokes it.

Only its hash is kept: who reads the database can't ask with it.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.codes import hashed
from station.db import Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.members import Person
from station.rights import clean_text

LONGEST_NAME = 60
# A secret that says whose it is is found by whoever looks for lost ones.
PREFIX = "mweya_"
SECRET_BYTES = 32
# When a token was used is written down once an hour, and not at each question.
USE_KEPT_EVERY = timedelta(hours=1)


class Scope(StrEnum):
    """What a token allows: to read what operators read, or also to act as its maker."""

    READ = "read"
    ACT = "act"


class Token(Base):
    """One program's way in; `person_id` is the operator who made it, and for whom it acts."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    scope: Mapped[str]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def make(
    session: Session, person: Person, name: str, scope: str, now: datetime
) -> tuple[Token, str]:
    """A new token of an operator's, and its secret, which is told once, here.

    Raises Refusal `operators-only`, WrongInput `text-missing`, `text-long` or `scope-unknown`.
    """
    if not person.operator:
        raise Refusal("operators-only")
    if scope not in list(Scope):
        raise WrongInput("scope-unknown", text=scope, scopes=", ".join(Scope))
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = Token(
        name=clean_text(name, _("name"), LONGEST_NAME),
        secret_hash=hashed(secret),
        scope=scope,
        person_id=person.id,
        made_at=now,
    )
    session.add(token)
    session.flush()
    return token, secret


def revoke(session: Session, token_id: int, now: datetime) -> Token:
    """End a token at once. Raises Refusal `token-unknown`."""
    mine = Token.id == token_id
    if not compare_and_set(session, Token, mine, Token.revoked_at.is_(None), revoked_at=now):
        raise Refusal("token-unknown", number=token_id)
    return session.get_one(Token, token_id, populate_existing=True)


def revoke_all(session: Session, person_id: int, now: datetime) -> int:
    """End every token that an operator made; counts what was ended."""
    mine = Token.person_id == person_id, Token.revoked_at.is_(None)
    ended = sa.update(Token).where(*mine).values(revoked_at=now).returning(Token.id)
    return len(session.scalars(ended).all())


def count(session: Session, person_id: int) -> int:
    """How many tokens work that a person made."""
    mine = Token.person_id == person_id, Token.revoked_at.is_(None)
    return session.scalars(sa.select(sa.func.count(Token.id)).where(*mine)).one()


def working(session: Session) -> list[tuple[Token, Person]]:
    """The tokens that work, each with its maker, oldest first."""
    query = (
        sa.select(Token, Person)
        .join(Person, Person.id == Token.person_id)
        .where(Token.revoked_at.is_(None))
        .order_by(Token.id)
    )
    return [(token, person) for token, person in session.execute(query)]


def owner(session: Session, secret: str) -> tuple[Token, Person]:
    """The token with a secret and the operator whom it stands for.

    Raises Refusal `token-wrong` for one that is unknown or revoked, or whose maker operates the
    station no longer.
    """
    query = (
        sa.select(Token, Person)
        .join(Person, Person.id == Token.person_id)
        .where(Token.secret_hash == hashed(secret), Token.revoked_at.is_(None))
    )
    found = session.execute(query).one_or_none()
    if found is None or not found[1].operator:
        raise Refusal("token-wrong")
    return found[0], found[1]


def is_use_old(token: Token, now: datetime) -> bool:
    """Whether it is to be written down again that a token is used."""
    return token.used_at is None or now - token.used_at >= USE_KEPT_EVERY


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Write down that a token was used."""
    session.execute(sa.update(Token).where(Token.id == token_id).values(used_at=now))
