"""A code of six digits proves, once and to the browser that asked, that its letter was read.

Only hashes are kept, with the browser's own secret in them: who reads the database can't find the
code among a million. A wrong code counts, and after a few only a new one helps.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, compare_and_set

CODE_LASTS = timedelta(minutes=10)
CODE_REST = timedelta(minutes=1)
MOST_TRIES = 5
DIGITS = 6
KEPT = timedelta(days=1)


class Purpose(StrEnum):
    """What a code shows: a way in, that it is still them, that an address or number is theirs."""

    SIGN_IN = "sign-in"
    PROOF = "proof"
    ADDRESS = "address"
    PHONE = "phone"


class Code(Base):
    """One code that was sent; `address` is what it makes count: a new email address or number.

    `link_hash` is the sign-in link in the same letter: one of the two works.
    """

    __tablename__ = "codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    asking_hash: Mapped[str] = mapped_column(index=True)
    code_hash: Mapped[str]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    address: Mapped[str] = mapped_column(default="")
    link_hash: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


def new_code(
    session: Session,
    purpose: Purpose,
    person_id: int,
    asking: str,
    now: datetime,
    address: str = "",
    link_hash: str = "",
) -> str:
    """Make a code for a person at the browser whose secret is `asking`; it is told once, here.

    Of a browser's codes for one purpose only the newest counts.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    session.execute(sa.update(Code).where(*_open(purpose, asking, now)).values(used_at=now))
    session.add(
        Code(
            purpose=purpose,
            asking_hash=hashed(asking),
            code_hash=hashed(f"{asking} {code}"),
            person_id=person_id,
            address=address,
            link_hash=link_hash,
            expires_at=now + CODE_LASTS,
        )
    )
    session.flush()
    return code


def waiting(session: Session, purpose: Purpose, asking: str, now: datetime) -> Code | None:
    """The code that a browser was sent and has not used."""
    return session.scalars(sa.select(Code).where(*_open(purpose, asking, now))).first()


def sent_lately(session: Session, purpose: Purpose, asking: str, now: datetime) -> bool:
    """Whether a browser was sent a code so short a time ago that another would be too many."""
    code = waiting(session, purpose, asking, now)
    return code is not None and code.expires_at > now + CODE_LASTS - CODE_REST


def try_code(
    session: Session, purpose: Purpose, asking: str, typed: str, now: datetime
) -> Code | None:
    """Use up the code that was typed; None when it is wrong, used, too old or tried too often.

    A wrong code counts only once the transaction is committed.
    """
    counted = session.execute(
        sa.update(Code)
        .where(*_open(purpose, asking, now), Code.tries < MOST_TRIES)
        .values(tries=Code.tries + 1)
        .returning(Code.id)
    ).first()
    if counted is None:
        return None
    code = session.get_one(Code, counted.id, populate_existing=True)
    digits = "".join(filter(str.isdecimal, typed))
    if not hmac.compare_digest(code.code_hash, hashed(f"{asking} {digits}")):
        return None
    still = (Code.id == code.id, Code.used_at.is_(None))
    return code if compare_and_set(session, Code, *still, used_at=now) else None


def end_with_link(session: Session, link_hash: str, now: datetime) -> None:
    """End the code that came with a link."""
    of_link = sa.update(Code).where(Code.link_hash == link_hash, Code.used_at.is_(None))
    session.execute(of_link.values(used_at=now))


def clear_old(session: Session, now: datetime) -> int:
    """Forget the codes that nobody can use any more."""
    old = sa.delete(Code).where(Code.expires_at < now - KEPT).returning(Code.id)
    return len(session.scalars(old).all())


def hashed(secret: str) -> str:
    """The SHA-256 of a secret, in hex: all that the station keeps of one."""
    return sha256(secret.encode()).hexdigest()


def _open(purpose: Purpose, asking: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Code.purpose == purpose,
        Code.asking_hash == hashed(asking),
        Code.used_at.is_(None),
        Code.expires_at > now,
    )
