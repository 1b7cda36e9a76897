"""How many listened is told by slot, by hour of the week and by channel, and at what cost."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airlog import AirLine
from station.airtime import HOUR_SECONDS, QUARTER_HOUR_SECONDS, Span
from station.audience import Audience
from station.figures.spans import slots_in
from station.settings import Settings

AN_HOUR = timedelta(seconds=HOUR_SECONDS)
# A kbit/s for an hour is so many millions of bytes.
MEGABYTES = HOUR_SECONDS / 8 / 1000


@dataclass(frozen=True, slots=True)
class Listening:
    """The listeners of a channel (None: all together) in what was counted of a span.

    `mean` is how many listened at once on average, `most` the most that did to one channel,
    `listener_hours` how long all of them listened. `kilobits` is what one was sent a second, on
    average; None where that was not counted.
    """

    channel: int | None
    counted_hours: float
    mean: float
    most: int
    listener_hours: float
    kilobits: float | None

    @property
    def megabytes_an_hour(self) -> float | None:
        """What an hour of listening cost, in millions of bytes of sound."""
        return None if self.kilobits is None else self.kilobits * MEGABYTES


@dataclass(frozen=True, slots=True)
class HourOfWeek:
    """How many listened to a channel in one hour of the week; the weekday is ISO, 1 for Monday."""

    channel: int
    weekday: int
    hour: int
    mean: float
    most: int


@dataclass(frozen=True, slots=True)
class ListenersReport:
    """A span's listeners together, by channel, and by channel and hour of the week."""

    total: Listening
    by_channel: tuple[Listening, ...]
    by_hour: tuple[HourOfWeek, ...]


@dataclass(frozen=True, slots=True)
class SlotListeners:
    """How many listened to one slot, and to what."""

    channel: int
    start: datetime
    title: str
    speaker: str
    mean: float
    most: int


@dataclass(frozen=True, slots=True)
class _Part:
    """What was counted of a channel in an hour or a part of one, in so many slots of it.

    `means` is the sum of the slots' means; `sent` are the counts that `kilobits` was added for.
    """

    channel: int
    at: datetime
    slots: int
    means: float
    most: int
    kilobits: int
    sent: int


def listeners(session: Session, settings: Settings, span: Span) -> ListenersReport:
    """How many listened in a span."""
    parts = _parts(session, settings, span)
    channels = range(settings.channels)
    return ListenersReport(
        total=_listening(settings, None, parts),
        by_channel=tuple(
            _listening(settings, channel, [one for one in parts if one.channel == channel])
            for channel in channels
        ),
        by_hour=tuple(_by_hour(settings, parts)),
    )


def by_slot(session: Session, settings: Settings, span: Span) -> Iterator[SlotListeners]:
    """How many listened to each slot of a span that was counted, in order."""
    same = AirLine.channel == Audience.channel, AirLine.slot_number == Audience.slot_number
    mean = sa.cast(Audience.total, sa.Float) / Audience.samples
    query = (
        sa.select(
            Audience.channel,
            Audience.slot_number,
            AirLine.title,
            AirLine.speaker,
            mean,
            Audience.most,
        )
        .outerjoin(AirLine, sa.and_(*same))
        .where(*_counted(settings, span))
        .order_by(Audience.slot_number, Audience.channel)
        .execution_options(yield_per=1000)
    )
    for channel, slot_number, title, speaker, listening, most in session.execute(query):
        start = settings.slots.start(slot_number)
        yield SlotListeners(channel, start, title or "", speaker or "", float(listening), most)


def _parts(session: Session, settings: Settings, span: Span) -> list[_Part]:
    """What makes up every local hour: whole ones, or quarters where zones are not hours apart."""
    seconds = _part_seconds(settings, span)
    part = Audience.slot_number // (seconds // settings.slots.seconds)
    mean = sa.cast(Audience.total, sa.Float) / Audience.samples
    query = (
        sa.select(
            Audience.channel,
            part,
            sa.func.count(),
            sa.func.sum(mean),
            sa.func.max(Audience.most),
            sa.func.sum(Audience.kilobits),
            sa.func.sum(sa.case((Audience.kilobits > 0, Audience.total), else_=0)),
        )
        .where(*_counted(settings, span))
        .group_by(Audience.channel, part)
    )
    return [
        _Part(
            channel,
            datetime.fromtimestamp(number * seconds, UTC),
            slots,
            means,
            most,
            int(kilobits),
            int(sent),
        )
        for channel, number, slots, means, most, kilobits, sent in session.execute(query)
    ]


def _part_seconds(settings: Settings, span: Span) -> int:
    offsets = [at.astimezone(settings.zone).utcoffset() for at in (span.start, span.end)]
    whole = all(offset is not None and not offset % AN_HOUR for offset in offsets)
    return HOUR_SECONDS if whole else QUARTER_HOUR_SECONDS


def _counted(settings: Settings, span: Span) -> tuple[sa.ColumnElement[bool], ...]:
    slots = slots_in(settings.slots, span)
    # The channels lead the table's key.
    return (
        Audience.channel.in_(range(settings.channels)),
        Audience.slot_number >= slots.start,
        Audience.slot_number < slots.stop,
    )


def _listening(settings: Settings, channel: int | None, parts: list[_Part]) -> Listening:
    slot_hours = settings.slots.seconds / HOUR_SECONDS
    slots, means = sum(one.slots for one in parts), sum(one.means for one in parts)
    sent = sum(one.sent for one in parts)
    return Listening(
        channel=channel,
        counted_hours=slots * slot_hours,
        mean=means / slots if slots else 0.0,
        most=max((one.most for one in parts), default=0),
        listener_hours=means * slot_hours,
        kilobits=sum(one.kilobits for one in parts) / sent if sent else None,
    )


def _by_hour(settings: Settings, parts: list[_Part]) -> Iterator[HourOfWeek]:
    hours: dict[tuple[int, int, int], list[_Part]] = defaultdict(list)
    for one in parts:
        local = one.at.astimezone(settings.zone)
        hours[one.channel, local.isoweekday(), local.hour].append(one)
    for hour, within in sorted(hours.items()):
        slots, means = sum(one.slots for one in within), sum(one.means for one in within)
        yield HourOfWeek(*hour, means / slots, max(one.most for one in within))
