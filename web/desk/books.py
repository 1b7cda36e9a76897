"""The books: what rights and money came to, proof that nothing was lost, and downloads."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from station import books
from station.airtime import Week
from station.db import Database
from station.errors import Refusal, Violation
from station.ledger import root_hash
from web import refusals
from web.session import now, station

# Not a kind of text that is squeezed: a journal of years is sent while it is written.
JOURNAL = "application/x-hledger"

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


@area.get("/journal")
def journal() -> Response:
    """The whole ledger as a journal that hledger reads."""
    name = f"mweya-{Week.of(now(), station().settings.zone)}.journal"
    answer = Response(_lines(station().database), mimetype=JOURNAL)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(database: Database) -> Iterator[str]:
    with database.reading() as session:
        for line in books.journal(session):
            yield f"{line}\n"


def _draw(problem: str = "", found: Sequence[Violation] | None = None) -> str:
    with station().database.reading() as session:
        return render_template(
            "desk/books.html",
            problem=problem,
            found=found,
            root_hash=root_hash(session),
        )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
