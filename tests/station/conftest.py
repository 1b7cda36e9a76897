"""The station's tests run on SQLite and on a real PostgreSQL alike."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from station import schema
from station.db import Database, connect
from station.members import Person, open_station_accounts
from station.settings import Settings


def _newest_postgresql() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: int(f.parent.name))
    return folders[-1]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own in a temporary folder, reached by its unix socket alone."""
    programs = _newest_postgresql()
    # PostgreSQL refuses to run as root; its Debian package brings a user for it.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="mweya-pg-", dir="/tmp"))
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"

    def run(*arguments: str) -> None:
        subprocess.run([*as_user, *arguments], check=True, capture_output=True, cwd=folder)

    run(f"{programs}/initdb", "--auth=trust", "--username=mweya", "--no-sync", str(data))
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    log = str(folder / "log")
    run(f"{programs}/pg_ctl", "--wait", "-D", str(data), "-o", options, "-l", log, "start")
    try:
        yield f"postgresql://mweya@/NAME?host={folder}"
    finally:
        run(f"{programs}/pg_ctl", "--wait", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """A database that holds an empty, migrated station; each test copies it."""
    _in_postgresql(postgresql, "CREATE DATABASE station")
    opened = connect(postgresql.replace("NAME", "station"))
    _furnish(opened)
    opened.close()
    return postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """A migrated, empty station on each engine: its own accounts and nobody in it."""
    if request.param == "sqlite":
        opened = connect(settings.database_url)
        _furnish(opened)
        yield opened
        opened.close()
        return
    url = request.getfixturevalue("postgresql_template")
    _in_postgresql(url, "CREATE DATABASE test TEMPLATE station")
    opened = connect(url.replace("NAME", "test"))
    yield opened
    opened.close()
    _in_postgresql(url, "DROP DATABASE test WITH (FORCE)")


def _furnish(database: Database) -> None:
    schema.upgrade(database)
    with database.writing() as session:
        open_station_accounts(session)


def _in_postgresql(url: str, statement: str) -> None:
    engine = sa.create_engine(url.replace("NAME", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


@pytest.fixture
def janet(admit_member: Callable[..., Person]) -> Person:
    return admit_member("Janet")


@pytest.fixture
def peter(admit_member: Callable[..., Person]) -> Person:
    return admit_member("Peter")
