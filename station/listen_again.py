"""What aired can be heard again while its holder allows it and no operator took it away.

All of it is asked at each press: whoever says no is not heard again from that moment on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.airlog import AirLine
from station.airtime import Span
from station.asrun import Outcome
from station.causes import Cause, CauseState
from station.db import Base
from station.members import Person
from station.moderation import let_through
from station.profiles import Profile
from station.recordings import Master
from station.rights import Request, RequestKind, RequestState, run_of
from station.settings import Settings
from station.takedowns import is_taken
from station.went_out import HEARD

MOST_ENTRIES = 100
VOICES_SHOWN = 100
DAYS = 7


class Withheld(Base):
    """One request's piece that can't be heard again; `by_account_id` took it away, and why."""

    __tablename__ = "withheld"

    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"), primary_key=True)
    by_account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece that can be heard again; `channel` counts from 0.

    `previews` name the low-data sounds of its slots, in order, by their hashes.
    """

    request_id: int
    account_id: int
    title: str
    speaker: str
    silent: bool
    adult: bool
    language: str
    channel: int
    air: Span
    previews: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfVoice:
    """Whose pieces can be heard again, for a list of them."""

    account_id: int
    name: str


def of_account(session: Session, settings: Settings, account_id: int, now: datetime) -> list[Entry]:
    """What can be heard again of a person, newest first."""
    return _newest(session, settings, now, Request.account_id == account_id)


def of_cause(session: Session, settings: Settings, cause: Cause, now: datetime) -> list[Entry]:
    """The silences for a cause that can be heard again, newest first."""
    return _newest(session, settings, now, Request.cause == cause.words)


def of_days(
    session: Session, settings: Settings, channel: int, days: Span, now: datetime
) -> list[Entry]:
    """What can be heard again of a channel and a stretch of time, in the order it aired."""
    first, last = (settings.slots.number(at) for at in (days.start, days.end))
    slots = Outcome.slot_number
    query = _all(settings, now).where(Outcome.channel == channel, slots >= first, slots < last)
    return list(_joined(session.execute(query.order_by(slots)), settings))


def entry(session: Session, settings: Settings, request_id: int, now: datetime) -> Entry | None:
    """A piece as it can be heard again, with all of the run that it is in; None when it can't."""
    request = session.get(Request, request_id)
    parts = [] if request is None else [one.id for one in run_of(session, request)]
    query = _all(settings, now).where(Request.id.in_(parts)).order_by(Outcome.slot_number)
    return next(_joined(session.execute(query), settings), None)


def aired(session: Session, request_id: int) -> bool:
    """Whether a request's piece was ever heard: if it can't be now, it is gone."""
    query = sa.select(Outcome.slot_number).where(
        Outcome.request_id == request_id, Outcome.kind.in_(HEARD)
    )
    return session.scalars(query).first() is not None


def voices(session: Session, after: int = 0) -> list[OfVoice]:
    """The people whose pieces can be heard again, by name: so many after the first ones."""
    query = (
        sa.select(Person.account_id, Person.name)
        .join(Profile, Profile.account_id == Person.account_id)
        .where(Profile.again.in_([True]))
        .order_by(Person.name, Person.id)
        .limit(VOICES_SHOWN)
        .offset(after)
    )
    return [OfVoice(row.account_id, row.name) for row in session.execute(query)]


def cause(session: Session, cause_id: int) -> Cause | None:
    """A cause of the list, which alone have pages; None of any other."""
    query = sa.select(Cause).where(Cause.id == cause_id, Cause.state == CauseState.LISTED)
    return session.scalars(query).one_or_none()


def day_span(settings: Settings, day: date) -> Span:
    """A day of the station's zone."""
    first, last = (
        datetime(one.year, one.month, one.day, tzinfo=settings.zone)
        for one in (day, day + timedelta(days=1))
    )
    return Span(first, last)


def by_day(entries: Iterable[Entry], settings: Settings) -> dict[date, list[Entry]]:
    """Entries by the day of the station's zone on which each began."""
    found: dict[date, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.air.start.astimezone(settings.zone).date(), []).append(one)
    return found


def withhold(
    session: Session, request: Request, by_account_id: int, now: datetime, reason: str = ""
) -> None:
    """Let a piece, with all of its run, be heard again no more."""
    for one in run_of(session, request):
        held = session.get(Withheld, one.id) or Withheld(request_id=one.id)
        if held.by_account_id not in (None, request.account_id):
            # What an operator took away stays so.
            continue
        held.by_account_id, held.reason, held.at = by_account_id, reason, now
        session.add(held)
    session.flush()


def offer(session: Session, request: Request, by_account_id: int) -> None:
    """Let a piece be heard again that the same person had taken away."""
    ids = [one.id for one in run_of(session, request)]
    session.execute(
        sa.delete(Withheld).where(
            Withheld.request_id.in_(ids), Withheld.by_account_id == by_account_id
        )
    )


def withheld_of(session: Session, account_id: int) -> dict[int, Withheld]:
    """Which of an account's pieces were taken away, by their requests."""
    query = sa.select(Withheld).join(Request, Request.id == Withheld.request_id)
    found = session.scalars(query.where(Request.account_id == account_id))
    return {one.request_id: one for one in found}


def _newest(
    session: Session, settings: Settings, now: datetime, whose: sa.ColumnElement[bool]
) -> list[Entry]:
    newest = _all(settings, now).where(whose).order_by(Outcome.slot_number.desc())
    rows = session.execute(newest.limit(MOST_ENTRIES)).all()
    return list(_joined(reversed(rows), settings))[::-1]


def _all(settings: Settings, now: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Every slot that can be heard again."""
    oldest = settings.slots.number(now - timedelta(days=settings.again.keep_days))
    in_slot = sa.and_(
        AirLine.channel == Outcome.channel, AirLine.slot_number == Outcome.slot_number
    )
    held = sa.exists().where(Withheld.request_id == Request.id)
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(Outcome.channel, Outcome.slot_number, AirLine.title, AirLine.speaker),
            *(Request.id, Request.account_id, Request.kind, Request.adult, Request.language),
            *(Request.run, Master.preview_sha256),
        )
        .select_from(Outcome)
        .join(AirLine, in_slot)
        .join(Request, Request.id == Outcome.request_id)
        .join(Profile, Profile.account_id == Request.account_id)
        .join(Master, Master.sha256 == AirLine.master_sha256)
        .where(
            Profile.again.in_([True]),
            Request.state == RequestState.OPEN,
            ~is_taken(),
            ~held,
            let_through(),
        )
        .where(Outcome.kind.in_(HEARD), Master.preview_sha256.is_not(None))
        .where(Outcome.slot_number >= oldest)
    )
    return query


def _joined(rows: Iterable[sa.Row[Any]], settings: Settings) -> Iterator[Entry]:
    """Slots in order as pieces: those of one run are one."""
    pieces: dict[str, list[sa.Row[Any]]] = {}
    for row in rows:
        pieces.setdefault(row.run or f"alone {row.id}", []).append(row)
    return (_entry(slots, settings) for slots in pieces.values())


def _entry(rows: list[sa.Row[Any]], settings: Settings) -> Entry:
    first, last = rows[0], rows[-1]
    start, end = (settings.slots.span(one.slot_number) for one in (first, last))
    return Entry(
        request_id=first.id,
        account_id=first.account_id,
        title=first.title,
        speaker=first.speaker,
        silent=first.kind == RequestKind.SILENCE,
        adult=first.adult,
        language=first.language,
        channel=first.channel,
        air=Span(start.start, end.end),
        previews=tuple(one.preview_sha256 for one in rows),
    )
