"""Operators approve a piece, hold it back or refuse it, and its member reads why.

All that airs as one piece is decided as one: a run, and the two parts of one recording.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import grid, moderation, takedowns
from station.airtime import Week
from station.db import compare_and_set
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.languages import marked, speaking
from station.members import Person, with_account
from station.moderation import Review, Verdict
from station.recordings import Recording, RecordingState, other_part
from station.review_letters import tell
from station.rights import (
    Request,
    RequestState,
    clean_text,
    open_request,
    run_of,
    withdraw,
)
from station.settings import Settings

REFUSED_CODE = "refused"
REFUSED = marked("The station's operators refused it: %(reason)s")
# What begins sooner may be on playout's disk, or in an engine, before its plan is read again.
SOON = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was decided about; `on_show` says that the published week has a free place now.

    `off_air` says that it was on air and is being taken off.
    """

    title: str
    week: str
    on_show: bool
    off_air: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """All the requests that are one piece, and those slots of theirs that are on show."""

    requests: list[Request]
    slots: dict[int, tuple[int, int]]

    def began(self, on_air: int) -> bool:
        """Whether its first slot has begun."""
        return any(slot <= on_air for _, slot in self.slots.values())


def approve(
    session: Session, settings: Settings, request_id: int, who: Person, now: datetime
) -> Reviewed:
    """Let a piece be built and aired.

    Raises Refusal `review-gone`, `review-again`, or `review-refused`: its member was told so.
    """
    piece = _piece(session, settings, request_id)
    before = _say(session, piece, Verdict.APPROVED, "", who, now)
    if before == Verdict.HELD:
        tell(session, settings, piece.requests[0], Verdict.APPROVED, "", now)
    return _reviewed(piece)


def hold(
    session: Session, settings: Settings, request_id: int, reason: str, who: Person, now: datetime
) -> Reviewed:
    """Keep a piece off the air until it is approved, also where it is on show already.

    What is about to begin is taken off air for good.

    Raises WrongInput `reason-missing` or `text-long`, Refusal `review-gone`, `review-again`,
    `review-refused` or `review-over`.
    """
    reason, piece = _why(reason), _piece(session, settings, request_id)
    on_air, soon = (settings.slots.number(at) for at in (now, now + SOON))
    if piece.began(on_air):
        raise Refusal("review-over", title=piece.requests[0].title)
    _say(session, piece, Verdict.HELD, reason, who, now)
    _take_off(session, piece, range(on_air, soon + 1), reason, who, now)
    tell(session, settings, piece.requests[0], Verdict.HELD, reason, now)
    return _reviewed(piece)


def refuse(
    session: Session, settings: Settings, request_id: int, reason: str, who: Person, now: datetime
) -> Reviewed:
    """Refuse a piece for good: what is to come of it does not air, nor does its recording again.

    What is on air of it is taken off, as is what is about to begin. Raises WrongInput
    `reason-missing` or `text-long`, Refusal `review-gone` or `review-again`.
    """
    reason, piece = _why(reason), _piece(session, settings, request_id)
    _say(session, piece, Verdict.REFUSED, reason, who, now)
    on_air = settings.slots.number(now)
    began = piece.began(on_air)
    for request in piece.requests:
        _reject(session, request, reason)
        if not began:
            withdraw(session, request)
    session.flush()
    last = max((slot for _, slot in piece.slots.values()), default=on_air)
    ends = last if began else settings.slots.number(now + SOON)
    off = _take_off(session, piece, range(on_air, ends + 1), reason, who, now)
    tell(session, settings, piece.requests[0], Verdict.REFUSED, reason, now)
    first = piece.requests[0]
    return Reviewed(first.title, first.week, bool(piece.slots) and not began, began and off)


def _why(reason: str) -> str:
    if not reason.strip():
        raise WrongInput("reason-missing")
    return clean_text(reason, _("reason"), takedowns.LONGEST_REASON)


def _piece(session: Session, settings: Settings, request_id: int) -> _Piece:
    """The whole of an open request's piece. Raises Refusal `review-gone`."""
    request = session.get(Request, request_id)
    if request is None or request.state != RequestState.OPEN:
        raise Refusal("review-gone")
    found = {one.id: one for one in run_of(session, request)}
    if request.recording_id is not None:
        other = other_part(session, session.get_one(Recording, request.recording_id))
        asked = None if other is None else open_request(session, other.right_id)
        if other is not None and asked is not None and asked.recording_id == other.id:
            found[asked.id] = asked
    return _Piece(list(found.values()), _slots(session, settings, list(found)))


def _slots(
    session: Session, settings: Settings, request_ids: list[int]
) -> dict[int, tuple[int, int]]:
    """The channel and slot number of those requests that are on show."""
    query = (
        sa.select(Request.id, Request.week, grid.Placement.channel, grid.Placement.start)
        .join(grid.Placement, grid.Placement.request_id == Request.id)
        .join(grid.Grid, grid.Grid.id == grid.Placement.grid_id)
        .where(Request.id.in_(request_ids), grid.Grid.week == Request.week)
        .where(grid.Grid.state == grid.GridState.PUBLISHED)
    )
    return {
        request_id: (channel, start + _first_slot(settings, week))
        for request_id, week, channel, start in session.execute(query)
    }


def _first_slot(settings: Settings, week: str) -> int:
    return Week.parse(week, settings.zone).first_slot(settings.slots)


def _say(
    session: Session, piece: _Piece, verdict: Verdict, reason: str, who: Person, now: datetime
) -> str:
    """Write down what is said about a piece; returns what was said before, empty for nothing."""
    ids = [one.id for one in piece.requests]
    newest = moderation.reviewed(session, Request.id.in_(ids))
    before = newest[ids[0]].verdict if ids[0] in newest else ""
    if before == verdict:
        said = _(SAID[verdict])
        raise Refusal("review-again", title=piece.requests[0].title, verdict=said)
    if before == Verdict.REFUSED:
        raise Refusal("review-refused", title=piece.requests[0].title)
    session.add_all(
        Review(
            request_id=one.id,
            recording_id=one.recording_id,
            verdict=verdict,
            reason=reason,
            account_id=who.account_id,
            at=now,
        )
        for one in piece.requests
    )
    session.flush()
    return before


SAID = {
    Verdict.APPROVED: marked("approved"),
    Verdict.HELD: marked("held back"),
    Verdict.REFUSED: marked("refused"),
}


def _take_off(
    session: Session, piece: _Piece, slots: range, reason: str, who: Person, now: datetime
) -> bool:
    """Take what a piece has in some slots off air; whether it has anything there."""
    there = [place for place in piece.slots.values() if place[1] in slots]
    for channel, slot in there:
        if takedowns.of_slot(session, channel, slot) is None:
            takedowns.order(session, channel, slot, reason, now, who.account_id)
    return bool(there)


def _reject(session: Session, request: Request, reason: str) -> None:
    """Let a request's recording air never again, and its member read why."""
    if request.recording_id is None:
        return
    with speaking(with_account(session, request.account_id).language):
        said = _(REFUSED, reason=reason)
    compare_and_set(
        session,
        Recording,
        Recording.id == request.recording_id,
        Recording.state == RecordingState.ACCEPTED,
        state=RecordingState.REJECTED,
        codes=[REFUSED_CODE],
        sentences=[said],
        findings=[],
    )


def _reviewed(piece: _Piece) -> Reviewed:
    first = piece.requests[0]
    return Reviewed(first.title, first.week, bool(piece.slots))
