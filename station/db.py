"""The database keeps instants as UTC milliseconds, refuses loose types, and never half-commits.

The same code runs on SQLite (the default) and PostgreSQL. A transaction is owned at the
edge: `with database.writing() as session` commits once at its end or not at all, and
`database.do(act)` does it again when PostgreSQL broke it off to free another one.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from station.errors import Busy

# Constraints have names from the first day: migrations can't change what has none.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
Whole = sa.BigInteger().with_variant(sa.Integer, "sqlite")

STRICT = {"sqlite_strict": True}
BUSY_SECONDS = 20

# libpq's words for a server that fell silent: seconds, and milliseconds for the last.
GONE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}

MOST_TRIES = 5
LONGEST_PAUSE_SECONDS = 0.05

# What PostgreSQL says when a transaction has to make way for others: serialization_failure and
# deadlock_detected.
MAKE_WAY = ("40001", "40P01")

T = TypeVar("T")


class Instant(sa.TypeDecorator[datetime]):
    """An aware datetime, kept as whole milliseconds since the Unix epoch."""

    impl = Whole
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        """Write it. Raises ValueError for a time without a zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return round(value.timestamp() * 1000)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:
        """Read it as UTC."""
        del dialect
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


class Flag(sa.TypeDecorator[bool]):
    """True or false, kept as 1 or 0."""

    impl = Whole
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: sa.Dialect) -> int | None:
        """Write it."""
        del dialect
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> bool | None:
        """Read it."""
        del dialect
        return None if value is None else bool(value)


class Json(sa.TypeDecorator[Any]):
    """A value kept as JSON text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: sa.Dialect) -> str | None:
        """Write it."""
        del dialect
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> Any | None:
        """Read it."""
        del dialect
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """What every table of the station shares."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads it as a plain attribute
        int: Whole,
        str: sa.Text,
        datetime: Instant,
        bool: Flag,
        float: sa.Double().with_variant(sa.REAL, "sqlite"),
        list[str]: Json,
        dict[str, Any]: Json,
        list[dict[str, Any]]: Json,
    }
    __table_args__: Any = STRICT


@dataclass(frozen=True, slots=True)
class Database:
    """An open database; sessions come from here and nowhere else."""

    engine: sa.Engine

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end, rolled back on any error.

        SQLite's lock is held from its first line on, so an instant that is read inside is not
        older than the wait for it. Raises Busy when others have kept the database too long.
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                session.connection()
                yield session
        except sa.exc.OperationalError as error:
            if _is_busy(error):
                raise Busy from error
            raise

    def do(self, act: Callable[[Session], T]) -> T:
        """What `act` does in one transaction, which is tried again when it had to make way.

        `act` may run several times, so what it does must be undone with its session. Raises Busy
        after `MOST_TRIES`, or once `BUSY_SECONDS` have gone by.
        """
        give_up = time.monotonic() + BUSY_SECONDS
        for tried in range(1, MOST_TRIES):
            try:
                with self.writing() as session:
                    return act(session)
            except Busy:
                if time.monotonic() > give_up:
                    raise
                # Whoever made way for each other must not meet again at once.
                time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS * tried))  # noqa: S311
        with self.writing() as session:
            return act(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view; on SQLite it never waits for a writer."""
        sqlite = self.engine.dialect.name == "sqlite"
        options = {"only_reads": True} if sqlite else {"isolation_level": "REPEATABLE READ"}
        reader = self.engine.execution_options(**options)
        with Session(reader, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def compare_and_set(
    session: Session, table: type[Base], *still: sa.ColumnElement[bool], **values: Any
) -> bool:
    """Change a row while it is `still` as the caller thinks; False when somebody was quicker.

    One statement compares and changes: however many press at once, one wins.
    """
    key = sa.inspect(table).primary_key
    changed = session.execute(sa.update(table).where(*still).values(**values).returning(*key))
    return changed.first() is not None


def connect(url: str) -> Database:
    """Open a database by its SQLAlchemy URL."""
    if sa.make_url(url).get_backend_name() != "sqlite":
        return Database(sa.create_engine(url, pool_pre_ping=True, connect_args=GONE))
    # Debian 12's own SQLite has the WAL-reset corruption bug (3.7.0 to 3.51.2).
    from pysqlite3 import dbapi2

    engine = sa.create_engine(url, module=dbapi2, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _is_busy(error: sa.exc.OperationalError) -> bool:
    """Whether other transactions were in the way, and nothing is broken."""
    if getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
        return True
    return getattr(error.orig, "sqlstate", None) in MAKE_WAY


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling is switched off; _begin_sqlite begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        # What is refused to be deleted can't be replaced either.
        "recursive_triggers = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that may write takes the write lock first: it can wait for it then, but
    # could no longer once it has read.
    reads = connection.get_execution_options().get("only_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
