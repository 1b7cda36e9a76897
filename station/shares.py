"""A piece that has a time on air can be shown to anybody by its holder: what, whose, when, where.

Its address can't be guessed from another one, so nobody can read the station's members off it.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import moderation, takedowns
from station.airtime import Span, Week
from station.asrun import Outcome, OutcomeKind
from station.grid import Grid, GridState, Placement
from station.members import with_account
from station.rights import Request, RequestKind, RequestState, run_of
from station.settings import Settings

# 40 bits: 8 letters and figures of RFC 4648's base 32.
SIGNED_BYTES = 5
# Every number of so many fits into the 64 bits of an id.
MOST_DIGITS = 18
PIECE = "piece"


class PieceState(StrEnum):
    """What has become of a piece that is shown."""

    COMING = "coming"
    ON_AIR = "on air"
    AIRED = "aired"
    MISSED = "missed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class SharedPiece:
    """A piece as anybody sees it who has its address; `channel` counts from 0.

    Of one that is gone, nothing is shown but that.
    """

    state: PieceState
    title: str = ""
    silent: bool = False
    speaker: str = ""
    channel: int = 0
    air: Span | None = None


def signed(settings: Settings, noun: str, number: int) -> str:
    """A number of one kind of thing with our signature: 412-k3f9x2ab."""
    key = settings.secrets.session_key.encode()
    digest = hmac.digest(key, f"{noun} {number}".encode(), hashlib.sha256)[:SIGNED_BYTES]
    return f"{number}-{base64.b32encode(digest).decode().lower()}"


def number_signed(settings: Settings, noun: str, code: str) -> int | None:
    """The number that a code of one kind of thing names; None when we did not sign it."""
    number = code.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        return None
    known = signed(settings, noun, int(number))
    return int(number) if hmac.compare_digest(code.encode(), known.encode()) else None


def code_of(settings: Settings, request_id: int) -> str:
    """What names a request's piece in its address: 412-k3f9x2ab."""
    return signed(settings, PIECE, request_id)


def address(settings: Settings, request_id: int) -> str:
    """The address of a request's piece, for anybody."""
    return f"{settings.web_url}/p/{code_of(settings, request_id)}"


def request_named(settings: Settings, code: str) -> int | None:
    """The request that a code names; None when it is not one of ours."""
    return number_signed(settings, PIECE, code)


def piece(
    session: Session, settings: Settings, request_id: int, now: datetime
) -> SharedPiece | None:
    """What anybody may see of a request's piece; None of one that never had a time on air."""
    request = session.get(Request, request_id)
    if request is None or not _ever_placed(session, request):
        return None
    air = _place(session, settings, request)
    query = sa.select(Request.id).where(
        Request.id == request.id,
        Request.state == RequestState.OPEN,
        ~takedowns.is_taken(),
        moderation.let_through(),
    )
    if air is None or session.scalars(query).first() is None:
        return SharedPiece(PieceState.GONE)
    channel, span = air
    ended = session.scalars(sa.select(Outcome.kind).where(Outcome.request_id == request.id)).first()
    return SharedPiece(
        state=state_of(span, None if ended is None else OutcomeKind(ended), now),
        title=request.title,
        silent=request.kind == RequestKind.SILENCE,
        speaker=with_account(session, request.account_id).name,
        channel=channel,
        air=span,
    )


def state_of(air: Span, ended: OutcomeKind | None, now: datetime) -> PieceState:
    """How a piece stands that has a place, and has ended so if it has."""
    if ended is not None:
        missed = (OutcomeKind.MISSED, OutcomeKind.REPLACED)
        return PieceState.MISSED if ended in missed else PieceState.AIRED
    if now in air:
        return PieceState.ON_AIR
    return PieceState.COMING if now < air.start else PieceState.AIRED


def _ever_placed(session: Session, request: Request) -> bool:
    query = (
        sa.select(Placement.grid_id)
        .join(Grid, Grid.id == Placement.grid_id)
        .where(
            Placement.request_id == request.id,
            Grid.week == request.week,
            Grid.published_at.is_not(None),
        )
    )
    return session.scalars(query).first() is not None


def _place(session: Session, settings: Settings, request: Request) -> tuple[int, Span] | None:
    """The channel and the time of a piece, with all of the run that it is in."""
    query = (
        sa.select(Placement.channel, Placement.start)
        .join(Grid, Grid.id == Placement.grid_id)
        .where(
            Grid.week == request.week,
            Grid.state == GridState.PUBLISHED,
            Placement.request_id.in_([one.id for one in run_of(session, request)]),
        )
        .order_by(Placement.start)
    )
    places = session.execute(query).all()
    if not places:
        return None
    week = Week.parse(request.week, settings.zone)
    first, last = (week.instant(one.start, settings.slots) for one in (places[0], places[-1]))
    return places[0].channel, Span(first, settings.slots.span(settings.slots.number(last)).end)
