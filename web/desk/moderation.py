"""Moderation: hear a piece, read its declaration, approve, hold or refuse it, pull it off air."""

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import moderation, reports, reviewing, takedowns
from station.airlog import AirLine
from station.errors import Refusal
from station.languages import gettext as _
from station.languages import marked, ngettext
from station.recordings import recording_of
from station.reviewing import Reviewed
from station.rights import Request
from web import refusals
from web.desk import pieces
from web.desk.record import act_on_record
from web.ids import read_id
from web.proof import proven
from web.public.now import on_air, seconds_to_change
from web.session import me, now, station
from web.sounds import send_preview, send_recording

area = Blueprint("moderation", __name__, url_prefix="/moderation")

# What so many more listeners wrote of one piece is shown with the first one's words.
MOST_WORDS = 8
REPAIR = marked("Its place in %(week)s is free now: the week's page offers to repair it.")


@area.get("/")
def page() -> ResponseReturnValue:
    """What is on air, what listeners reported, what waits, what is held."""
    return _draw()


@area.get("/pieces/<int:request_id>")
def piece_page(request_id: int) -> ResponseReturnValue:
    """One piece, with everything that was said about it."""
    return _draw_piece(request_id)


@area.get("/pieces/<int:request_id>/sound")
def sound(request_id: int) -> Response:
    """A piece as it will air."""
    return send_preview(_require(request_id).preview_sha256 or "")


@area.get("/clips/<int:channel>/<int:slot>")
def clip(channel: int, slot: int) -> Response:
    """What went out in a slot, as listeners heard it; 404 once it is kept no more."""
    file = recording_of(station().settings.recordings_folder, channel, slot)
    if file is None:
        abort(404)
    return send_recording(file)


@area.post("/pieces/<int:request_id>/approving")
def approve(request_id: int) -> ResponseReturnValue:
    """Let a piece be built and aired."""

    def act(session: Session) -> str:
        done = reviewing.approve(session, station().settings, request_id, me(), now())
        return _("“%(title)s” is approved.", title=done.title)

    return act_on_record(act, _back())


@area.post("/pieces/<int:request_id>/holding")
def hold(request_id: int) -> ResponseReturnValue:
    """Keep a piece off the air until it is approved."""
    reason = request.form.get("reason", "")

    def act(session: Session) -> str:
        done = reviewing.hold(session, station().settings, request_id, reason, me(), now())
        said = _("“%(title)s” is held back, and its member is written to.", title=done.title)
        return _with_repair(said, done)

    return act_on_record(act, _back(), reason=reason)


@area.post("/pieces/<int:request_id>/refusing")
@proven
def refuse(request_id: int) -> ResponseReturnValue:
    """Refuse a piece for good."""
    reason = request.form.get("reason", "")

    def act(session: Session) -> str:
        done = reviewing.refuse(session, station().settings, request_id, reason, me(), now())
        said = _("“%(title)s” is refused, and its member is written to.", title=done.title)
        if done.off_air:
            return f"{said} {_('It is being taken off air.')}"
        return _with_repair(said, done)

    return act_on_record(act, _back(), reason=reason)


@area.get("/takedowns/<int:channel>/<int:slot>")
def pull_page(channel: int, slot: int) -> ResponseReturnValue:
    """What a slot carries, to be taken off air; 404 of a slot without a line in the air log."""
    return _draw_pull(channel, slot)


@area.post("/takedowns/<int:channel>/<int:slot>")
@proven
def pull(channel: int, slot: int) -> ResponseReturnValue:
    """Take what a slot carries off air, at once or before it begins."""
    reason = request.form.get("reason", "")

    def act(session: Session) -> str:
        settings, place = station().settings, (channel, slot)
        title = takedowns.pull(session, settings, place, reason, me(), now())
        if slot > settings.slots.number(now()):
            return _("“%(title)s” will not be heard: fill airs in its place.", title=title)
        return _("“%(title)s” is being taken off air: fill is heard at once.", title=title)

    return act_on_record(act, _back(), reason=reason)


@area.post("/reports/<int:report_id>/settling")
def settle(report_id: int) -> ResponseReturnValue:
    """Say whether a listener's report was right, and with it all of the same piece on the page."""
    upheld, answer = "upheld" in request.form, request.form.get("answer", "")

    def act(session: Session) -> str:
        settled = reports.settle(
            session,
            report_id,
            upheld=upheld,
            answer=answer,
            who=me(),
            now=now(),
            until=read_id(request.form, "until"),
        )
        count, title = len(settled), settled[0].title
        if upheld:
            return ngettext(
                "The report about “%(title)s” was right.",
                "%(num)s reports about “%(title)s” were right.",
                count,
                title=title,
            )
        return ngettext(
            "The report about “%(title)s” was not right.",
            "%(num)s reports about “%(title)s” were not right.",
            count,
            title=title,
        )

    return act_on_record(act, _back(), reason=answer)


def waiting_here() -> int:
    """How many reports of listeners nobody has settled, and how many pieces wait for approval."""
    with station().database.reading() as session:
        pending = pieces.count_waiting(session, station().settings, now())
        return reports.waiting(session) + pending


def _with_repair(said: str, done: Reviewed) -> str:
    return f"{said} {_(REPAIR, week=done.week)}" if done.on_show else said


def _back() -> str:
    """The piece's own page, when its form was sent from there."""
    piece = read_id(request.form, "piece")
    if piece:
        return url_for("desk.moderation.piece_page", request_id=piece)
    return url_for("desk.moderation.page")


def _require(request_id: int) -> pieces.Piece:
    with station().database.reading() as session:
        found = pieces.one_piece(session, station().settings, request_id)
    if found is None:
        abort(404)
    return found


def _draw(problem: str = "") -> str:
    settings = station().settings
    number = max(request.args.get("page", 1, type=int), 1)
    with station().database.reading() as session:
        channels = on_air(session, settings, now())
        waiting = pieces.waiting(session, settings, number - 1, now())
        return render_template(
            "desk/moderation.html",
            problem=problem,
            channels=channels,
            slot=settings.slots.number(now()),
            fresh=seconds_to_change(channels, now(), settings.slots),
            reports=reports.open_ones(session),
            reported=reports.waiting(session),
            waiting=waiting,
            held=pieces.held(session, settings, now()),
            rules=settings.moderation.approve,
            has_clip=_has_clip,
            most_words=MOST_WORDS,
            number=number,
            last=max(1, -(-waiting.count // pieces.PAGE)),
            typed=request.form,
        )


def _draw_piece(request_id: int, problem: str = "") -> str:
    piece = _require(request_id)
    with station().database.reading() as session:
        return render_template(
            "desk/piece.html",
            problem=problem,
            piece=piece,
            said=pieces.words_about(session, piece),
            reports=reports.of_piece(session, request_id),
            waits=_waits(session, piece),
            on_air=piece.air is not None and now() in piece.air,
            slot=station().settings.slots.number(now()),
            typed=request.form,
        )


def _draw_pull(channel: int, slot: int, problem: str = "") -> str:
    with station().database.reading() as session:
        line = session.get(AirLine, (channel, slot))
        taken = takedowns.of_slot(session, channel, slot)
    if line is None:
        abort(404)
    return render_template(
        "desk/pull.html",
        problem=problem,
        line=line,
        taken=taken,
        air=station().settings.slots.span(slot),
        typed=request.form,
    )


def _waits(session: Session, piece: pieces.Piece) -> bool:
    which = Request.id == piece.request.id
    kept = moderation.kept_back(session, station().settings, which, now())
    return piece.request.id in kept and kept[piece.request.id].verdict is None


def _has_clip(channel: int | None, slot: int | None) -> bool:
    if channel is None or slot is None:
        return False
    return recording_of(station().settings.recordings_folder, channel, slot) is not None


def _show_again(said: str) -> str:
    """The page that a form was sent from, with what is wrong."""
    values = request.view_args or {}
    if "slot" in values:
        return _draw_pull(values["channel"], values["slot"], said)
    piece = read_id(request.form, "piece")
    return _draw_piece(piece, said) if piece else _draw(said)


area.register_error_handler(Refusal, refusals.on_the_page(_show_again))
