"""The database's tables are made by migrations alone, from empty or from any earlier revision."""

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from station import (
    airlog,
    alarms,
    arrivals,
    asrun,
    attempts,
    audience,
    bans,
    blackouts,
    calendars,
    causes,
    codes,
    fill,
    grid,
    jobs,
    ledger,
    letters,
    listen_again,
    live,
    makegoods,
    members,
    messages,
    moderation,
    money,
    passkeys,
    postcards,
    posts,
    presentation,
    profiles,
    reminders,
    reports,
    signin,
    standing,
    takedowns,
    thanks,
    tokens,
    trail,
    webhooks,
    what_ifs,
)
from station.db import Base, Database, connect
from station.errors import Fault, Refusal
from station.market import offers, swaps
from station.membership import applications, bank, invitations, invoices, years
from station.settings import Settings

# Importing a noun is what puts its tables into the metadata.
NOUNS = (
    *(members, ledger, money, jobs, letters, messages, signin, codes, attempts, passkeys, posts),
    *(invoices, bank, invitations, applications, years),
    *(offers, swaps, causes, standing, blackouts, presentation, fill, makegoods, arrivals),
    *(grid, bans, airlog, asrun, audience, takedowns, live, alarms, calendars, trail, what_ifs),
    *(tokens, webhooks, reminders, reports, moderation),
    *(profiles, thanks, postcards, listen_again),
)
METADATA: sa.MetaData = Base.metadata

MIGRATIONS = Path(__file__).parent / "migrations"


def config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, for this package's migrations on a connection."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    found.attributes["connection"] = connection
    return found


def newest() -> str:
    """The revision that this version of the station needs."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        raise LookupError(f"no migrations in {MIGRATIONS}")
    return head


def revision(database: Database) -> str | None:
    """The revision that a database is at; None when it is empty.

    Raises Fault when there is no reaching it, or when it is no database.
    """
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except sa.exc.DatabaseError as error:
        where = database.engine.url.render_as_string(hide_password=True)
        said = " ".join(str(error.orig).split())
        raise Fault(f"The database {where} can't be used: {said}", permanent=False) from None


def upgrade(database: Database, target: str = "head") -> None:
    """Bring a database to a revision, in one transaction; nothing else may use it meanwhile."""
    with database.engine.begin() as connection:
        command.upgrade(config(connection), target)


def write_revision(says: str) -> None:
    """Write a new migration for what the code describes and the last revision does not make."""
    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{folder}/station.db")
        upgrade(database)
        with database.engine.begin() as connection:
            number = f"{int(newest()) + 1:04}"
            command.revision(config(connection), says, autogenerate=True, rev_id=number)
        database.close()


def open_station(settings: Settings) -> Database:
    """Open a station's database. Raises Refusal `schema-old` when it must be upgraded first."""
    database = connect(settings.database_url)
    found = revision(database)
    if found != newest():
        database.close()
        raise Refusal("schema-old", found=found or "none", needed=newest())
    return database


if __name__ == "__main__":
    write_revision(*sys.argv[1:])
