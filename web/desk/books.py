"""The books: what rights and money came to, proof that nothing was lost, and downloads."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from station import books
from station.airtime import Week
from station.db import Database
from station.errors import Refusal, Violation
from station.languages import marked
from station.ledger import root_hash
from station.money import MoneyKind
from web import refusals
from web.session import now, station

# Not a kind of text that is squeezed: a journal of years is sent while it is written.
JOURNAL = "application/x-hledger"
MONEY = {
    MoneyKind.FEE: marked("Fees that came"),
    MoneyKind.REFUND_DUE: marked("Refunds promised"),
    MoneyKind.REFUND_PAID: marked("Refunds sent"),
    MoneyKind.SALE: marked("Sales between people, never held by the station"),
}
# Where the rights of a week can be, as `station.books.summary.WeekLine` has them.
COLUMNS = {
    "issued": marked("Issued"),
    "held": marked("Held"),
    "escrow": marked("In escrow"),
    "pooled": marked("Pooled"),
    "aired": marked("Aired"),
    "expired": marked("Expired"),
    "voided": marked("Voided"),
    "makegood": marked("Makegood"),
}

area = Blueprint("books", __name__, url_prefix="/books")


@area.get("/")
def page() -> ResponseReturnValue:
    """The station's statement."""
    return _draw()


@area.post("/audit")
def audit() -> ResponseReturnValue:
    """Audit everything now, and say what was found."""
    with station().database.reading() as session:
        found = books.verify(session)
    return _draw(found=found)


@area.get("/statement.csv")
def as_csv() -> Response:
    """The station's statement as a table for a spreadsheet."""
    first, last = _weeks()
    with station().database.reading() as session:
        found = books.summary(session, station().settings, first, last)
    name = "-".join(["mweya", *filter(None, (found.first, found.last))])
    return _file(books.csv_of_summary(found), f"{name}.csv", "text/csv")


@area.get("/journal")
def journal() -> Response:
    """The whole ledger as a journal that hledger reads."""
    name = f"mweya-{Week.of(now(), station().settings.zone)}.journal"
    return _file(_lines(station().database), name, JOURNAL)


def _file(content: str | Iterator[str], name: str, mimetype: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _weeks() -> tuple[str | None, str | None]:
    """The first and the last week that are asked for; None where there is no end."""
    first, last = (request.args.get(name, "").strip() or None for name in ("first", "last"))
    return first, last


def _lines(database: Database) -> Iterator[str]:
    with database.reading() as session:
        for line in books.journal(session):
            yield f"{line}\n"


def _draw(problem: str = "", found: Sequence[Violation] | None = None) -> str:
    # What can't be read is kept in the form, and everything is shown.
    first, last = (None, None) if problem else _weeks()
    with station().database.reading() as session:
        return render_template(
            "desk/books.html",
            problem=problem,
            found=found,
            statement=books.summary(session, station().settings, first, last),
            columns=COLUMNS,
            money=MONEY,
            root_hash=root_hash(session),
            typed=request.args,
        )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
