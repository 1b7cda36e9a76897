"""What every test may ask for: a station in a temporary folder, with its database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station import schema
from station.airtime import Week
from station.db import Database, connect
from station.ledger import Right
from station.members import Applicant, Person, admit, open_station_accounts
from station.membership import years
from station.settings import Settings, load, write_new

# A Saturday in the middle of ISO week 2026-W47; Johannesburg is two hours ahead of UTC.
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Makes a new station's settings from TOML, by default with 6-second slots."""

    def make(toml: str = "[station]\nslot_seconds = 6\n") -> Settings:
        home = tmp_path / "station"
        write_new(home, toml)
        return load(home, environment={})

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings("[station]\nslot_seconds = 300\n")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A migrated, empty station: its own accounts and nobody in it."""
    opened = connect(settings.database_url)
    schema.upgrade(opened)
    with opened.writing() as session:
        open_station_accounts(session)
    yield opened
    opened.close()


@pytest.fixture
def admit_member(database: Database, settings: Settings, now: datetime) -> Callable[..., Person]:
    """Admits a member by first name, for the four weeks from this one."""

    def admitted(name: str, weeks: int = 4) -> Person:
        with database.writing() as session:
            person = admit(session, Applicant(name, f"{name.lower()}@example.org"), now)
            first = Week.of(now, settings.zone)
            years.begin(session, [years.NewYear(person, first)], now, weeks)
            return person

    return admitted


@pytest.fixture
def right_of(database: Database) -> Callable[[Person, str], Right]:
    """The right that a person holds for a week."""

    def found(person: Person, week: str) -> Right:
        from station.ledger import held

        with database.reading() as session:
            return held(session, person.account_id, week)[0]

    return found
