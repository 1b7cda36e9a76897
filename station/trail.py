"""Whatever an operator does is written down, once and for good: who, when, what, and why."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import STRICT, Base
from station.members import Person

PAGE = 100


class Deed(Base):
    """One thing an operator did; never changed, never taken out.

    `act` names what was done in a word or two of ours ("week.publish"), `subject` what it was done
    to ("2026-W48, version 3"), `said` is what they were answered. `account_id` is None for whoever
    typed a command at the station's console.
    """

    __tablename__ = "deeds"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    act: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    reason: Mapped[str]
    said: Mapped[str]


@dataclass(frozen=True, slots=True)
class Done:
    """A deed, and the name of whoever did it; empty for the console."""

    deed: Deed
    name: str


def write(
    session: Session,
    who: Person | None,
    act: str,
    now: datetime,
    *,
    subject: str = "",
    reason: str = "",
    said: str = "",
) -> None:
    """Write down what `who` does, in the transaction that does it; None is the console."""
    account_id = None if who is None else who.account_id
    session.add(
        Deed(at=now, account_id=account_id, act=act, subject=subject, reason=reason, said=said)
    )


def newest(session: Session, act: str = "", before: int | None = None) -> list[Done]:
    """The last PAGE deeds, newest first; of those whose `act` begins so, older than one by id."""
    query = (
        sa.select(Deed, Person.name)
        .outerjoin(Person, Person.account_id == Deed.account_id)
        .order_by(Deed.id.desc())
        .limit(PAGE)
    )
    if act:
        query = query.where(Deed.act.startswith(act, autoescape=True))
    if before is not None:
        query = query.where(Deed.id < before)
    return [Done(deed, name or "") for deed, name in session.execute(query)]
