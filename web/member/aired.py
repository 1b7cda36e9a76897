"""A member sees where and when they were on air, how many listened, and hears it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import audience
from station.asrun import Outcome, OutcomeKind
from station.audience import Listeners
from station.languages import gettext as _
from station.languages import marked
from station.recordings import recording_of
from station.rights import Request, RequestKind
from station.settings import Settings
from station.went_out import HEARD
from web.member.area import member_area
from web.session import me, station

SHOWN = 12
MOST_SHOWN = 600

ENDED = {
    OutcomeKind.AIRED: marked("It went out as planned."),
    OutcomeKind.LATE: marked("It went out, but late."),
    OutcomeKind.CUT: marked("It went out, but not whole."),
    OutcomeKind.REPLACED: marked("The station's own sound went out in its place."),
    OutcomeKind.MISSED: marked("It did not go out. That was our fault, not yours."),
    OutcomeKind.TAKEN_DOWN: marked("It was taken off air."),
}


@dataclass(frozen=True, slots=True)
class Aired:
    """One slot of somebody's that is over; `channel` counts from 0.

    `heard` says whether any of it went out, `clip` whether that is kept to be heard again.
    """

    right_id: int
    request_id: int
    title: str
    silent: bool
    at: datetime
    channel: int
    ended: str
    reason: str
    heard: bool
    listened: str
    clip: bool


@dataclass(frozen=True, slots=True)
class Times:
    """The newest of somebody's slots that are over, how many were heard, and if there are more."""

    shown: Sequence[Aired]
    heard: int
    more: bool


def times(session: Session, settings: Settings, account_id: int, most: int) -> Times:
    """An account's slots that are over, newest first."""
    of_mine = Request.id == Outcome.request_id, Request.account_id == account_id
    mine = sa.select(Outcome, Request).where(*of_mine)
    newest = mine.order_by(Outcome.slot_number.desc(), Outcome.channel).limit(most + 1)
    rows = session.execute(newest).all()
    slots = {(outcome.channel, outcome.slot_number) for outcome, _request in rows}
    counts = audience.of_slots(session, slots)
    heard = sa.select(sa.func.count(Outcome.slot_number)).where(*of_mine, Outcome.kind.in_(HEARD))
    return Times(
        [
            _aired(settings, outcome, asked, counts.get((outcome.channel, outcome.slot_number)))
            for outcome, asked in rows[:most]
        ],
        session.scalars(heard).one(),
        len(rows) > most,
    )


def _aired(
    settings: Settings, outcome: Outcome, asked: Request, listeners: Listeners | None
) -> Aired:
    kind = OutcomeKind(outcome.kind)
    begun = timedelta(milliseconds=outcome.start_error_ms or 0)
    kept = recording_of(settings.recordings_folder, outcome.channel, outcome.slot_number)
    return Aired(
        right_id=asked.right_id,
        request_id=asked.id,
        title=asked.title,
        silent=asked.kind == RequestKind.SILENCE,
        at=settings.slots.start(outcome.slot_number) + begun,
        channel=outcome.channel,
        ended=_(ENDED[kind]),
        reason="" if kind is OutcomeKind.AIRED else _(outcome.reason),
        heard=kind in HEARD,
        listened=audience.sentence(listeners) if kind in HEARD else "",
        clip=kind in HEARD and kept is not None,
    )


def draw(problem: str = "") -> str:
    """The newest times, and as many earlier ones as were asked for."""
    settings = station().settings
    most = min(max(request.args.get("shown", SHOWN, type=int), SHOWN), MOST_SHOWN)
    with station().database.reading() as session:
        found = times(session, settings, me().account_id, most)
    return render_template(
        "member/aired.html",
        problem=problem,
        times=found,
        more=most + 2 * SHOWN if found.more and most < MOST_SHOWN else None,
    )


area = member_area("aired", draw, "/member/aired")


@area.get("/")
def page() -> ResponseReturnValue:
    """Where and when, how many listened, and what went out."""
    return draw()
