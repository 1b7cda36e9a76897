"""A right asks one thing of the build: a segment or a silence, with wishes and limits.

A right that moves to another account asks nothing until its new holder says so. A run is one piece:
whatever takes the request of one of its rights withdraws the whole of it.
"""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.airtime import Week
from station.db import STRICT, Base
from station.errors import Refusal, WrongInput
from station.jobs import JobKind, promise
from station.ledger import Right
from station.moments import deadline_text
from station.recordings import (
    Master,
    Recording,
    being_checked,
    withdraw_waiting,
)
from station.settings import Settings
from station.wishes import Wish

LONGEST_TITLE = 120
LONGEST_CAUSE = 200
# A recording that is too long is spread over so many rights.
PARTS = 2


class RequestKind(StrEnum):
    """What is asked for."""

    SEGMENT = "segment"
    SILENCE = "silence"


class RequestState(StrEnum):
    """Whether it still is."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"


class Request(Base):
    """What one right asks of its week's build.

    Rights that air one after another as one piece share a `run`, each at its `run_place`.
    `announcement_sha256` names the stored bytes of a silence's recorded announcement.
    """

    __tablename__ = "requests"
    __table_args__ = (
        sa.Index(
            "uq_requests_open_right",
            "right_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_requests_week_state", "week", "state"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    week: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    adult: Mapped[bool] = mapped_column(default=False)
    cause: Mapped[str | None] = mapped_column(index=True)
    together: Mapped[str | None]
    trade: Mapped[str | None]
    recording_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recordings.id"))
    master_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("masters.sha256"))
    announcement_sha256: Mapped[str | None]
    run: Mapped[str | None]
    run_place: Mapped[int] = mapped_column(default=0)
    wishes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default=RequestState.OPEN)
    asked_at: Mapped[datetime]

    right: Mapped[Right] = relationship()
    master: Mapped[Master | None] = relationship()

    @property
    def wished(self) -> list[Wish]:
        """Its wishes, parsed."""
        return [msgspec.convert(wish, Wish) for wish in self.wishes]


def cutoff(week: Week, settings: Settings) -> datetime:
    """When uploads and transfers for a week close."""
    return week.span.start - timedelta(hours=settings.week.uploads_close_hours)


def next_open_week(settings: Settings, now: datetime) -> Week:
    """The first week that members can still send something for."""
    week = Week.of(now, settings.zone)
    while now >= cutoff(week, settings):
        week = week.plus(1)
    return week


def require_open(right: Right, settings: Settings, now: datetime) -> Week:
    """The right's week, while it can still change. Raises Refusal `week-closed`."""
    week = right.parsed_week(settings.zone)
    closes = cutoff(week, settings)
    if now >= closes:
        raise Refusal("week-closed", week=week, closed=deadline_text(closes, settings))
    return week


def for_recording(
    right: Right, recording: Recording, wishes: Sequence[Wish], now: datetime
) -> Request:
    """A right's request for an accepted recording, to be asked."""
    return _request(
        right,
        wishes,
        now,
        kind=RequestKind.SEGMENT,
        title=recording.title,
        language=recording.language,
        adult=recording.adult,
        trade=recording.trade,
        recording_id=recording.id,
        master_sha256=recording.master_sha256,
    )


def for_silence(
    right: Right,
    cause: str,
    wishes: Sequence[Wish],
    now: datetime,
    together: str | None = None,
    announcement_sha256: str | None = None,
) -> Request:
    """A right's request for silence, to be asked."""
    says = {"title": cause, "cause": cause, "together": together}
    says["announcement_sha256"] = announcement_sha256
    return _request(right, wishes, now, kind=RequestKind.SILENCE, **says)


def for_the_same(right: Right, earlier: Request, wishes: Sequence[Wish], now: datetime) -> Request:
    """A right's request for what another one asked for, to be asked.

    What was a part of a run comes alone: a silence is announced again, a piece says its part.
    """
    copied = ("kind", "title", "language", "adult", "cause", "together", "trade")
    made = ("recording_id", "master_sha256", "announcement_sha256")
    says = {name: getattr(earlier, name) for name in (*copied, *made)}
    if earlier.run is not None:
        if earlier.kind == RequestKind.SILENCE:
            says["master_sha256"] = None
        else:
            says["title"] = numbered(earlier.title, earlier.run_place + 1, PARTS)
    return _request(right, wishes, now, **says)


def numbered(title: str, part: int, parts: int) -> str:
    """The title of a piece that airs in parts, far from each other."""
    return f"{title} ({part} of {parts})"


def ask(session: Session, requests: Sequence[Request], now: datetime) -> None:
    """Let rights that ask for nothing ask; a silence's announcement is promised."""
    session.add_all(requests)
    session.flush()
    for request in requests:
        if request.kind == RequestKind.SILENCE and request.master_sha256 is None:
            promise(session, JobKind.SILENCE, request.id, now)


def withdraw(session: Session, request: Request | None) -> None:
    """Withdraw a request, and the whole run that it is in."""
    for one in [] if request is None else run_of(session, request):
        one.state = RequestState.WITHDRAWN


def release(session: Session, right_id: int) -> None:
    """Withdraw whatever a right asks for, and each recording that still waits for it.

    A run is withdrawn from all its rights, a recording in two parts from both.
    """
    withdraw(session, open_request(session, right_id))
    withdraw_waiting(session, right_id)
    session.flush()


def join(session: Session, requests: Sequence[Request]) -> None:
    """Let requests that were asked for rights of one week air one after another, as a run."""
    if len(requests) > 1:
        for place, request in enumerate(requests):
            request.run, request.run_place = str(requests[0].id), place
        session.flush()


def run_of(session: Session, request: Request) -> list[Request]:
    """The requests that air as one piece with this one, in order; itself alone without a run."""
    if request.run is None:
        return [request]
    query = sa.select(Request).where(Request.week == request.week, Request.run == request.run)
    return list(session.scalars(query.order_by(Request.run_place)))


def open_request(session: Session, right_id: int) -> Request | None:
    """What a right asks for now."""
    query = sa.select(Request).where(
        Request.right_id == right_id, Request.state == RequestState.OPEN
    )
    return session.scalars(query).one_or_none()


def unused(session: Session, account_id: int, first: Week) -> list[Right]:
    """The rights from a week on that an account holds and has nothing sent for, earliest first."""
    query = sa.select(Right).where(
        Right.account_id == account_id, Right.week >= str(first), _nothing_sent(account_id)
    )
    return list(session.scalars(query.order_by(Right.week, Right.number)))


def require_unused(session: Session, right: Right) -> None:
    """Make sure that nothing was sent for a right. Raises Refusal `right-used`."""
    query = sa.select(Right.id).where(Right.id == right.id, _nothing_sent(right.account_id))
    if session.scalars(query).first() is None:
        raise Refusal("right-used", right=right)


def requests_of(session: Session, week: Week) -> list[Request]:
    """Everything that is asked of a week's build, oldest first."""
    query = sa.select(Request).where(Request.week == str(week), Request.state == RequestState.OPEN)
    return list(session.scalars(query.order_by(Request.id)))


def _request(right: Right, wishes: Sequence[Wish], now: datetime, **says: Any) -> Request:
    return Request(
        right_id=right.id,
        account_id=right.account_id,
        week=right.week,
        wishes=[msgspec.to_builtins(wish) for wish in wishes],
        asked_at=now,
        **says,
    )


def _nothing_sent(account_id: int) -> sa.ColumnElement[bool]:
    asks = sa.exists().where(Request.right_id == Right.id, Request.state == RequestState.OPEN)
    return sa.and_(~asks, Right.id.not_in(being_checked(account_id)))


def runs_among(session: Session, request_ids: Collection[int]) -> dict[int, str]:
    """Which run each of some requests is in; those that air alone are left out."""
    query = sa.select(Request.id, Request.run).where(
        Request.id.in_(request_ids), Request.run.is_not(None)
    )
    return {request_id: run for request_id, run in session.execute(query) if run is not None}


def clean_text(text: str, name: str, longest: int) -> str:
    """A person's words on one line, without control characters and needless spaces.

    Raises WrongInput `text-missing` or `text-long`, which call it by `name`.
    """
    text = " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())
    if not text:
        raise WrongInput("text-missing", name=name)
    if len(text) > longest:
        raise WrongInput("text-long", name=name, longest=longest, length=len(text))
    return text
