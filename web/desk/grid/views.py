"""The grid's pages: a week's hours, a day's slots, and one piece that is moved, pinned or banned.

A piece is dragged to a place or sent there by a form: both ask the same address what that would
break, and nothing is kept before the answer was read.
"""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from scheduler import by_hand
from station import bans, grid, pins
from station.airtime import Week
from station.errors import Refusal
from station.grid import Grid
from station.languages import gettext as _
from web import refusals
from web.desk.day import day_names, day_rows, day_span
from web.desk.grid import asked, heat, named, piece, search
from web.desk.grid.heat import SHOWS, Show
from web.desk.record import act_on_record
from web.ids import read_id
from web.session import now, station

area = Blueprint("grid", __name__)

LONGEST_WORDS = 120
LONGEST_REASON = 300
MOST_GONE = 20


@area.get("/grid/")
def page() -> ResponseReturnValue:
    """The newest grid there is: of the week that comes, else of the one that is on air."""
    this = Week.of(now(), station().settings.zone)
    with station().database.reading() as session:
        built = [week for week in (this.plus(1), this) if grid.versions(session, week)]
    return _week((built or [this])[0])


@area.get("/weeks/<label>/grid")
def week_page(label: str) -> ResponseReturnValue:
    """A week's hours by days for each channel, and what a search finds in it."""
    return _week(_parsed(label))


@area.get("/weeks/<label>/days/<int:weekday>")
def day_page(label: str, weekday: int) -> ResponseReturnValue:
    """A day of a week's grid, as rows of time by channel."""
    if not 1 <= weekday <= heat.DAYS:
        abort(404)
    week, settings = _parsed(label), station().settings
    with station().database.reading() as session:
        version = _version(session, week)
        editable = grid.require_version(session, week)
        return render_template(
            "desk/grid/day.html",
            week=week,
            version=version,
            versions=grid.versions(session, week),
            editable=version.id == editable.id,
            rows=day_rows(session, settings, week, version, weekday),
            days=day_names(week),
            weekday=weekday,
            day=day_span(week, weekday),
        )


@area.get("/weeks/<label>/pieces/<int:request_id>")
def piece_page(label: str, request_id: int) -> ResponseReturnValue:
    """One piece: where it is, what it would break elsewhere, its pin and its bans."""
    return _piece(_parsed(label), request_id)


@area.post("/weeks/<label>/versions/<int:version>/pieces/<int:request_id>/move")
def move(label: str, version: int, request_id: int) -> ResponseReturnValue:
    """Keep a piece elsewhere in a new draft; who is there already goes to where it was."""
    week, settings = _parsed(label), station().settings
    place = asked.place(settings, week)

    def act(session: Session) -> str:
        proposal = piece.sent_to(session, settings, week, request_id, place, now(), version)
        kept = by_hand.keep(session, week, proposal, now())
        if "pin" in request.form:
            by_hand.pin(session, settings, week, request_id, place, now())
        return _(
            "“%(title)s” goes to %(place)s. Version %(version)s is the draft of %(week)s now.",
            **named.at(session, settings, week, request_id, place),
            version=kept.version,
            week=week,
        )

    return act_on_record(act, _back(week, request_id))


@area.post("/weeks/<label>/pieces/<int:request_id>/pin")
def pin(label: str, request_id: int) -> ResponseReturnValue:
    """Hold a piece at a place in every build from now on."""
    week, settings = _parsed(label), station().settings
    place = asked.place(settings, week)

    def act(session: Session) -> str:
        by_hand.pin(session, settings, week, request_id, place, now())
        return _(
            "“%(title)s” is pinned to %(place)s: builds and repairs leave it there.",
            **named.at(session, settings, week, request_id, place),
        )

    return act_on_record(act, _back(week, request_id))


@area.post("/weeks/<label>/pieces/<int:request_id>/unpin")
def unpin(label: str, request_id: int) -> ResponseReturnValue:
    """Let a pinned piece go."""
    week = _parsed(label)

    def act(session: Session) -> str:
        pins.take_out(session, pins.piece_of(session, week, request_id))
        return _("“%(title)s” is pinned no more.", title=named.title(session, request_id))

    return act_on_record(act, _back(week, request_id))


@area.post("/weeks/<label>/pieces/<int:request_id>/ban")
def ban(label: str, request_id: int) -> ResponseReturnValue:
    """Keep a piece out of a stretch of time, on one channel or on all."""
    week, settings = _parsed(label), station().settings
    channel, span = asked.stretch(settings, week)

    def act(session: Session) -> str:
        made = bans.make(session, pins.piece_of(session, week, request_id), channel, span, now())
        return _(
            "“%(title)s” is banned from %(start)s until %(end)s, %(channels)s: the next build or "
            "repair keeps it out.",
            **named.barred(session, settings, week, made),
        )

    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    return act_on_record(act, _back(week, request_id), reason=reason)


@area.post("/weeks/<label>/pieces/<int:request_id>/bans/<int:ban_id>/lift")
def lift(label: str, request_id: int, ban_id: int) -> ResponseReturnValue:
    """Take a ban away."""
    week = _parsed(label)

    def act(session: Session) -> str:
        gone = bans.lift(session, week, ban_id)
        return _(
            "“%(title)s” is no longer banned from %(start)s until %(end)s, %(channels)s.",
            **named.barred(session, station().settings, week, gone),
        )

    return act_on_record(act, _back(week, request_id))


def _parsed(label: str) -> Week:
    return Week.parse(label, station().settings.zone)


def _version(session: Session, week: Week) -> Grid:
    """The version that is asked for, else the draft, else the published one.

    Raises Refusal `nothing-built`, WrongInput `version-unknown`.
    """
    return grid.require_version(session, week, read_id(request.args, "version") or None)


def _back(week: Week, request_id: int) -> str:
    return url_for("desk.grid.piece_page", label=week, request_id=request_id)


def _week(week: Week) -> str:
    settings = station().settings
    wanted = request.args.get("show", Show.VALUE)
    show = Show(wanted) if wanted in set(Show) else Show.VALUE
    words = request.args.get("q", "").strip()[:LONGEST_WORDS]
    with station().database.reading() as session:
        version = _version(session, week)
        return render_template(
            "desk/grid/week.html",
            week=week,
            version=version,
            versions=grid.versions(session, week),
            heats=heat.heats(session, settings, week, version, show),
            show=show,
            shows=SHOWS,
            signs=heat.SIGNS,
            words=words,
            hits=search.search(session, week, version, words) if words else None,
            longest=LONGEST_WORDS,
            held=piece.held(session, week),
            days=day_names(week),
        )


def _piece(week: Week, request_id: int, problem: str = "") -> str:
    settings = station().settings
    with station().database.reading() as session:
        shown = piece.read(session, settings, week, request_id, now())
        trial = None
        asks = request.method == "GET" and request.args.get("at")
        if asks and not problem and not shown.kept_off:
            try:
                place = asked.place(settings, week)
                trial = piece.tried(session, settings, week, request_id, place, now())
            except Refusal as refusal:
                problem = refusal.sentence
        return render_template(
            "desk/grid/piece.html",
            problem=problem,
            week=week,
            shown=shown,
            trial=trial,
            most_gone=MOST_GONE,
            all_channels=asked.ALL_CHANNELS,
            longest=LONGEST_REASON,
            typed=request.values,
        )


def _refused(refusal: Refusal) -> ResponseReturnValue:
    """Answer what was sent about a piece on its page, and all else on a page of its own."""
    address, status = request.view_args or {}, refusals.status_of(refusal)
    if request.method != "POST" and refusal.code in ("nothing-built", "piece-unknown"):
        said = {"sentence": refusal.sentence, "unbuilt": refusal.code == "nothing-built"}
        return render_template("desk/grid/refused.html", week=refusal.facts["week"], **said), status
    known = refusal.code not in ("sign-in-first", "operators-only", "week-unknown", "piece-unknown")
    if request.method != "POST" or not known:
        return refusals.refused(refusal)
    return _piece(_parsed(address["label"]), address["request_id"], refusal.sentence), status


area.register_error_handler(Refusal, _refused)
