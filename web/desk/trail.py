"""The trail on the desk: who did what, when, to what and why; nobody can change it."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from station import trail
from station.books import csv
from station.languages import marked
from station.trail import CONSOLE, Wanted
from web.ids import read_id
from web.session import now, station

area = Blueprint("trail", __name__, url_prefix="/trail")

# What a deed is about, as the desk's own parts are called.
KINDS = {
    "airtime": marked("Airtime"),
    "alarms": marked("Alarms"),
    "causes": marked("Causes"),
    "disputes": marked("Disputes"),
    "fees": marked("Fees"),
    "fill": marked("Fill"),
    "grid": marked("Grid"),
    "live": marked("Live"),
    "members": marked("Members"),
    "moderation": marked("Moderation"),
    "reports": marked("Listeners' reports"),
    "programs": marked("Programs"),
    "week": marked("Week"),
}


@area.get("/")
def page() -> ResponseReturnValue:
    """The newest deeds, of one kind or person if that is asked for."""
    wanted = _wanted()
    with station().database.reading() as session:
        found = trail.newest(session, wanted)
        return render_template(
            "desk/trail.html",
            found=found,
            wanted=wanted,
            kinds={kind: KINDS.get(kind, kind) for kind in trail.kinds(session)},
            doers=trail.doers(session),
            older=found[-1].deed.id if len(found) == trail.PAGE else None,
            console=CONSOLE,
        )


@area.get("/trail.csv")
def as_csv() -> Response:
    """The same, all of it, as a table for a spreadsheet."""
    with station().database.reading() as session:
        found = trail.newest(session, _wanted(), most=None)
        table = csv.csv_of_trail(found, station().settings.zone)
    answer = Response(table, mimetype="text/csv")
    name = f"mweya-trail-{now():%Y%m%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _wanted() -> Wanted:
    console = request.args.get("who") == str(CONSOLE)
    who = CONSOLE if console else read_id(request.args, "who") or None
    return Wanted(request.args.get("kind", ""), who, read_id(request.args, "before") or None)
