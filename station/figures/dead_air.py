"""Dead air is counted by channel: while at least one of its mounts had an alarm for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Span
from station.alarms import Alarm, AlarmKind
from station.settings import Settings

DEAD = (AlarmKind.QUIET, AlarmKind.GONE)
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Stretch:
    """Dead air of one channel without a pause, on the mounts of some qualities."""

    channel: int
    start: datetime
    end: datetime
    qualities: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """How long it was."""
        return Span(self.start, self.end).seconds


@dataclass(frozen=True, slots=True)
class DeadAir:
    """How often and how long a channel (None: all together) was dead, of so many seconds.

    `of_seconds` is what a span has up to now; of all channels, their sum.
    """

    channel: int | None
    times: int
    seconds: float
    longest_seconds: float
    of_seconds: float

    @property
    def percent(self) -> float:
        """Its share of the time."""
        return HUNDRED * self.seconds / self.of_seconds if self.of_seconds else 0.0


@dataclass(frozen=True, slots=True)
class DeadAirReport:
    """A span's dead air: all of it, by channel, and each stretch in order.

    Nothing shorter than `after_seconds` is in it: so long a mount is quiet before it is an alarm.
    """

    total: DeadAir
    by_channel: tuple[DeadAir, ...]
    stretches: tuple[Stretch, ...]
    after_seconds: float


def dead_air(session: Session, settings: Settings, span: Span, now: datetime) -> DeadAirReport:
    """How much dead air a span had, up to now."""
    until = max(span.start, min(span.end, now))
    stretches = tuple(_stretches(_alarms(session, Span(span.start, until)), until, span.start))
    seconds, channels = Span(span.start, until).seconds, range(settings.channels)
    return DeadAirReport(
        total=_sum(None, stretches, seconds * settings.channels),
        by_channel=tuple(
            _sum(channel, [one for one in stretches if one.channel == channel], seconds)
            for channel in channels
        ),
        stretches=tuple(sorted(stretches, key=lambda one: (one.start, one.channel))),
        after_seconds=settings.alarms.after_seconds,
    )


def _alarms(session: Session, span: Span) -> list[Alarm]:
    query = sa.select(Alarm).where(
        Alarm.kind.in_(DEAD),
        Alarm.channel.is_not(None),
        Alarm.began_at < span.end,
        sa.or_(Alarm.ended_at.is_(None), Alarm.ended_at > span.start),
    )
    return list(session.scalars(query.order_by(Alarm.channel, Alarm.began_at, Alarm.id)))


def _stretches(alarms: Iterable[Alarm], until: datetime, since: datetime) -> list[Stretch]:
    """Alarms in order of channel and time, with those joined that overlap."""
    found: list[Stretch] = []
    for alarm in alarms:
        start, end = max(alarm.began_at, since), min(alarm.ended_at or until, until)
        channel, last = alarm.channel or 0, found[-1] if found else None
        if last is not None and last.channel == channel and start <= last.end:
            qualities = tuple(sorted({*last.qualities, alarm.quality}))
            found[-1] = replace(last, end=max(last.end, end), qualities=qualities)
        else:
            found.append(Stretch(channel, start, end, (alarm.quality,)))
    return found


def _sum(channel: int | None, stretches: Iterable[Stretch], of_seconds: float) -> DeadAir:
    seconds = [one.seconds for one in stretches]
    longest = max(seconds, default=0.0)
    return DeadAir(channel, len(seconds), sum(seconds), longest, of_seconds)
