"""The journal and the statements, after everything that can happen to a right has happened."""

import csv
import io
import json
import re
import subprocess
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from mweya.cli import mweya
from station import books
from station.books.csv import text
from station.books.journal import account_names
from station.books.summary import MoneyLine, WeekLine
from station.errors import WrongInput
from station.ledger import EntryKind, Right, held, move, root_hash
from station.market import gifts, sales
from station.members import AccountKind, station_account
from station.money import MoneyKind, record
from station.statement import Fate, statement

LATER = timedelta(days=20)


@pytest.fixture
def year(database, settings, now, janet, peter):
    """Of Janet's four rights one is sold, one is for sale, one aired and one was voided."""
    with database.writing() as session:
        weeks = {right.week: right for right in held(session, janet.account_id)}
        for kind, account, week in (
            (EntryKind.AIRED, AccountKind.AIRED, "2026-W47"),
            (EntryKind.VOID, AccountKind.VOIDED, "2026-W48"),
        ):
            place = station_account(session, account)
            move(session, [weeks[week]], janet.account_id, place, kind, now, f"week {week}")
        sold, listed = (
            sales.sell(session, settings, [weeks[week].id], janet.account_id, cents, now)
            for week, cents in (("2026-W49", 150_00), ("2026-W50", 99))
        )
        sales.reserve(session, settings, sold.id, peter, now)
        sales.received(session, settings, sold.id, janet, now)
        for paid, cents, vat_cents, when in (
            (MoneyKind.FEE, 500_00, 65_22, now),
            (MoneyKind.REFUND_DUE, 100_00, 13_04, now),
            (MoneyKind.REFUND_PAID, 100_00, 0, now + LATER),
        ):
            record(session, paid, janet.account_id, cents, "ZAR", "RF15", when, vat_cents=vat_cents)
        return listed


def hledger(file, *words):
    """What the real hledger says about a journal."""
    return subprocess.run(
        ["hledger", "-f", str(file), *words],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    ).stdout


def balances(file, *words):
    """hledger's balances: account and commodity with their amounts."""
    table = hledger(file, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv", *words)
    rows = csv.DictReader(io.StringIO(table))
    return {(row["account"], row["commodity"]): Decimal(row["balance"]) for row in rows}


@pytest.fixture
def written(database, year, tmp_path):
    file = tmp_path / "mweya.journal"
    with database.reading() as session:
        file.write_text("\n".join(books.journal(session)) + "\n", encoding="utf-8")
    return file


def test_the_journal_lists_every_posting_with_its_entrys_hash(database, janet):
    with database.reading() as session:
        lines = list(books.journal(session))
        assert lines[0].endswith(f"hash:{root_hash(session)}")
        assert lines[1:3] == [
            '    issuance  -1 "right 1 of 2026-W47"',
            '    member:1  1 "right 1 of 2026-W47"',
        ]


def test_the_real_hledger_finds_every_right_where_the_station_has_it(database, written):
    assert hledger(written, "check") == ""
    found = balances(written, "not:cur:ZAR")
    with database.reading() as session:
        names = account_names(session)
        rights = session.scalars(sa.select(Right)).all()
    places = {(names[right.account_id], f"right {right.id} of {right.week}") for right in rights}
    issued = {("issuance", commodity) for _, commodity in places}
    assert found == dict.fromkeys(places, 1) | dict.fromkeys(issued, -1)


def test_the_real_hledger_adds_the_money_up_as_the_station_does(written, janet, peter):
    assert balances(written, "cur:ZAR") == {
        ("assets:bank", "ZAR"): Decimal("400.00"),
        ("income:fees", "ZAR"): Decimal("-347.82"),
        ("liabilities:vat", "ZAR"): Decimal("-52.18"),
        (f"member:{janet.id}", "ZAR"): Decimal("150.00"),
        (f"member:{peter.id}", "ZAR"): Decimal("-150.00"),
    }


def test_the_stations_statement_says_where_each_weeks_rights_are(database, settings, year):
    with database.reading() as session:
        stated = books.summary(session, settings)
    assert stated.weeks == (
        WeekLine("2026-W47", issued=2, held=1, aired=1),
        WeekLine("2026-W48", issued=2, held=1, voided=1),
        WeekLine("2026-W49", issued=2, held=2),
        WeekLine("2026-W50", issued=2, held=1, escrow=1),
    )
    assert stated.total == WeekLine("total", issued=8, held=5, escrow=1, aired=1, voided=1)
    assert stated.money == (
        MoneyLine("fee", "ZAR", 1, 500_00, 65_22),
        MoneyLine("refund-due", "ZAR", 1, 100_00, 13_04),
        MoneyLine("refund-paid", "ZAR", 1, 100_00, 0),
        MoneyLine("sale", "ZAR", 1, 150_00, 0),
    )


def test_a_statement_of_some_weeks_has_the_money_of_their_days(database, settings, year):
    with database.reading() as session:
        before = books.summary(session, settings, last="2026-W47")
        after = books.summary(session, settings, first="2026-W48")
        with pytest.raises(WrongInput, match="not a week"):
            books.summary(session, settings, first="soon")
    assert [line.week for line in before.weeks] == ["2026-W47"]
    assert [line.kind for line in before.money] == ["fee", "refund-due", "sale"]
    assert [line.week for line in after.weeks] == ["2026-W48", "2026-W49", "2026-W50"]
    assert [line.kind for line in after.money] == ["refund-paid"]


def test_a_members_statement_is_a_table_without_formulas(
    database, settings, now, janet, peter, year
):
    with database.writing() as session:
        session.execute(sa.update(type(peter)).values(name='=HYPERLINK("http://x")'))
    with database.reading() as session:
        table = books.csv_of_statement(statement(session, settings, janet.account_id), settings)
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [(row["week"], row["what"]) for row in rows] == [
        ("2026-W47", Fate.UNUSED),
        ("2026-W48", Fate.VOIDED),
        ("2026-W49", Fate.SOLD),
        ("2026-W50", Fate.OFFERED),
    ]
    assert rows[2]["other"] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])  # noqa: RUF001
def test_no_cell_becomes_a_formula(cell):
    assert next(csv.reader(io.StringIO(text([[cell]]), newline=""))) == [f"'{cell}"]


def test_what_is_no_formula_stays_as_it_is():
    cells = ["Reën op 'n sinkdak", "1 - 1", 'say "no", twice', "line\nline", "-7"]
    assert next(csv.reader(io.StringIO(text([[*cells[:-1], -7]]), newline=""))) == cells


def test_what_a_receiver_let_go_is_still_given_to_the_giver(database, settings, now, janet, peter):
    with database.writing() as session:
        rights = held(session, janet.account_id)[2:]
        gift = gifts.give(
            session, settings, [right.id for right in rights], janet.account_id, peter.email, now
        )
        gifts.accept(session, settings, gift.offer.id, peter, now)
        pool = station_account(session, AccountKind.POOL)
        move(session, rights[:1], peter.account_id, pool, EntryKind.POOL, now)
        week = rights[1].week
        again = now + LATER / 10
        gifts.give(session, settings, [rights[1].id], peter.account_id, janet.email, again)
        fates = [line.fate for line in statement(session, settings, janet.account_id)]
        assert fates[2:] == [Fate.GIVEN, Fate.GIVEN]
        theirs = {
            line.right_id: line.fate for line in statement(session, settings, peter.account_id)
        }
        assert [theirs[right.id] for right in rights] == [Fate.POOLED, Fate.OFFERED]
        assert week == "2026-W50"


@pytest.fixture
def run(monkeypatch, settings, database):
    """Types a command of a station on SQLite; answers what it says, with and without --json."""
    if database.engine.dialect.name == "postgresql":
        url = database.engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("MWEYA_DATABASE_URL", url)
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))

    def typed(*words):
        said, facts = (
            CliRunner().invoke(mweya, [*map(str, words), *json_too])
            for json_too in ((), ("--json",))
        )
        assert said.exit_code == facts.exit_code == 0, said.output
        return said.stdout, json.loads(facts.stdout)

    return typed


def test_the_statement_is_typed_printed_and_written(run, year, tmp_path):
    file = tmp_path / "books.csv"
    said, facts = run("ledger", "statement", "--from", "2026-W49", "--to", "2026-W49")
    assert re.search(r"^total +2 +2 +0 ", said, re.MULTILINE)
    assert "No money came or went." in said
    assert [line["week"] for line in facts["weeks"]] == ["2026-W49"]
    said, _ = run("ledger", "statement", "--csv", file)
    assert "fee (1): R500.00, VAT in it R65.22" in said
    rows = file.read_bytes().decode().split("\r\n")
    assert rows[0] == "week,issued,held,escrow,pooled,aired,expired,voided,makegood"
    assert rows[5:8] == ["total,8,5,1,0,1,0,1,0", "", "money,currency,times,sum,VAT in it"]
    assert rows[-2] == "sale,ZAR,1,150.00,0.00"


def test_a_members_statement_and_the_journal_are_written(run, year, janet, tmp_path):
    table, journal = tmp_path / "janet.csv", tmp_path / "mweya.journal"
    run("member", "statement", janet.email, "--csv", table)
    assert table.read_text(encoding="utf-8").count("\n") == 1 + 4
    said, _ = run("ledger", "export", "--out", journal)
    assert f"hledger -f {journal} balance" in said
    assert hledger(journal, "check") == ""
