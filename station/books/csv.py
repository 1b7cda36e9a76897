"""Statements, and the trail, as CSV: no cell of them becomes a formula in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from station.books.journal import decimal
from station.books.summary import COUNTS, StationStatement, counted
from station.settings import Settings
from station.statement import StatementLine, sentence
from station.trail import Done

# A spreadsheet takes a cell that begins like this for a formula, wide forms included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  the wide forms are meant


def csv_of_statement(lines: Iterable[StatementLine], settings: Settings) -> str:
    """A person's statement, a row a right; times are local."""
    head = ("week", "number", "what", "title", "other", "channel", "at", "made good", "in words")
    rows = [
        (
            line.week,
            line.number,
            line.fate,
            line.title,
            line.other,
            "" if line.channel is None else settings.channel_name(line.channel),
            "" if line.at is None else line.at.astimezone(settings.zone).isoformat(),
            line.made_good,
            sentence(line, settings),
        )
        for line in lines
    ]
    return text([head, *rows])


def csv_of_summary(statement: StationStatement) -> str:
    """The station's statement: a row a week, an empty row, and a row for each kind of money."""
    weeks = [(line.week, *counted(line).values()) for line in (*statement.weeks, statement.total)]
    money = [
        (line.kind, line.currency, line.times, decimal(line.cents), decimal(line.vat_cents))
        for line in statement.money
    ]
    heads = ("week", *COUNTS), ("money", "currency", "times", "sum", "VAT in it")
    return text([heads[0], *weeks, (), heads[1], *money])


def csv_of_trail(deeds: Iterable[Done], zone: ZoneInfo) -> str:
    """What operators did, a row a deed; instants are ISO 8601 in the station's zone."""
    head = ("number", "at", "who", "what", "to what", "why", "answer")
    rows = [
        (
            *(done.deed.id, done.deed.at.astimezone(zone).isoformat(timespec="seconds")),
            *(done.name, done.deed.act, done.deed.subject, done.deed.reason, done.deed.said),
        )
        for done in deeds
    ]
    return text([head, *rows])


def text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; what would be a formula gets an apostrophe before it."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
