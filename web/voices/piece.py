"""Beside a piece stand its speaker's page, thanks, and its sound where that can be heard again."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import attempts, listen_again, profiles, shares, thanks
from station.languages import gettext as _
from station.rights import Request
from station.shares import PieceState, SharedPiece
from web.again.episodes import Episode, episode
from web.session import SEE_OTHER, do_now, now, station

THANKED = "thanked"
# A cookie holds so many without becoming heavy.
REMEMBERED = 40
BEGUN = (PieceState.ON_AIR, PieceState.AIRED)

area = Blueprint("beside", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Beside:
    """What a piece's page shows beside it; `account_id` is set if its speaker has a page."""

    request_id: int
    account_id: int | None = None
    thankable: bool = False
    thanked: bool = False
    again: Episode | None = None


def beside(reading: Session, request_id: int, piece: SharedPiece) -> Beside:
    """What stands beside a piece that is shown."""
    asked = reading.get(Request, request_id)
    if asked is None or piece.air is None:
        return Beside(request_id)
    settings = station().settings
    chosen = profiles.of(reading, asked.account_id)
    entry = (
        listen_again.entry(reading, settings, request_id, now())
        if chosen is not None and chosen.again
        else None
    )
    return Beside(
        request_id=request_id,
        account_id=asked.account_id if chosen is not None and chosen.shown else None,
        thankable=piece.state in BEGUN,
        thanked=request_id in session.get(THANKED, []),
        again=episode(settings, entry) if entry is not None else None,
    )


@area.post("/p/<code>/thanks")
def thank(code: str) -> ResponseReturnValue:
    """Say thanks for a piece that is or was on air, once from a browser."""
    settings, network = station().settings, attempts.network_of(request.remote_addr)
    request_id = shares.request_named(settings, code)
    before = session.get(THANKED, [])

    def act(writing: Session) -> str:
        piece = request_id and shares.piece(writing, settings, request_id, now())
        if not piece or not request_id or piece.state not in BEGUN:
            abort(404)
        if request_id not in before:
            thanks.thank(writing, settings, request_id, network, now())
        return _("%(name)s will see that somebody said thanks.", name=piece.speaker)

    flash(do_now(act))
    session[THANKED] = [*before, request_id][-REMEMBERED:]
    session.permanent = True
    return redirect(url_for("pieces.page", code=code), SEE_OTHER)
