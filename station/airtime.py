"""Time is aware, half-open, and counted in slots from a week's first instant.

A week is an ISO week of the station's zone: it begins at Monday's local midnight and has
168 hours, or 167 or 169 when the clocks change. A *start* is a slot's index in its week;
a *slot number* counts slots from the Unix epoch and names the same slot everywhere.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from station.errors import WrongInput

# Every zone in use is a whole number of quarter hours from UTC, so a slot length that
# divides a quarter of an hour makes slots that begin on the hour in every zone.
QUARTER_HOUR_SECONDS = 900
HOUR_SECONDS = 3600

# Slot numbers begin with 1970, and every instant near a week must be one that Python knows.
FIRST_YEAR, LAST_YEAR = 1970, 9000

_WEEK = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of time: `start` belongs to it, `end` does not."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share an instant."""
        return self.start < other.end and other.start < self.end

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots of one length, counted from the Unix epoch."""

    seconds: int

    def number(self, instant: datetime) -> int:
        """The number of the slot that `instant` lies in."""
        return int(instant.timestamp() // self.seconds)

    def start(self, number: int) -> datetime:
        """When slot `number` begins, in UTC."""
        return datetime.fromtimestamp(number * self.seconds, UTC)

    def span(self, number: int) -> Span:
        """The stretch of time that slot `number` covers."""
        return Span(self.start(number), self.start(number + 1))

    @property
    def per_hour(self) -> int:
        """How many begin in an hour."""
        return HOUR_SECONDS // self.seconds


@dataclass(frozen=True)
class Week:
    """One ISO week of a zone."""

    year: int
    number: int
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo) -> "Week":
        """Read `2026-W48`. Raises WrongInput `week-unknown`."""
        match = _WEEK.fullmatch(text.strip())
        if match is None:
            raise WrongInput("week-unknown", text=text)
        year, number = int(match[1]), int(match[2])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise WrongInput("week-unknown", text=text)
        try:
            date.fromisocalendar(year, number, 1)
        except ValueError:
            raise WrongInput("week-unknown", text=text) from None
        return cls(year, number, zone)

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> "Week":
        """The week that an instant lies in."""
        year, number, _ = instant.astimezone(zone).date().isocalendar()
        return cls(year, number, zone)

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

    @cached_property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @cached_property
    def span(self) -> Span:
        """From Monday's local midnight to the next Monday's, in UTC."""
        return Span(
            local_instant(self.monday, time(0), self.zone),
            local_instant(self.monday + timedelta(days=7), time(0), self.zone),
        )

    def plus(self, weeks: int) -> "Week":
        """The week so many weeks later (or earlier)."""
        year, number, _ = (self.monday + timedelta(weeks=weeks)).isocalendar()
        return Week(year, number, self.zone)

    def starts(self, slots: Slots) -> int:
        """How many slots begin in it: 2,016 of 300 s, or 2,004 or 2,028 when clocks change."""
        return int(self.span.seconds) // slots.seconds

    def first_slot(self, slots: Slots) -> int:
        """The slot number of its first slot."""
        return slots.number(self.span.start)

    def instant(self, start: int, slots: Slots) -> datetime:
        """When its slot `start` begins, in UTC."""
        return slots.start(self.first_slot(slots) + start)

    def start_at(self, instant: datetime, slots: Slots) -> int:
        """The index of the slot `instant` lies in; below 0 or past the end outside the week."""
        return slots.number(instant) - self.first_slot(slots)


@dataclass(frozen=True, slots=True)
class Daypart:
    """A named, half-open band of local time on some days of the week.

    `days` are ISO weekdays (1 is Monday). A band that ends at or before its start runs
    past midnight into the next day.
    """

    name: str
    start: time
    end: time
    days: frozenset[int] = frozenset(range(1, 8))

    def spans(self, week: Week) -> list[Span]:
        """Where it lies in a week, in UTC, clipped to the week."""
        found = []
        for day in (week.monday + timedelta(days=n) for n in range(-1, 7)):
            if day.isoweekday() not in self.days:
                continue
            ends_on = day if self.start < self.end else day + timedelta(days=1)
            start = max(local_instant(day, self.start, week.zone), week.span.start)
            end = min(local_instant(ends_on, self.end, week.zone), week.span.end)
            if start < end:
                found.append(Span(start, end))
        return found


def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local wall-clock time as UTC.

    A time that the spring change skips is read by the offset before the change, so it lies as
    long after the jump; one that the autumn change repeats means the first (PEP 495, fold 0).
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def is_shown_twice(local: datetime) -> bool:
    """Whether clocks show this local time twice, since they are set back over it (PEP 495)."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def parse_local(text: str, zone: ZoneInfo) -> datetime:
    """Read a local time like 2026-11-25T18:35. Raises WrongInput `time-unknown`."""
    try:
        instant = datetime.fromisoformat(text.strip())
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongInput("time-unknown", text=text) from None
