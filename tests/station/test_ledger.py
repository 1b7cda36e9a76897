import hashlib

import pytest
import sqlalchemy as sa

from station import asrun, books, trail
from station.airtime import Week
from station.asrun import AsRunEvent, Source
from station.errors import Refusal
from station.issuance import issue_years
from station.ledger import (
    FIRST_HASH,
    Entry,
    EntryKind,
    Posting,
    Right,
    held,
    lock,
    move,
    require_holder,
    root_hash,
)
from station.market import sales
from station.members import Account, AccountKind


def test_a_year_issues_one_right_for_each_of_52_weeks(database, settings, now, admit_member):
    member = admit_member("Janet", weeks=52)
    with database.reading() as session:
        rights = held(session, member.account_id)
        weeks = [right.week for right in rights]
        assert weeks == [str(Week.parse("2026-W47", settings.zone).plus(n)) for n in range(52)]
        assert books.verify(session) == []


def test_rights_of_a_week_are_numbered_without_gap_or_repeat(database, settings, now, janet, peter):
    with database.writing() as session:
        week = Week.parse("2026-W48", settings.zone)
        issue_years(session, [janet.account_id, peter.account_id], week, now, weeks=1)
        query = sa.select(Right.number).where(Right.week == "2026-W48").order_by(Right.number)
        assert list(session.scalars(query)) == [1, 2, 3, 4]


def test_a_move_changes_the_holder_and_balances(database, now, janet, peter):
    with database.writing() as session:
        right = held(session, janet.account_id)[0]
        move(session, [right], janet.account_id, peter.account_id, EntryKind.GIFT, now)
        assert right.account_id == peter.account_id
        assert session.scalars(sa.select(sa.func.sum(Posting.amount))).one() == 0
        assert books.verify(session) == []


def test_a_right_that_is_elsewhere_moves_nothing(database, now, janet, peter):
    with database.reading() as session:
        rights = held(session, janet.account_id)
        before = root_hash(session)
    with database.writing() as session:
        move(session, rights[:1], janet.account_id, peter.account_id, EntryKind.GIFT, now)
        after = root_hash(session)
    with pytest.raises(Refusal, match="Somebody was quicker"), database.writing() as session:
        both = list(session.scalars(sa.select(Right).where(Right.id.in_([r.id for r in rights]))))
        move(session, both, janet.account_id, peter.account_id, EntryKind.GIFT, now)
    with database.reading() as session:
        assert len(held(session, janet.account_id)) == len(rights) - 1
        assert root_hash(session) == after != before


def test_only_the_holder_may_use_a_right(database, janet, peter):
    with database.reading() as session:
        right = held(session, janet.account_id)[0]
        assert require_holder(session, right.id, janet.account_id).id == right.id
        with pytest.raises(Refusal, match="not in your hands"):
            require_holder(session, right.id, peter.account_id)
        with pytest.raises(Refusal, match="not in your hands"):
            require_holder(session, 999_999, janet.account_id)


def posted(database, settings, now, seller, buyer):
    """Fill every append-only table: rights are issued, one is sold, and its slot is played."""
    with database.writing() as session:
        right = held(session, seller.account_id)[-1]
        offer = sales.sell(session, settings, [right.id], seller.account_id, 150_00, now)
        sales.reserve(session, settings, offer.id, buyer, now)
        sales.received(session, settings, offer.id, seller, now)
        event = {"source": Source.PLAYER, "channel": 0, "slot_number": 1, "event": "start"}
        asrun.append(session, [AsRunEvent(**event, at=now)])
        trail.write(session, None, "week.publish", now, subject="2026-W48, 1")


APPEND_ONLY = ("entries", "postings", "money_entries", "as_run_events", "deeds")
CHANGES = {
    "sqlite": (
        "UPDATE {table} SET {column} = {column} + 1",
        "UPDATE OR REPLACE {table} SET {column} = 1",
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE {column} = (SELECT MAX({column}) FROM {table})",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
    ),
    "postgresql": (
        "UPDATE {table} SET {column} = {column} + 1",
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE {column} = (SELECT MAX({column}) FROM {table})",
        "TRUNCATE {table} CASCADE",
    ),
}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_database_itself_refuses_to_change_what_was_posted(
    database, settings, now, janet, peter, table
):
    posted(database, settings, now, janet, peter)
    column = "entry_id" if table == "postings" else "id"
    rows = sa.select(sa.text("*")).select_from(sa.table(table))
    with database.reading() as session:
        before = session.execute(rows).all()
    assert before
    for change in CHANGES[database.engine.dialect.name]:
        statement = change.format(table=table, column=column)
        with (
            pytest.raises(sa.exc.DatabaseError, match="append-only"),
            database.writing() as session,
        ):
            session.execute(sa.text(statement))
    with database.reading() as session:
        assert session.execute(rows).all() == before


def test_an_empty_ledger_has_its_head_already(database):
    with database.writing() as session:
        assert lock(session) == (0, FIRST_HASH)
        assert root_hash(session) == FIRST_HASH


def test_a_year_is_issued_in_as_many_statements_however_many_members(database, settings, now):
    def issued(accounts):
        statements = []
        with database.writing() as session:
            connection = session.connection()
            sa.event.listen(
                connection, "before_cursor_execute", lambda *seen: statements.append(seen[2])
            )
            week = Week.of(now, settings.zone)
            return issue_years(session, accounts, week, now), len(statements)

    with database.writing() as session:
        members = [Account(kind=AccountKind.MEMBER) for _ in range(30)]
        session.add_all(members)
        session.flush()
        accounts = [member.id for member in members]
    _, for_one = issued(accounts[:1])
    # One of them has two years at once.
    rights, for_many = issued([*accounts, accounts[0]])
    assert for_many == for_one
    assert len(set(rights)) == 31 * 52
    with database.reading() as session:
        assert books.verify(session) == []
        assert len(held(session, accounts[0])) == 3 * 52
        numbers = sa.select(Right.number).where(Right.week == "2026-W50").order_by(Right.number)
        assert list(session.scalars(numbers)) == list(range(1, 33))


def test_an_entrys_hash_is_made_as_the_docs_say(database, now, janet, peter):
    with database.writing() as session:
        right = held(session, janet.account_id)[0]
        move(session, [right], janet.account_id, peter.account_id, EntryKind.GIFT, now, "Reën")
        second, third = session.scalars(sa.select(Entry.hash).where(Entry.id >= 2)).all()
    lines = f"[[{right.id},{janet.account_id},-1],[{right.id},{peter.account_id},1]]"
    said = f'["{second}",3,1795255200000,"gift","Re\\u00ebn",{lines}]'
    assert third == hashlib.sha256(said.encode()).hexdigest()
