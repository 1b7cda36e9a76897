"""The ledger is measured beside the bare database of the same run, on both engines.

A transfer is one right, moved and committed durably in its own transaction; beside it, one row is
inserted and committed through the bare driver with the same durability. Rounds of both alternate,
because a disk is not equally quick all day.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import psycopg
import sqlalchemy as sa
from pysqlite3 import dbapi2
from sqlalchemy.orm import Session

from station import books, schema
from station.airtime import Week
from station.db import BUSY_SECONDS, Database, connect
from station.issuance import issue_years
from station.ledger import FIRST_HASH, EntryKind, Right, move
from station.members import Account, AccountKind, open_station_accounts
from tests import postgresql

MEMBERS, WEEKS = 6_000, 52
ROUNDS, TRANSFERS_A_ROUND = 7, 500
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
FIRST = Week.parse("2026-W48", ZoneInfo("Africa/Johannesburg"))
# As long as an entry of the ledger.
ROW = (round(NOW.timestamp() * 1000), "gift", "", FIRST_HASH)


class Bare(Protocol):
    """A driver's own connection, which commits each statement by itself."""

    def execute(self, statement: str, row: Any = ..., /) -> object:
        """Do one statement."""

    def close(self) -> None:
        """Hang up."""


@dataclass(frozen=True)
class Engine:
    """One engine: a station in it, and a bare connection to a database of the same kind."""

    name: str
    database: Database
    bare: Bare
    key: str
    place: str

    def open_bare(self) -> None:
        """Make the bare table."""
        columns = "at BIGINT, kind TEXT, reference TEXT, hash TEXT"
        self.bare.execute(f"CREATE TABLE bare (id {self.key}, {columns})")

    def insert(self) -> None:
        """Insert one bare row."""
        self.bare.execute(self.statement, ROW)

    @property
    def statement(self) -> str:
        """How a bare row is inserted."""
        places = ", ".join([self.place] * len(ROW))
        return f"INSERT INTO bare (at, kind, reference, hash) VALUES ({places})"  # noqa: S608


def main() -> None:
    """Measure both engines, or the one that is named."""
    engines = {"sqlite": on_sqlite, "postgresql": on_postgresql}
    for name in sys.argv[1:] or engines:
        with engines[name]() as engine:
            print(f"{engine.name}")
            engine.open_bare()
            measure_transfers(engine)
            measure_a_year(engine)


@contextmanager
def on_sqlite() -> Iterator[Engine]:
    """SQLite as a station has it: write-ahead log, synchronous."""
    # Not in memory, as /tmp may be.
    with tempfile.TemporaryDirectory(prefix="mweya-bench-", dir="/var/tmp") as folder:
        database = connect(f"sqlite:///{folder}/station.db")
        bare = dbapi2.connect(f"{folder}/bare.db", isolation_level=None, timeout=BUSY_SECONDS)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            bare.execute(f"PRAGMA {pragma}")
        name = f"SQLite {dbapi2.sqlite_version}, WAL, synchronous = FULL"
        yield Engine(name, database, bare, "INTEGER PRIMARY KEY", "?")
        bare.close()
        database.close()


@contextmanager
def on_postgresql() -> Iterator[Engine]:
    """A PostgreSQL of our own that waits for the disk at each commit, as any does by default."""
    with postgresql.started(durable=True) as url:
        for name in ("station", "bare"):
            postgresql.order(url, f"CREATE DATABASE {name}")
        database = connect(url.replace("NAME", "station"))
        bare = psycopg.connect(url.replace("NAME", "bare"), autocommit=True)
        version = bare.info.server_version // 10_000
        name = f"PostgreSQL {version}, fsync = on"
        yield Engine(name, database, bare, "BIGSERIAL PRIMARY KEY", "%s")
        bare.close()
        database.close()


def measure_transfers(engine: Engine) -> None:
    """Print transfers and bare inserts a second, round by round, and their ratio."""
    giver, receiver = furnish(engine.database, 2, ROUNDS * TRANSFERS_A_ROUND)
    with engine.database.reading() as session:
        rights = list(session.scalars(sa.select(Right).where(Right.account_id == giver)))
    ratios = []
    for n in range(ROUNDS):
        some = rights[n * TRANSFERS_A_ROUND : (n + 1) * TRANSFERS_A_ROUND]
        transfers = rate(lambda right: transfer(engine.database, right, receiver), some)
        inserts = rate(lambda _: engine.insert(), some)
        ratios.append(transfers / inserts)
        print(f"  {transfers:7.0f} transfers/s {inserts:7.0f} rows/s   ratio {ratios[-1]:.2f}")
    print(f"  transfers are {median(ratios):.2f} of bare inserts (median of {len(ratios)} rounds)")


def transfer(database: Database, right: Right, receiver: int) -> None:
    """Move one right, durably."""
    with database.writing() as session:
        move(session, [right], right.account_id, receiver, EntryKind.GIFT, NOW)


def rate(act: Callable[[Right], object], rights: list[Right]) -> float:
    """How often a second something is done."""
    begun = perf_counter()
    for right in rights:
        act(right)
    return len(rights) / (perf_counter() - begun)


def measure_a_year(engine: Engine) -> None:
    """Print how long a year for everybody takes to issue and to audit, beside bare rows."""
    with engine.database.writing() as session:
        accounts = open_accounts(session, MEMBERS)
    begun = perf_counter()
    with engine.database.writing() as session:
        issued = len(issue_years(session, accounts, FIRST, NOW, WEEKS))
    issuing = perf_counter() - begun
    begun = perf_counter()
    with engine.database.reading() as session:
        broken = books.verify(session)
    auditing = perf_counter() - begun
    print(f"  {issued:,} rights: issued in {issuing:.1f} s, audited in {auditing:.1f} s")
    print(f"  as many bare rows, in one transaction: {bare_rows(engine, issued):.1f} s")
    if broken:
        sys.exit(f"The books are not whole: {broken[0].sentence}")


def bare_rows(engine: Engine, rows: int) -> float:
    """Seconds for so many rows one by one in one transaction."""
    begun = perf_counter()
    engine.bare.execute("BEGIN")
    for _ in range(rows):
        engine.insert()
    engine.bare.execute("COMMIT")
    return perf_counter() - begun


def furnish(database: Database, people: int, rights: int) -> list[int]:
    """Open a station of some accounts, of which the first holds rights."""
    schema.upgrade(database)
    with database.writing() as session:
        open_station_accounts(session)
        accounts = open_accounts(session, people)
        for _ in range(-(-rights // WEEKS)):
            issue_years(session, accounts[:1], FIRST, NOW, WEEKS)
    return accounts


def open_accounts(session: Session, count: int) -> list[int]:
    """Some members' accounts, without the people: the ledger knows no names."""
    accounts = [Account(kind=AccountKind.MEMBER) for _ in range(count)]
    session.add_all(accounts)
    session.flush()
    return [account.id for account in accounts]


if __name__ == "__main__":
    main()
