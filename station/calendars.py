"""A person's calendar has a private address, which dies at once when they make a new one.

It is kept as it is: whoever can read the database finds there all that the calendar says, and its
owner is shown the address again for the next phone.
"""

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base
from station.members import Account, Person


class Calendar(Base):
    """The private address of a person's calendar."""

    __tablename__ = "calendars"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]


def of(session: Session, account_id: int) -> Calendar | None:
    """An account's calendar, while it has an address."""
    return session.get(Calendar, account_id)


def make_address(session: Session, account_id: int, now: datetime) -> Calendar:
    """Give an account's calendar a new address; the one before is dead from here on."""
    # Two that are made at once take turns.
    session.execute(sa.select(Account.id).where(Account.id == account_id).with_for_update())
    end_address(session, account_id)
    calendar = Calendar(account_id=account_id, token=secrets.token_urlsafe(24), made_at=now)
    session.add(calendar)
    session.flush()
    return calendar


def end_address(session: Session, account_id: int) -> None:
    """Have no calendar any more."""
    session.execute(sa.delete(Calendar).where(Calendar.account_id == account_id))


def owner(session: Session, token: str) -> Person | None:
    """Whose calendar is at an address; None where nobody's is."""
    query = sa.select(Person).join(Calendar, Calendar.account_id == Person.account_id)
    return session.scalars(query.where(Calendar.token == token)).first()
