"""A blackout is a band of each week in which nothing of its person may air."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.airtime import Daypart, Span, Week
from station.db import STRICT, Base
from station.errors import Refusal, WrongInput
from station.languages import gettext as _
from station.ledger import lock
from station.rights import cutoff
from station.settings import Settings

MINUTES_IN_A_DAY = 24 * 60


class Blackout(Base):
    """One band of an account's: local times like 18:00 on an ISO weekday, 0 for each day.

    One that ends at or before its start runs past midnight.
    """

    __tablename__ = "blackouts"
    __table_args__ = (sa.Index("ix_blackouts_account_id", "account_id"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    weekday: Mapped[int]
    start: Mapped[str]
    end: Mapped[str]
    chosen_at: Mapped[datetime]

    @property
    def band(self) -> Daypart:
        """The same as a band of local time."""
        days = frozenset([self.weekday] if self.weekday else range(1, 8))
        return Daypart("", time.fromisoformat(self.start), time.fromisoformat(self.end), days)


def of(session: Session, account_id: int) -> list[Blackout]:
    """An account's blackouts, by weekday and time."""
    query = sa.select(Blackout).where(Blackout.account_id == account_id)
    return list(session.scalars(query.order_by(Blackout.weekday, Blackout.start, Blackout.id)))


def in_week(
    session: Session,
    settings: Settings,
    week: Week,
    account_ids: Collection[int] | sa.Select[int],
) -> Mapping[int, Sequence[Blackout]]:
    """The blackouts that hold in a week, by account: those chosen before it closed."""
    query = sa.select(Blackout).where(
        Blackout.account_id.in_(account_ids), Blackout.chosen_at < cutoff(week, settings)
    )
    found: dict[int, list[Blackout]] = defaultdict(list)
    for one in session.scalars(query):
        found[one.account_id].append(one)
    return found


def choose(
    session: Session,
    settings: Settings,
    account_id: int,
    weekday: int,
    start: str,
    end: str,
    now: datetime,
) -> Blackout:
    """Keep a band of each week free of an account's pieces, in weeks that have not closed.

    Raises WrongInput `time-of-day-unknown` or `text-missing`, Refusal `blackout-long`.
    """
    # Two bands that are chosen at once take turns.
    lock(session)
    if weekday not in range(8):
        raise WrongInput("text-missing", name=_("day"))
    chosen = Blackout(
        account_id=account_id,
        weekday=weekday,
        start=_time_of_day(start),
        end=_time_of_day(end),
        chosen_at=now,
    )
    most = settings.rules.blackout_hours
    hours = minutes_out([*of(session, account_id), chosen]) / 60
    if hours > most:
        raise Refusal("blackout-long", hours=math.ceil(hours), most=most)
    session.add(chosen)
    session.flush()
    return chosen


def remove(session: Session, account_id: int, blackout_id: int) -> Blackout:
    """Let a band be used again. Raises Refusal `blackout-unknown`."""
    found = session.get(Blackout, blackout_id)
    if found is None or found.account_id != account_id:
        raise Refusal("blackout-unknown")
    session.delete(found)
    session.flush()
    return found


def open_spans(week: Week, blackouts: Iterable[Blackout]) -> list[Span]:
    """What some blackouts leave of a week, earliest first."""
    closed = sorted(
        (span for one in blackouts for span in one.band.spans(week)), key=lambda span: span.start
    )
    found, free_from = [], week.span.start
    for span in closed:
        if free_from < span.start:
            found.append(Span(free_from, span.start))
        free_from = max(free_from, span.end)
    return [*found, Span(free_from, week.span.end)] if free_from < week.span.end else found


def minutes_out(blackouts: Iterable[Blackout]) -> int:
    """How many minutes of a week some blackouts cover, what they share counted once."""
    covered: set[int] = set()
    for one in blackouts:
        band = one.band
        starts, ends = (at.hour * 60 + at.minute for at in (band.start, band.end))
        length = (ends - starts) % MINUTES_IN_A_DAY or MINUTES_IN_A_DAY
        for day in band.days:
            first = (day - 1) * MINUTES_IN_A_DAY + starts
            covered.update(at % (7 * MINUTES_IN_A_DAY) for at in range(first, first + length))
    return len(covered)


def _time_of_day(text: str) -> str:
    try:
        return f"{time.fromisoformat(text.strip()):%H:%M}"
    except ValueError:
        raise WrongInput("time-of-day-unknown", text=text) from None
