"""Live on the desk: keep an hour, let a presenter be heard in it, see who is connected."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from flask import Blueprint, abort, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from playout import heard, live_port
from playout.heard import LIVE, Heard
from station import blocks, live
from station.airtime import Span, parse_local
from station.blocks import InTheWay, Wanted
from station.errors import Refusal, WrongInput
from station.grid import ReservedBlock
from station.languages import gettext as _
from station.languages import marked, ngettext
from station.lengths import counted
from station.live import Booking, LiveShow
from web import refusals
from web.desk.record import act_on_record
from web.ids import read_id
from web.proof import proven
from web.session import now, station

SHOWN = 40
TICKED = "yes"
# The show whose password this browser may see once.
TOLD = "live"
# A presenter may connect so long before.
AHEAD, DAY = timedelta(minutes=1), timedelta(days=1)
# What is on air, or begins so soon, is ended by a person who has shown that it is them.
SOON = timedelta(hours=1)

area = Blueprint("live", __name__, url_prefix="/live")

ON_AIR = marked("on air")
CONNECTED = marked("connected, not heard yet")
AWAY = marked("nobody is connected: the station fills")
UNKNOWN = marked("playout has not said who is connected")


@dataclass(frozen=True, slots=True)
class Row:
    """A block that is not over, with its presenter if it has one, and how it stands now.

    `overnight` says that it ends on another day.
    """

    block: ReservedBlock
    span: Span
    overnight: bool
    show: LiveShow | None
    state: str
    in_the_way: tuple[InTheWay, ...]


@area.get("/")
def page() -> ResponseReturnValue:
    """What is kept, who is heard in it, and a form for more."""
    return _draw()


@area.post("/blocks")
def reserve() -> ResponseReturnValue:
    """Keep a stretch, once or every week; with a presenter it is a live show."""
    wanted = _read()
    with station().database.reading() as session:
        found = blocks.in_the_way(session, station().settings, wanted, now())
    overnight = wanted[0].span if _overnight(wanted[0].span) else None
    if (found or overnight) and request.form.get("anyway") != TICKED:
        return _draw(asking=found, overnight=overnight), refusals.CONFLICT
    return proven(lambda: _reserve(wanted))()


@area.post("/blocks/<int:block_id>/presenter")
@proven
def present(block_id: int) -> ResponseReturnValue:
    """Let a presenter be heard in a block that is kept."""
    with station().database.reading() as session:
        block = session.get(ReservedBlock, block_id)
    if block is None or not block.length:
        raise WrongInput("block-unknown", number=block_id)
    return _reserve([blocks.wanted_of(station().settings, block)])


@area.post("/blocks/<int:block_id>/return")
def give_back(block_id: int) -> ResponseReturnValue:
    """Keep a block no longer."""
    with station().database.reading() as session:
        found = session.get(ReservedBlock, block_id)

    def act(session: Session) -> str:
        block = blocks.give_back(session, station().settings, block_id, now())
        return _("“%(label)s” is kept no longer.", label=block.label)

    return _end(found, act)


@area.get("/shows/<int:show_id>")
def show(show_id: int) -> ResponseReturnValue:
    """Where a presenter connects to; the password only to whoever has just made it."""
    settings = station().settings
    with station().database.reading() as session:
        found = session.get(LiveShow, show_id)
        if found is None or found.withdrawn_at is not None:
            abort(404)
        wanted = [blocks.wanted_of(settings, found.block)]
        here = blocks.in_the_way(session, settings, wanted, now())
        row = _row(found.block, found, heard.read(settings, now()), here)
    told = cookie.get(TOLD) == show_id
    if told:
        cookie.pop(TOLD)
    harbor = live_port.harbor(settings, found)
    return render_template("desk/live_show.html", row=row, harbor=harbor, told=told, ahead=AHEAD)


@area.post("/shows/<int:show_id>/password")
@proven
def renew(show_id: int) -> ResponseReturnValue:
    """Make another password for a show; the one before works no longer."""
    made: list[int] = []

    def act(session: Session) -> str:
        made[:] = [live.renew(session, station().settings, show_id, now()).id]
        return _("There is a new password. The one before works no longer.")

    return _tell(made, act_on_record(act, url_for("desk.live.page")))


@area.post("/shows/<int:show_id>/close")
def close(show_id: int) -> ResponseReturnValue:
    """End a show's password; its block stays, and carries fill."""
    with station().database.reading() as session:
        found = session.get(LiveShow, show_id)
        block = None if found is None else found.block

    def act(session: Session) -> str:
        closed = live.close_show(session, show_id, now())
        return _("%(presenter)s can connect no longer.", presenter=closed.presenter)

    return _end(block, act)


def _end(block: ReservedBlock | None, act: Callable[[Session], str]) -> ResponseReturnValue:
    """Do what ends a block or its show; while it is on air or about to be, with a fresh proof."""
    span = None if block is None else blocks.span_of(station().settings, block)
    ending = partial(act_on_record, act, url_for("desk.live.page"))
    if span is not None and now() in Span(span.start - SOON, span.end):
        return proven(ending)()
    return ending()


def _reserve(wanted: Sequence[Wanted]) -> ResponseReturnValue:
    settings, presenter = station().settings, request.form.get("presenter", "").strip()
    made: list[int] = []

    def act(session: Session) -> str:
        made.clear()
        for one in wanted:
            if presenter:
                booking = Booking(one.channel, one.span, presenter, one.label)
                made.append(live.open_show(session, settings, booking, now()).id)
            else:
                blocks.reserve(session, settings, one, now())
        kept = len(wanted)
        return ngettext(
            "It is kept.", "%(num)s times are kept.", kept, num=counted(kept).capitalize()
        )

    answer = act_on_record(act, url_for("desk.live.page"), subject=_subject(wanted[0]))
    return _tell(made, answer)


def _tell(made: Sequence[int], answer: ResponseReturnValue) -> ResponseReturnValue:
    """Lead who has just made shows to the first one's page, and let its password be seen once."""
    if made and isinstance(answer, BaseResponse):
        cookie[TOLD] = made[0]
        answer.location = url_for("desk.live.show", show_id=made[0])
    return answer


def _subject(wanted: Wanted) -> str:
    settings = station().settings
    begins = wanted.span.start.astimezone(settings.zone).isoformat(timespec="minutes")
    return f"{settings.channel_name(wanted.channel)}, {begins}, {wanted.label}"


def _read() -> list[Wanted]:
    """What the form asks for: one stretch, or the same one in several weeks.

    Raises WrongInput `channel-unknown`, `text-missing`, `day-unknown`, `time-unknown`,
    `number-wrong`, `weeks-many`.
    """
    settings, form = station().settings, request.form
    blocks.require_name(_("title"), form.get("title", ""))
    day, begins, ends = form.get("day", ""), form.get("from", ""), form.get("to", "")
    start = parse_local(f"{day}T{begins}", settings.zone)
    end = parse_local(f"{day}T{ends}", settings.zone)
    if end <= start:
        # Midnight, or later: the day after.
        end = parse_local(f"{start.astimezone(settings.zone).date() + DAY}T{ends}", settings.zone)
    channel = settings.channel_named(form.get("channel", ""))
    wanted = Wanted(channel, Span(start, end), form["title"])
    return blocks.each_week(settings, wanted, _weeks(form.get("weeks", "")))


def _weeks(text: str) -> int:
    text = text.strip() or "1"
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(blocks.MOST_WEEKS))):
        raise WrongInput("number-wrong", text=text, name=_("weeks"), example="8")
    return int(text)


def _rows(session: Session) -> tuple[list[Row], int]:
    """The blocks that are shown, and how many there are."""
    settings, said = station().settings, heard.read(station().settings, now())
    kept = blocks.to_come(session, settings, now())
    shows = live.shows_of(session, [block.id for block in kept])
    shown = kept[_skipped() : _skipped() + SHOWN]
    wanted = [blocks.wanted_of(settings, block) for block in shown]
    found = blocks.in_the_way(session, settings, wanted, now())
    return [_row(block, shows.get(block.id), said, found) for block in shown], len(kept)


def _row(
    block: ReservedBlock,
    presented: LiveShow | None,
    said: Mapping[int, Heard],
    found: Iterable[InTheWay],
) -> Row:
    span = blocks.span_of(station().settings, block)
    here = tuple(one for one in found if one.start in span and one.channel == block.channel)
    going_on = presented is not None and now() in Span(span.start - AHEAD, span.end)
    state = _state(said.get(block.channel)) if going_on else ""
    return Row(block, span, _overnight(span), presented, state, here)


def _overnight(span: Span) -> bool:
    """Whether a stretch goes on after midnight."""
    begins, ends = (at.astimezone(station().settings.zone) for at in (span.start, span.end))
    return ends.replace(tzinfo=None) > datetime.combine(begins.date() + DAY, time())


def _state(said: Heard | None) -> str:
    if said is None:
        return UNKNOWN
    if said.event == LIVE:
        return ON_AIR
    return CONNECTED if said.presenters else AWAY


def _skipped() -> int:
    return read_id(request.args, "after")


def _draw(problem: str = "", asking: Sequence[InTheWay] = (), overnight: Span | None = None) -> str:
    settings = station().settings
    with station().database.reading() as session:
        rows, count = _rows(session)
        return render_template(
            "desk/live.html",
            problem=problem,
            asking=asking,
            overnight=overnight,
            rows=rows,
            after=_skipped() + len(rows),
            more=count - _skipped() - len(rows),
            typed=request.form,
            live_now=[row for row in rows if row.state == ON_AIR],
            channels=settings.station.channels,
            most_weeks=blocks.MOST_WEEKS,
            longest=blocks.LONGEST_NAME,
        )


area.register_error_handler(Refusal, refusals.on_the_page(_draw))
