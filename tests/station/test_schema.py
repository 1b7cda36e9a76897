from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from station import books, schema, went_out
from station.errors import Refusal
from station.ledger import held
from station.market import gifts, offers, sales
from station.members import with_email
from station.membership import years
from station.posts import once
from station.recordings import Recording
from tests.station.old_stations import FILLS


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.METADATA) == []


def earlier_revisions():
    scripts = ScriptDirectory.from_config(schema.config())
    return sorted({script.revision for script in scripts.walk_revisions()} - {schema.newest()})


def rows_of(database):
    """Every row of every table, each as what its columns say."""
    tables = sa.inspect(database.engine).get_table_names()
    with database.engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(everything(name)).mappings()]
            for name in set(tables) - {"alembic_version"}
        }


def everything(table):
    return sa.select(sa.text("*")).select_from(sa.table(table))


def count_on(connection, table):
    """Let PostgreSQL go on counting after what was written with numbers of its own."""
    place = sa.text(f"SELECT pg_get_serial_sequence('{table}', 'id')")
    if (sequence := connection.scalar(place)) is not None:
        connection.execute(sa.text(f"SELECT setval('{sequence}', 1000)"))


def without(found, row):
    """What a row says about the columns that it had before."""
    return {name: said for name, said in found.items() if name in row}


@pytest.fixture(params=earlier_revisions())
def upgraded(request, empty, settings):
    """A station as an earlier version left it, brought up to date; and what was in it before."""
    schema.upgrade(empty, request.param)
    tables = sa.inspect(empty.engine).get_table_names()
    with empty.engine.begin() as connection:
        FILLS[request.param](connection)
        if connection.dialect.name == "postgresql":
            for table in tables:
                if "id" in {column["name"] for column in sa.inspect(connection).get_columns(table)}:
                    count_on(connection, table)
    before = rows_of(empty)
    schema.upgrade(empty)
    return empty, before


def test_an_upgrade_keeps_every_row_and_number(upgraded):
    database, before = upgraded
    after = rows_of(database)
    for table, rows in before.items():
        for row in rows:
            assert any(row.items() >= without(found, row).items() for found in after[table]), row
    offered = {
        (row["offer_id"], row["right_id"]): row["in_escrow"] for row in after["offered_rights"]
    }
    assert offered == {(1, 1): 1, (2, 2): 0, (3, 3): 1, (4, 4): 0}
    assert after["form_posts"][0]["body_hash"] == ""
    money = [(row["kind"], row["reference"], row["cents"]) for row in after["money_entries"]]
    assert money == [("sale", "MWEYA-2", 150_00)]


def test_nobody_is_told_of_what_went_out_before_anybody_was(upgraded, settings):
    database, _ = upgraded
    with database.writing() as session:
        assert went_out.tell(session, settings, datetime.now(UTC)) == 0


def test_what_was_to_be_faded_out_when_too_long_still_is(upgraded):
    database, before = upgraded
    # The third version says it in its own way.
    expected = {
        row["id"]: {"long": "fade"} if row.get("fade_out", 1) else {}
        for row in before["recordings"]
    }
    with database.reading() as session:
        chosen = {row.id: row.treatment for row in session.scalars(sa.select(Recording))}
    assert chosen == expected


def test_an_upgraded_station_has_the_same_tables_as_a_new_one(upgraded):
    database, _ = upgraded
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.METADATA) == []
        if connection.dialect.name == "sqlite":
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
            tables = connection.execute(sa.text("PRAGMA table_list")).mappings().all()
            ours = [row for row in tables if row["name"] in schema.METADATA.tables]
            assert [row["name"] for row in ours if not row["strict"]] == []


def test_a_second_upgrade_does_nothing(upgraded):
    database, _ = upgraded
    before = rows_of(database)
    schema.upgrade(database)
    assert rows_of(database) == before
    assert schema.revision(database) == schema.newest()


def test_what_was_under_way_before_an_upgrade_goes_on_after_it(upgraded, settings, now):
    database, _ = upgraded
    with database.writing() as session:
        assert books.verify(session) == []
        janet, peter = (with_email(session, f"{who}@example.org") for who in ("janet", "peter"))
        assert years.current(session, janet.id).last_week == "2026-W53"
        gifts.accept(session, settings, 1, peter, now)
        sales.received(session, settings, 3, janet, now)
        for offer_id in (2, 4):
            with pytest.raises(Refusal, match="over"):
                offers.withdraw(session, offer_id, janet, now)
        offer = sales.sell(session, settings, [4], janet.account_id, 100_00, now)
        assert [right.week for right in offer.rights] == ["2026-W52"]
        assert offers.sold_rights(session, "2026-W50") == {2}
        weeks = [right.week for right in held(session, peter.account_id)]
        assert weeks == ["2026-W49", "2026-W50", "2026-W51"]
        form = once(session, janet.id, "abc", "any words", lambda: "acted again", now)
        assert form == "For sale at R 150."
        assert books.verify(session) == []


@pytest.mark.parametrize("table", ["entries", "postings", "as_run_events"])
def test_what_was_posted_before_an_upgrade_stays_refused_to_change(upgraded, table):
    database, _ = upgraded
    with (
        pytest.raises(sa.exc.DatabaseError, match="append-only"),
        database.writing() as session,
    ):
        session.execute(sa.delete(schema.METADATA.tables[table]))


def test_an_old_database_is_told_what_to_type(settings):
    with pytest.raises(Refusal, match=f"needs {schema.newest()}.*mweya up"):
        schema.open_station(settings)


def test_a_migrated_station_opens(database, settings):
    if database.engine.dialect.name == "sqlite":
        schema.open_station(settings).close()
    assert schema.revision(database) == schema.newest()
