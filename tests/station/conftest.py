"""The station's tests run on SQLite and on a real PostgreSQL alike."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from station import schema
from station.db import Database, connect
from station.members import Person, open_station_accounts
from station.settings import Settings
from tests import postgresql as server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own; its URL names the database NAME."""
    with server.started() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """A database that holds an empty, migrated station; each test copies it."""
    server.order(postgresql, "CREATE DATABASE station")
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
    server.order(url, "CREATE DATABASE test TEMPLATE station")
    opened = connect(url.replace("NAME", "test"))
    yield opened
    opened.close()
    server.order(url, "DROP DATABASE test WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it, not even tables, on each engine."""
    if request.param == "sqlite":
        opened = connect(f"sqlite:///{tmp_path}/empty.db")
        yield opened
        opened.close()
        return
    url = request.getfixturevalue("postgresql")
    server.order(url, "CREATE DATABASE empty")
    opened = connect(url.replace("NAME", "empty"))
    yield opened
    opened.close()
    server.order(url, "DROP DATABASE empty WITH (FORCE)")


def _furnish(database: Database) -> None:
    schema.upgrade(database)
    with database.writing() as session:
        open_station_accounts(session)


@pytest.fixture
def janet(admit_member: Callable[..., Person]) -> Person:
    return admit_member("Janet")


@pytest.fixture
def peter(admit_member: Callable[..., Person]) -> Person:
    return admit_member("Peter")
