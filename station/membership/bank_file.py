"""A bank's CSV file is read whatever the bank calls its columns, or refused line by line.

Known are one column of sums, where what went out is negative, and one for each direction. The
day comes before the month, as banks here write it.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from station.errors import Violation

DELIMITERS = ",;\t"
# Some banks tell about the account before they name their columns.
LINES_BEFORE_HEADER = 40

DATES = (
    *("posting date", "date", "transaction date", "trans date", "value date"),
    *("effective date", "processing date", "process date", "date posted"),
)
AMOUNTS = ("amount", "transaction amount", "value", "sum")
CREDITS = (
    *("credit", "credits", "credit amount", "money in", "paid in", "deposit", "deposits"),
    *("deposit amount", "amount in"),
)
WORDS = (
    *("description", "reference", "details", "narrative", "narration", "transaction description"),
    *("statement description", "original description", "your reference", "their reference"),
    *("beneficiary reference", "customer reference", "payment reference", "transaction reference"),
    *("payer reference", "reference number", "memo", "particulars", "remarks", "notes", "message"),
)

_UNIT = re.compile(r"[\s_]*[(\[].*?[)\]]|\b(zar|rand|r)$")
_SUM = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])? ?(?:ZAR|R)? ?(?P<inner>[-+])?"
    r"(?P<whole>\d{1,12}|\d{1,3}(?:(?P<by>[ ,.'])\d{3}(?:(?P=by)\d{3}){0,2}))"
    r"(?:(?P<point>[.,])(?P<part>\d{1,2}))? ?(?P<after>-)?(?P<close>\))? ?(?P<side>CR|DR|C|D)?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/. ]?(?P<month>\d{2})[-/. ]?(?P<day>\d{2})")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2})[-/. ](?P<year>\d{4})")
_NAMED = re.compile(r"(?P<day>\d{1,2})[-/. ]?(?P<name>[a-z]{3})[a-z]*[-/. ]?(?P<year>\d{4}|\d{2})")
_TIME = re.compile(r"[t ]\d{1,2}:\d{2}.*$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came: the bank's day, the sum in cents, and what the payer wrote."""

    day: date
    cents: int
    description: str


@dataclass(frozen=True, slots=True)
class BankFile:
    """What a file holds: payments in its order, how many debits, and what can't be read."""

    payments: list[Payment]
    debits: int
    problems: list[Violation]


@dataclass(frozen=True, slots=True)
class _Columns:
    day: int
    cents: int
    only_credits: bool
    words: list[int]
    many: int


def read_bank_file(text: str) -> BankFile:
    """Read a bank's file. A line that can't be read is a problem with its number."""
    text = text.removeprefix("\ufeff")
    for delimiter in DELIMITERS:
        lines = _lines(text, delimiter)
        for _ in range(LINES_BEFORE_HEADER):
            line = next(lines, None)
            if line is None:
                break
            columns = _columns(line[1])
            if columns is not None:
                return _read(lines, columns)
    problem = (
        "no line names the columns; there must be one for the date, one for the amount (or the "
        "credits) and one for the description or reference"
    )
    return BankFile([], 0, [_problem(1, problem)])


def cents_of(text: str) -> int:
    """A sum in cents, below zero for a debit: “R 1,234.50”, “1234,50”, “-1 234.50”.

    Raises ValueError for what is no sum, or could be two.
    """
    said = " ".join(text.split())
    match = _SUM.fullmatch(said)
    if match is None or bool(match["open"]) != bool(match["close"]):
        raise ValueError(f"“{said}” is not a sum")
    by, point = match["by"], match["point"]
    # 1.234 may be meant as either; 1,234 is never a sum with three decimals.
    if by is not None and (by == point or (by == "." and point is None)):
        raise ValueError(f"“{said}” could be two sums")
    whole = int(re.sub(r"\D", "", match["whole"]))
    cents = 100 * whole + int((match["part"] or "").ljust(2, "0"))
    out = match["open"] or "-" in (match["sign"], match["inner"], match["after"])
    return -cents if out or (match["side"] or "").upper().startswith("D") else cents


def day_of(text: str) -> date:
    """A day: 2026-11-21, 21/11/2026, 20261121 or 21 Nov 2026. Raises ValueError."""
    text = _TIME.sub("", " ".join(text.split()).lower())
    match = _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text) or _NAMED.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is not a date like 2026-11-21")
    facts = match.groupdict()
    if "name" in facts:
        month = _MONTHS.index(facts["name"]) + 1 if facts["name"] in _MONTHS else 0
    else:
        month = int(facts["month"])
    year = int(facts["year"]) + (2000 if len(facts["year"]) == 2 else 0)  # noqa: PLR2004
    try:
        return date(year, month, int(facts["day"]))
    except ValueError:
        raise ValueError(f"“{text}” is not a date like 2026-11-21") from None


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each line's number and cells, or what is wrong with it, which ends them."""
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield table.line_num, str(error)
            return
        yield table.line_num, cells


def _columns(cells: list[str] | str) -> _Columns | None:
    """Which column is which, when a line names them."""
    if isinstance(cells, str):
        return None
    names = [_UNIT.sub("", cell.strip().lower()).strip() for cell in cells]
    day, amount, credit = (_first(names, known) for known in (DATES, AMOUNTS, CREDITS))
    words = [place for place, name in enumerate(names) if name in WORDS]
    cents = amount if amount is not None else credit
    if day is None or cents is None or not words:
        return None
    return _Columns(day, cents, amount is None, words, len(names))


def _first(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _read(lines: Iterator[tuple[int, list[str] | str]], columns: _Columns) -> BankFile:
    payments: list[Payment] = []
    problems: list[Violation] = []
    debits = 0
    for number, cells in lines:
        if isinstance(cells, str):
            problems.append(_problem(number, cells))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        try:
            payment = _payment(cells, columns)
        except ValueError as error:
            problems.append(_problem(number, str(error)))
            continue
        if payment is None:
            debits += 1
        else:
            payments.append(payment)
    return BankFile(payments, debits, problems)


def _payment(cells: list[str], columns: _Columns) -> Payment | None:
    """The payment of one line; None for a debit. Raises ValueError with what is wrong."""
    if any(cell.strip() for cell in cells[columns.many :]):
        raise ValueError("there are more cells than columns")
    if len(cells) <= max(columns.day, columns.cents):
        raise ValueError("there are fewer cells than columns")
    day = day_of(cells[columns.day])
    if columns.only_credits and not cells[columns.cents].strip():
        return None
    cents = cents_of(cells[columns.cents])
    if cents <= 0:
        return None
    said = [" ".join(cells[place].split()) for place in columns.words if place < len(cells)]
    return Payment(day, cents, " ".join(filter(None, dict.fromkeys(said))))


def _problem(line: int, problem: str) -> Violation:
    return Violation("bank-file", f"Line {line}: {problem}.", (str(line),))
