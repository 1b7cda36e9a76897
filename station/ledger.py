"""Rights move only in entries whose postings sum to zero, and entries are never edited.

A right is one numbered five minutes of one ISO week. It is where its postings say it is;
`rights.account_id` repeats that place so that a move can be decided by one conditional
update, and `verify` holds the two against each other. Each entry's hash covers the one
before it.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from station.airtime import Week
from station.db import STRICT, Base
from station.errors import Refusal

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


class Line(NamedTuple):
    """One posting of an entry, in the form its hash is made from."""

    right_id: int
    account_id: int
    amount: int


# Written without objects, by statements that are made once: a move is five of them, a year for
# thousands hardly more.
RIGHTS, ENTRIES, POSTINGS, HEAD = (
    Base.metadata.tables[table.__tablename__] for table in (Right, Entry, Posting, Head)
)
TAKE = (
    sa.update(RIGHTS)
    .where(
        RIGHTS.c.id.in_(sa.bindparam("ids", expanding=True)),
        RIGHTS.c.account_id == sa.bindparam("source"),
    )
    .values(account_id=sa.bindparam("target"))
    .returning(RIGHTS.c.id)
)
NEWEST = sa.select(HEAD.c.entry_id, HEAD.c.hash).with_for_update()
ENTER, POST = sa.insert(ENTRIES), sa.insert(POSTINGS)
ADVANCE = sa.update(HEAD).values(entry_id=sa.bindparam("newest_id"), hash=sa.bindparam("newest"))


def move(
    session: Session,
    rights: Sequence[Right],
    source_id: int,
    target_id: int,
    kind: EntryKind,
    now: datetime,
    reference: str = "",
) -> int:
    """Move rights from one account to another, all of them or none; returns the entry's id.

    Raises Refusal `right-elsewhere` when one is not where the caller thought: whoever was
    quicker has moved it.
    """
    session.flush()
    ids = [right.id for right in rights]
    places = {"source": source_id, "target": target_id}
    moved = session.connection().execute(TAKE, {"ids": ids, **places})
    _require_moved(session, rights, moved.all(), target_id)
    return _enter(session, kind, lines_of(ids, source_id, target_id), now, reference)


def gather(
    session: Session,
    rights: Sequence[Right],
    target_id: int,
    kind: EntryKind,
    now: datetime,
    reference: str = "",
) -> int:
    """Move rights to one account, each from where it was seen last, in one entry; returns its id.

    Raises Refusal `right-elsewhere` when one has moved since.
    """
    session.flush()
    seen = [(right.id, right.account_id) for right in rights]
    moved = session.execute(
        sa.update(RIGHTS)
        .where(
            RIGHTS.c.id.in_([right_id for right_id, _ in seen]),
            sa.tuple_(RIGHTS.c.id, RIGHTS.c.account_id).in_(seen),
        )
        .values(account_id=target_id)
        .returning(RIGHTS.c.id)
    )
    _require_moved(session, rights, moved.all(), target_id)
    lines = [line for right_id, source in seen for line in lines_of([right_id], source, target_id)]
    return _enter(session, kind, lines, now, reference)


def _require_moved(
    session: Session, rights: Sequence[Right], moved: Sequence[object], target_id: int
) -> None:
    if len(moved) != len(rights):
        raise Refusal("right-elsewhere", right=", ".join(map(str, rights)))
    for right in rights:
        known = session.identity_map.get(identity_key(Right, right.id))
        if known is not None:
            set_committed_value(known, "account_id", target_id)


def _enter(
    session: Session, kind: EntryKind, lines: Sequence[Line], now: datetime, reference: str
) -> int:
    entry_id = append(session, kind, [lines], now, reference)
    session.connection().execute(POST, [{"entry_id": entry_id, **line._asdict()} for line in lines])
    return entry_id


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


def lock(session: Session) -> tuple[int, str]:
    """The newest entry's id and hash; whoever else takes them waits for this transaction.

    Whoever is about to move rights or to promise places takes it before any other row, so that
    two of them never wait for each other.
    """
    entry_id, newest = session.connection().execute(NEWEST).one()
    return entry_id, newest


def entry_hash(
    previous: str, entry_id: int, at: datetime, kind: str, reference: str, lines: Iterable[Line]
) -> str:
    """SHA-256, in hex, over the hash before and everything the entry says."""
    said = [previous, entry_id, round(at.timestamp() * 1000), kind, reference, sorted(lines)]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def append(
    session: Session,
    kind: EntryKind,
    moves: Sequence[Sequence[Line]],
    now: datetime,
    reference: str,
) -> int:
    """Append an entry for each move's lines, to be posted next; returns the last one's id."""
    entry_id, newest = lock(session)
    entries = []
    for lines in moves:
        entry_id += 1
        newest = entry_hash(newest, entry_id, now, kind, reference, lines)
        entries.append(
            {"id": entry_id, "at": now, "kind": kind, "reference": reference, "hash": newest}
        )
    connection = session.connection()
    connection.execute(ENTER, entries)
    connection.execute(ADVANCE, {"newest_id": entry_id, "newest": newest})
    return entry_id


def lines_of(right_ids: Sequence[int], source_id: int, target_id: int) -> list[Line]:
    """Both sides of some rights' move from one account to another."""
    return [
        Line(right_id, account_id, amount)
        for right_id in right_ids
        for account_id, amount in ((source_id, -1), (target_id, 1))
    ]
