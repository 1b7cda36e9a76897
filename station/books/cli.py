"""The commands of the books: audit, export and the station's statement."""

from dataclasses import asdict
from pathlib import Path

import click
import sqlalchemy as sa

from station import books, ledger
from station.books.summary import lines_of
from station.cli import opened, write_text
from station.command import Answer, answers

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("ledger")
def ledger_group() -> None:
    """The ledger: audit it, export it, say what it comes to."""


@ledger_group.command("verify")
@answers
def verify() -> Answer:
    """Audit every entry; exits 1 when a rule is broken."""
    with opened() as (_, database), database.reading() as session:
        violations = books.verify(session)
        root = ledger.root_hash(session)
        entries = session.scalars(sa.select(sa.func.count()).select_from(ledger.Entry)).one()
    return Answer(
        facts={
            "entries": entries,
            "root_hash": root,
            "violations": [{"rule": v.rule, "sentence": v.sentence} for v in violations],
        },
        lines=[violation.sentence for violation in violations]
        or [f"The books are whole: {entries} entries, root hash {root}."],
        next_command="mweya restore FILE" if violations else "mweya ledger export",
        found_problems=bool(violations),
    )


@ledger_group.command("export")
@click.option("--out", type=FILE, help="A file; default: print it.")
@answers
def export(out: Path | None) -> Answer:
    """Write rights and money as a plain-text journal that hledger reads."""
    with opened() as (_, database), database.reading() as session:
        lines = list(books.journal(session))
    if out is None:
        return Answer({"journal": lines}, lines)
    write_text(out, "\n".join(lines) + "\n")
    return Answer({"file": str(out)}, [f"Written to {out}."], f"hledger -f {out} balance")


@ledger_group.command("statement")
@click.option("--from", "first", metavar="WEEK", help="The first week; default: the very first.")
@click.option("--to", "last", metavar="WEEK", help="The last week; default: the very last.")
@click.option("--csv", "table", type=FILE, help="Write it as a table, too.")
@answers
def station_statement(first: str | None, last: str | None, table: Path | None) -> Answer:
    """Say where the rights of each week are, and what money came and went in those weeks."""
    with opened() as (settings, database), database.reading() as session:
        statement = books.summary(session, settings, first, last)
    if table is not None:
        write_text(table, books.csv_of_summary(statement))
    return Answer(asdict(statement), lines_of(statement), "mweya ledger verify")
