"""A week's starts as a station counts them: which are open, and what each is worth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from scheduler.problem import Window
from station.airtime import Span, Week
from station.settings import Settings

A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Clock:
    """A week's starts as a station counts them; those below `first_open` are closed."""

    week: Week
    settings: Settings
    first_open: int

    @cached_property
    def starts(self) -> int:
        """How many starts the week has."""
        return self.week.starts(self.settings.slots)

    @cached_property
    def still_open(self) -> list[tuple[int, int]]:
        """All of its open starts, as half-open windows."""
        return self.within([self.week.span])

    def touching(self, spans: Iterable[Span]) -> list[tuple[int, int]]:
        """The starts whose slots share an instant with the spans, as half-open windows."""
        slots = self.settings.slots
        return self._inside(
            (self.week.start_at(s.start, slots), self.week.start_at(s.end - A_MOMENT, slots) + 1)
            for s in spans
        )

    def within(self, spans: Iterable[Span]) -> list[tuple[int, int]]:
        """The open starts whose slots lie wholly inside the spans, as half-open windows."""
        slots = self.settings.slots
        windows = self._inside(
            (self.week.start_at(s.start - A_MOMENT, slots) + 1, self.week.start_at(s.end, slots))
            for s in spans
        )
        return [(max(a, self.first_open), b) for a, b in windows if b > self.first_open]

    def _inside(self, windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        clipped = [(max(0, start), min(end, self.starts)) for start, end in windows]
        return [(start, end) for start, end in clipped if start < end]


def shared(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What two lists of stretches of time have in common."""
    others = list(others)
    return [
        Span(max(one.start, other.start), min(one.end, other.end))
        for one in spans
        for other in others
        if one.overlaps(other)
    ]


def first_open(settings: Settings, week: Week, now: datetime, notice: timedelta | None) -> int:
    """The first start that may still be given away."""
    notice = timedelta(seconds=settings.week.notice_seconds) if notice is None else notice
    soonest = week.start_at(now + notice - A_MOMENT, settings.slots) + 1
    return min(max(0, soonest), week.starts(settings.slots))


def night_windows(clock: Clock) -> list[tuple[int, int]]:
    """The starts of the dayparts that are worth least; none where all are worth as much."""
    settings = clock.settings
    values = [section.value for section in settings.dayparts.values()]
    if len(set(values)) <= 1:
        return []
    least = [name for name, one in settings.dayparts.items() if one.value == min(values)]
    return sorted(
        window
        for name in least
        for window in clock.touching(settings.daypart(name).spans(clock.week))
    )


def by_day_windows(clock: Clock) -> list[tuple[int, int]]:
    """Every start that is in none of the night's windows, as windows."""
    edges = [0, *(edge for window in night_windows(clock) for edge in window), clock.starts]
    windows = zip(edges[::2], edges[1::2], strict=True)
    return [(start, end) for start, end in windows if start < end]


def worth_at_least(
    least: int, windows: Sequence[Window], values: Sequence[Sequence[float]], per_hour: int
) -> tuple[Window, ...]:
    """The parts of windows whose starts are worth so much, or else the most that there is.

    `values` are those of each channel; where they are all alike, no channel is told apart.
    """
    alike = len(set(map(tuple, values))) == 1
    channels: Sequence[int | None] = [None] if alike else range(len(values))
    hours = [
        Window(
            max(window.start, hour * per_hour),
            min(window.end, (hour + 1) * per_hour),
            window.channel if channel is None else channel,
        )
        for channel in channels
        for window in windows
        if channel is None or window.channel in {None, channel}
        for hour in range(window.start // per_hour, -(-window.end // per_hour))
    ]
    worth = [values[hour.channel or 0][hour.start // per_hour] for hour in hours]
    floor = min(least, max(worth, default=0))
    good = [hour for hour, value in zip(hours, worth, strict=True) if value >= floor]
    return tuple(_joined(good))


def _joined(windows: Iterable[Window]) -> list[Window]:
    """Windows in order, those of a channel that touch as one."""
    joined: list[Window] = []
    for window in windows:
        last = joined[-1] if joined else None
        if last is not None and (last.end, last.channel) == (window.start, window.channel):
            joined[-1] = Window(last.start, window.end, window.channel)
        else:
            joined.append(window)
    return joined
