import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from station import schema
from station.db import connect
from station.errors import Refusal


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.METADATA) == []


def test_a_station_comes_up_from_each_earlier_revision(tmp_path):
    scripts = ScriptDirectory.from_config(schema.config())
    for revision in [script.revision for script in scripts.walk_revisions()]:
        database = connect(f"sqlite:///{tmp_path / revision}.db")
        schema.upgrade(database, revision)
        schema.upgrade(database)
        assert schema.revision(database) == schema.newest()
        database.close()


def test_an_old_database_is_told_what_to_type(settings):
    with pytest.raises(Refusal, match=f"needs {schema.newest()}.*mweya up"):
        schema.open_station(settings)


def test_a_migrated_station_opens(database, settings):
    if database.engine.dialect.name == "sqlite":
        schema.open_station(settings).close()
    assert schema.revision(database) == schema.newest()
