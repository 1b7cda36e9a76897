"""A person's year at a glance, and their statement: each figure leads to its lines."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station.airtime import Week
from station.books import csv_of_statement
from station.membership import years
from station.statement import StatementLine, sentence, statement
from web.member.area import member_area
from web.member.glance import Part, figures, lapses, part_of
from web.session import me, now, station

MOST_LAPSES = 6
YEAR, EVER = "year", "ever"


def draw(problem: str = "") -> str:
    """What became of each right, or of those that a figure counts."""
    settings = station().settings
    with station().database.reading() as session:
        lines = _lines(session, of_year=request.args.get("of") == YEAR)
    what = next((part for part in Part if part == request.args.get("what")), None)
    shown = [line for line in lines if what in (None, part_of(line))]
    return render_template(
        "member/statement.html",
        problem=problem,
        lines=[(Week.parse(line.week, settings.zone), sentence(line, settings)) for line in shown],
        counts=figures(lines),
        of=request.args.get("of", ""),
        what=what,
    )


area = member_area("statements", draw)


@area.get("/statement")
def page() -> ResponseReturnValue:
    """What became of every five minutes this person ever had."""
    return draw()


@area.get("/statement.csv")
def table() -> ResponseReturnValue:
    """The same as a table for a spreadsheet."""
    settings = station().settings
    with station().database.reading() as session:
        found = csv_of_statement(statement(session, settings, me().account_id), settings)
    answer = Response(found, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="statement.csv"'
    return answer


@area.get("/year")
def year() -> ResponseReturnValue:
    """The membership's year, or all that was ever held: how much went where, what lapses when."""
    settings, of_year = station().settings, request.args.get("of") != EVER
    with station().database.reading() as session:
        lines, member = _lines(session, of_year=of_year), years.current(session, me().id)
    return render_template(
        "member/year.html",
        weeks=[Week.parse(line.week, settings.zone) for line in lines],
        counts=figures(lines),
        lapses=lapses(lines, settings, now())[:MOST_LAPSES],
        of=YEAR if of_year and member is not None else EVER,
        member=member,
    )


def _lines(session: Session, *, of_year: bool) -> list[StatementLine]:
    """The lines of the membership's year, or all of them where there is none."""
    lines = statement(session, station().settings, me().account_id)
    member = years.current(session, me().id) if of_year else None
    if member is None:
        return lines
    return [one for one in lines if member.first_week <= one.week <= member.last_week]
