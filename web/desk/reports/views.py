"""Each report is read on its page, taken along as CSV, and seen as a picture."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from station.airtime import Span
from station.errors import WrongInput
from station.figures import spans
from station.figures.report import Report, as_csv
from station.figures.reports import REPORTS
from station.languages import ENGLISH, speaking
from station.languages import gettext as _
from web import refusals
from web.desk.reports import svg
from web.session import now, station

SHOWN = 60
SECOND = timedelta(seconds=1)

area = Blueprint("reports", __name__, url_prefix="/reports")


@area.get("/")
def page() -> ResponseReturnValue:
    """Every report there is."""
    return render_template("desk/reports/page.html", reports=REPORTS.values())


def _page(report: Report) -> ResponseReturnValue:
    try:
        return _draw(report, _span())
    except WrongInput as refusal:
        # What can't be read stays in the form, and the usual days are shown.
        usual = spans.last_days(station().settings, now())
        return _draw(report, usual, refusal.sentence), refusals.status_of(refusal)


def _csv(report: Report) -> Response:
    span = _span()
    answer = Response(_lines(report, span), mimetype="text/csv")
    first, last = spans.first_and_last(station().settings, span)
    name = f"mweya-{report.name}-{first}-{last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _svg(report: Report) -> Response:
    with station().database.reading() as session:
        found = report.find(session, station().settings, _span(), now())
    if found.picture is None:
        abort(404)
    drawing = svg.drawn(found.picture, _(report.title), alone=True)
    return Response(drawing, mimetype="image/svg+xml")


def _lines(report: Report, span: Span) -> Iterator[str]:
    """A year of slots is sent while it is read."""
    settings, database, at = station().settings, station().database, now()

    def lines() -> Iterator[str]:
        with database.reading() as session:
            with speaking(ENGLISH):
                found = report.find(session, settings, span, at)
            yield from as_csv(report, found, settings)

    return lines()


def _span() -> Span:
    first, last = (request.args.get(name, "").strip() for name in ("from", "to"))
    return spans.read_days(station().settings, now(), first, last)


def _draw(report: Report, span: Span, problem: str = "") -> str:
    settings = station().settings
    with station().database.reading() as session:
        found = report.find(session, settings, span, now())
        rows = list(islice(found.rows, SHOWN + 1))
    first, last = spans.first_and_last(settings, span)
    picture = found.picture
    return render_template(
        "desk/reports/report.html",
        problem=problem,
        report=report,
        reports=REPORTS.values(),
        headline=found.headline,
        rows=rows[:SHOWN],
        more=len(rows) > SHOWN,
        shown=SHOWN,
        unit=picture.unit if picture else "",
        plot=svg.drawn(picture, _(report.title)) if picture and picture.categories else "",
        span=span,
        last_day=span.end - SECOND,
        first=first,
        last=last,
    )


def _serve(view: Callable[[Report], ResponseReturnValue], report: Report, suffix: str) -> None:
    address, endpoint = f"/{report.name}{suffix}", f"{report.name}{suffix.replace('.', '-')}"

    def shown() -> ResponseReturnValue:
        return view(report)

    area.add_url_rule(address, endpoint, shown)


for one in REPORTS.values():
    for suffix, view in (("", _page), (".csv", _csv), (".svg", _svg)):
        _serve(view, one, suffix)
