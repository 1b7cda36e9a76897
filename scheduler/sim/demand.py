"""One week of a played year as a problem, made as the loader makes a station's."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from scheduler import carry
from scheduler.carry import Got
from scheduler.clock import Clock, by_day_windows, night_windows
from scheduler.problem import FORMAT, Kind, Problem, Request, Rules, Window, Wish
from scheduler.sim.people import Asking, Fate
from station import worth


@dataclass(frozen=True, slots=True)
class Past:
    """What is carried from week to week, by holder.

    What they got, for how many weeks running they were bumped, and how many night weeks they
    had in a row.
    """

    got: dict[str, Got] = field(default_factory=dict)
    waited: dict[str, int] = field(default_factory=dict)
    nights: dict[str, int] = field(default_factory=dict)


class Demand:
    """What everybody asks of one week; request `r7` is the eighth of those not missed."""

    def __init__(self, clock: Clock, everybody: Sequence[Asking]) -> None:
        self.clock = clock
        self.everybody = tuple(everybody)
        self.asked = tuple(one for one in everybody if one.fate != Fate.MISSED)
        self.nights = frozenset(
            start for window in night_windows(clock) for start in range(*window)
        )
        self._own = {name: self._wishes(name) for name in (None, *clock.settings.dayparts)}

    def problem(self, past: Past) -> Problem:
        """The week's problem for people with a past."""
        settings, week = self.clock.settings, self.clock.week
        values = worth.by_channel(settings, week, {})
        holders = [one.holder for one in self.asked]
        owed = carry.owed(past.got, holders, values, settings.slots.per_hour)
        return Problem(
            format=FORMAT,
            week=str(week),
            zone=settings.station.zone,
            slot_seconds=settings.station.slot_seconds,
            starts=self.clock.starts,
            starts_per_hour=settings.slots.per_hour,
            channels=settings.channels,
            value=values,
            rules=Rules(
                settings.rules.holder_gap, settings.rules.sold_per_hour, settings.rules.silence_gap
            ),
            requests=self._requests(past, owed),
        )

    def is_met(self, row: int, start: int) -> bool:
        """Whether a start is what the request in a row wishes for."""
        wishes = self._own[self.asked[row].daypart]
        return any(wish.start <= start < wish.end for wish in wishes)

    def _requests(self, past: Past, owed: Sequence[float]) -> tuple[Request, ...]:
        settings, clock = self.clock.settings, self.clock
        whole = (Window(0, clock.starts),)
        adult = tuple(Window(*one) for one in clock.within(settings.adult_hours.spans(clock.week)))
        return tuple(
            Request(
                id=f"r{row}",
                holder=one.holder,
                length=1,
                kind=Kind.SILENCE if one.cause else Kind.SEGMENT,
                sold=one.fate == Fate.SOLD,
                trade=one.trade,
                cause=one.cause,
                owed=owed[row],
                waited=past.waited.get(one.holder, 0),
                allowed=adult if one.adult else whole,
                wishes=self._with_rest(one, past),
            )
            for row, one in enumerate(self.asked)
        )

    def _with_rest(self, one: Asking, past: Past) -> tuple[Wish, ...]:
        own = self._own[one.daypart]
        if past.nights.get(one.holder, 0) < carry.MOST_NIGHTS:
            return own
        points = self.clock.settings.solver.wish_points
        return (*own, *carry.rest(own, by_day_windows(self.clock), points))

    def _wishes(self, daypart: str | None) -> tuple[Wish, ...]:
        if daypart is None:
            return ()
        settings = self.clock.settings
        windows = self.clock.touching(settings.daypart(daypart).spans(self.clock.week))
        points = settings.solver.wish_points
        return tuple(Wish(start=start, end=end, points=points) for start, end in windows)
