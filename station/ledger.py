"""Rights move only in entries whose postings sum to zero, and entries are never edited.

A right is one numbered five minutes of one ISO week. It is where its postings say it is;
`rights.account_id` repeats that place so that a move can be decided by one conditional
update, and `verify` holds the two against each other. Each entry's hash covers the one
before it.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.airtime import Week
from station.db import STRICT, Base
from station.errors import Refusal
from station.members import Account, AccountKind, station_account

FIRST_HASH = "0" * 64
WEEKS_IN_A_YEAR = 52


class EntryKind(StrEnum):
    """Why rights moved."""

    ISSUE = "issue"
    OFFER = "offer"
    GIFT = "gift"
    SALE = "sale"
    RETURN = "return"
    POOL = "pool"
    AIRED = "aired"
    EXPIRED = "expired"
    VOID = "void"
    MAKEGOOD = "makegood"


class Right(Base):
    """One numbered five minutes of one week; `number` counts them within the week from 1."""

    __tablename__ = "rights"
    __table_args__ = (
        sa.UniqueConstraint("week", "number"),
        sa.Index("ix_rights_account_id_week", "account_id", "week"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str]
    number: Mapped[int]
    origin_account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))

    def __str__(self) -> str:
        return f"{self.week}/{self.number}"

    def parsed_week(self, zone: ZoneInfo) -> Week:
        """Its week, in the station's zone."""
        return Week.parse(self.week, zone)


class Entry(Base):
    """One move of one or more rights; append-only, chained by hash."""

    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    hash: Mapped[str] = mapped_column(unique=True)


class Posting(Base):
    """One account's side of one right's move: +1 where it arrived, -1 where it left."""

    __tablename__ = "postings"
    __table_args__ = (
        sa.CheckConstraint("amount IN (-1, 1)", name="one_right"),
        sa.Index("ix_postings_right_id", "right_id"),
        sa.Index("ix_postings_account_id", "account_id"),
        STRICT,
    )

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id"), primary_key=True)
    right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    amount: Mapped[int]


class Head(Base):
    """The newest entry's id and hash: one row, locked by whoever appends."""

    __tablename__ = "ledger_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int]
    hash: Mapped[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One posting of an entry, in the form its hash is made from."""

    right_id: int
    account_id: int
    amount: int


def issue_years(
    session: Session,
    account_ids: Sequence[int],
    first: Week,
    now: datetime,
    weeks: int = WEEKS_IN_A_YEAR,
) -> list[Right]:
    """Issue each account one right for each of the next weeks, in one entry an account."""
    labels = [str(first.plus(n)) for n in range(weeks)]
    used = sa.select(Right.week, sa.func.max(Right.number)).where(Right.week.in_(labels))
    last = dict(session.execute(used.group_by(Right.week)).all())
    rights = [
        Right(
            week=label,
            number=last.get(label, 0) + place,
            origin_account_id=account_id,
            account_id=account_id,
        )
        for place, account_id in enumerate(account_ids, start=1)
        for label in labels
    ]
    session.add_all(rights)
    session.flush()
    issuance = station_account(session, AccountKind.ISSUANCE)
    for place, account_id in enumerate(account_ids):
        year = rights[place * weeks : (place + 1) * weeks]
        _append(session, EntryKind.ISSUE, _lines(year, issuance, account_id), "", now)
    return rights


def issue_one(
    session: Session,
    account_id: int,
    week: Week,
    kind: EntryKind,
    now: datetime,
    reference: str = "",
) -> Right:
    """Issue an account one more right of a week."""
    issuance = lock_issuance(session)
    used = sa.select(sa.func.max(Right.number)).where(Right.week == str(week))
    right = Right(
        week=str(week),
        number=(session.scalars(used).one() or 0) + 1,
        origin_account_id=account_id,
        account_id=account_id,
    )
    session.add(right)
    session.flush()
    _append(session, kind, _lines([right], issuance, account_id), reference, now)
    return right


def move(
    session: Session,
    rights: Sequence[Right],
    source_id: int,
    target_id: int,
    kind: EntryKind,
    now: datetime,
    reference: str = "",
) -> Entry:
    """Move rights from one account to another, all of them or none.

    Raises Refusal `right-elsewhere` when one is not where the caller thought: whoever was
    quicker has moved it.
    """
    ids = [right.id for right in rights]
    moved = session.execute(
        sa.update(Right)
        .where(Right.id.in_(ids), Right.account_id == source_id)
        .values(account_id=target_id)
        .returning(Right.id)
        .execution_options(synchronize_session="fetch")
    )
    if len(moved.all()) != len(ids):
        raise Refusal("right-elsewhere", right=", ".join(map(str, rights)))
    return _append(session, kind, _lines(rights, source_id, target_id), reference, now)


def held(session: Session, account_id: int, week: str | None = None) -> list[Right]:
    """The rights an account holds, earliest first."""
    query = sa.select(Right).where(Right.account_id == account_id)
    if week is not None:
        query = query.where(Right.week == week)
    return list(session.scalars(query.order_by(Right.week, Right.number)))


def require_held(session: Session, right_ids: Collection[int], account_id: int) -> list[Right]:
    """Some rights, in the order of their ids, when this account holds each of them.

    Raises Refusal `right-not-yours`.
    """
    ids = sorted(set(right_ids))
    query = sa.select(Right).where(Right.id.in_(ids), Right.account_id == account_id)
    # Locked until the caller's transaction ends: they can't move while they are being used.
    rights = list(session.scalars(query.order_by(Right.id).with_for_update()))
    if len(rights) != len(ids):
        raise Refusal("right-not-yours")
    return rights


def require_holder(session: Session, right_id: int, account_id: int) -> Right:
    """The right, when this account holds it. Raises Refusal `right-not-yours`."""
    return require_held(session, [right_id], account_id)[0]


def root_hash(session: Session) -> str:
    """The newest entry's hash, which covers the whole ledger."""
    return session.scalars(sa.select(Head.hash)).first() or FIRST_HASH


def lock_issuance(session: Session) -> int:
    """The account that rights come from; whoever issues rights waits for whoever does so now.

    Comes before any right is locked.
    """
    query = sa.select(Account.id).where(Account.kind == AccountKind.ISSUANCE)
    return session.scalars(query.with_for_update(key_share=True)).one()


def _lines(rights: Sequence[Right], source_id: int, target_id: int) -> list[Line]:
    return [
        line
        for right in rights
        for line in (Line(right.id, source_id, -1), Line(right.id, target_id, 1))
    ]


def _append(
    session: Session, kind: EntryKind, lines: list[Line], reference: str, now: datetime
) -> Entry:
    head = session.scalars(sa.select(Head).with_for_update()).one_or_none()
    if head is None:
        head = Head(id=1, entry_id=0, hash=FIRST_HASH)
        session.add(head)
    entry = Entry(id=head.entry_id + 1, at=now, kind=kind, reference=reference)
    entry.hash = entry_hash(head.hash, entry, lines)
    session.add(entry)
    session.flush()
    session.execute(
        sa.insert(Posting),
        [
            {
                "entry_id": entry.id,
                "right_id": line.right_id,
                "account_id": line.account_id,
                "amount": line.amount,
            }
            for line in lines
        ],
    )
    head.entry_id, head.hash = entry.id, entry.hash
    session.flush()
    return entry


def entry_hash(previous: str, entry: Entry, lines: Sequence[Line]) -> str:
    """SHA-256, in hex, over the hash before and everything the entry says."""
    said = [
        previous,
        entry.id,
        round(entry.at.timestamp() * 1000),
        entry.kind,
        entry.reference,
        sorted([line.right_id, line.account_id, line.amount] for line in lines),
    ]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()
