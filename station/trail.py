"""Whatever an operator does is written down, once and for good: who, when, what, and why."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import STRICT, Base
from station.members import Person

PAGE = 100
# No account has this number: it stands for whoever typed a command.
CONSOLE = 0


class Deed(Base):
    """One thing an operator did; never changed, never taken out.

    `act` names what was done in a word or two of ours ("week.publish"), `subject` what it was done
    to ("2026-W48, 3"), `said` is what they were answered. `account_id` is None for whoever
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deeds: of a `kind` ("fees"; empty: of any), by whom (`CONSOLE`, None: anybody).

    With `before`, those that are older than the one with that id.
    """

    kind: str = ""
    account_id: int | None = None
    before: int | None = None


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


def newest(session: Session, wanted: Wanted, most: int | None = PAGE) -> list[Done]:
    """The newest deeds that are wanted, newest first; at most so many."""
    query = (
        sa.select(Deed, Person.name)
        .outerjoin(Person, Person.account_id == Deed.account_id)
        .order_by(Deed.id.desc())
        .limit(most)
    )
    if wanted.kind:
        query = query.where(Deed.act.startswith(f"{wanted.kind}.", autoescape=True))
    if wanted.account_id is not None:
        console = wanted.account_id == CONSOLE
        query = query.where(Deed.account_id == (None if console else wanted.account_id))
    if wanted.before is not None:
        query = query.where(Deed.id < wanted.before)
    return [Done(deed, name or "") for deed, name in session.execute(query)]


def kinds(session: Session) -> list[str]:
    """What there are deeds about, in order of the alphabet."""
    acts = session.scalars(sa.select(Deed.act).distinct())
    return sorted({act.partition(".")[0] for act in acts})


def doers(session: Session) -> dict[int, str]:
    """The names of everybody who did anything, by account; of the console too, if it was used."""
    query = (
        sa.select(Deed.account_id, Person.name)
        .outerjoin(Person, Person.account_id == Deed.account_id)
        .distinct()
    )
    named = {account_id or CONSOLE: name or "" for account_id, name in session.execute(query)}
    return dict(sorted(named.items(), key=lambda one: one[1].casefold()))
