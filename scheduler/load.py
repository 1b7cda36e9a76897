"""The only reader of the station: what stands in its tables becomes a frozen problem.

In a running week, starts that come sooner than the notice are closed, and what has started
stays where it is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler import carry, history
from scheduler import problem as facts
from scheduler.clock import Clock, by_day_windows, first_open, worth_at_least
from scheduler.problem import FORMAT, Kind, Problem, Published, Reserved, Rules, Window
from station import grid, makegoods, worth
from station.airtime import Week
from station.grid import Grid, Pin, Placement
from station.makegoods import Makegood
from station.market.offers import sold_rights
from station.rights import Request, requests_of
from station.settings import Settings

NO_MASTER = "Its finished piece was not ready when the week was built."
ON_AIR_ALREADY = "These five minutes are on air already, with what was sent before."
NO_CHANNEL = "No channel of the station airs what is said in this language."


@dataclass(frozen=True, slots=True)
class Loaded:
    """A week's problem, and the requests that it leaves out, with reasons, by request id."""

    problem: Problem
    left_out: Mapping[int, str]


def load(
    session: Session,
    settings: Settings,
    week: Week,
    now: datetime,
    notice: timedelta | None = None,
) -> Loaded:
    """Read everything a build of a week needs to know.

    `notice` is how soon a new start may come; by default `week.notice_seconds`.
    """
    clock = Clock(week, settings, first_open(settings, week, now, notice))
    shown = grid.published(session, week)
    started = {} if shown is None else _started(shown, clock.first_open)
    asked = requests_of(session, week)
    on_air = {placed.request.right_id for placed in started.values()}
    left_out = {
        one.id: reason
        for one in asked
        if (reason := _not_ready(settings, one, started, on_air)) is not None
    }
    ready = [one for one in asked if one.id not in left_out and one.id not in started]
    return Loaded(_problem(session, clock, shown, started, ready), left_out)


def request_id(name: str) -> int:
    """The station's id of a request in a problem."""
    return int(name.removeprefix("r"))


def name_of(request_id: int) -> str:
    """What a problem calls a request of the station."""
    return f"r{request_id}"


def worth_at(problem: Problem, channel: int, start: int) -> int:
    """The airtime value of a start, in points."""
    return round(problem.value[channel][start // problem.starts_per_hour])


def channels_of(settings: Settings, request: Request) -> list[int | None]:
    """The channels that air a request's language; None is every channel. A silence has none."""
    limited = settings.station.channel_languages
    if not limited or request.kind == Kind.SILENCE:
        return [None]
    return [
        channel
        for channel, name in enumerate(settings.station.channels)
        if request.language in limited.get(name, (request.language,))
    ]


def _problem(
    session: Session,
    clock: Clock,
    shown: Grid | None,
    started: Mapping[int, Placement],
    ready: Sequence[Request],
) -> Problem:
    week, settings = clock.week, clock.settings
    everyone = [*(placed.request for placed in started.values()), *ready]
    accounts = sorted({one.account_id for one in everyone})
    waited = grid.weeks_waited(session, accounts, week)
    values = worth.by_channel(settings, week, worth.read(settings))
    asking = [one.account_id for one in everyone]
    owed = carry.owed(history.got(session, week), asking, values, settings.slots.per_hour)
    tired = history.tired_of_nights(session, clock)
    sold = sold_rights(session, str(week))
    pins = _pins(session, [one.id for one in ready], clock.first_open)
    makegood = makegoods.of(session, [one.right_id for one in ready])
    languages = _languages(settings, everyone)
    requests = [
        facts.Request(
            id=name_of(one.id),
            holder=f"a{one.account_id}",
            length=1,
            kind=Kind(one.kind),
            sold=one.right_id in sold,
            trade=one.trade.casefold() if one.trade else None,
            cause=one.cause.casefold() if one.cause else None,
            together=one.together,
            category=languages.get(one.id),
            owed=owed[row],
            waited=waited.get(one.account_id, 0),
            allowed=_allowed(clock, one, started.get(one.id), makegood.get(one.right_id), values),
            wishes=_wishes(clock, one, one.account_id in tired),
            pin=pins.get(one.id),
        )
        for row, one in enumerate(everyone)
    ]
    return Problem(
        format=FORMAT,
        week=str(week),
        zone=settings.station.zone,
        slot_seconds=settings.station.slot_seconds,
        starts=clock.starts,
        starts_per_hour=settings.slots.per_hour,
        channels=settings.channels,
        value=values,
        rules=Rules(
            settings.rules.holder_gap, settings.rules.sold_per_hour, settings.rules.silence_gap
        ),
        requests=tuple(requests),
        reserved=tuple(
            Reserved(block.channel, block.start, block.length)
            for block in grid.reserved_blocks(session, week)
        ),
        published=_published(shown, started),
        move_cost=settings.rules.move_cost,
        repeat_cost=settings.solver.repeat_cost,
    )


def _started(shown: Grid, first_open: int) -> dict[int, Placement]:
    """What is on show and may no longer move, by request id."""
    return {placed.request_id: placed for placed in shown.placements if placed.start < first_open}


def _not_ready(
    settings: Settings, request: Request, started: Mapping[int, Placement], on_air: set[int]
) -> str | None:
    if request.id in started:
        return None
    if request.right_id in on_air:
        return ON_AIR_ALREADY
    if not channels_of(settings, request):
        return NO_CHANNEL
    return None if request.master_sha256 else NO_MASTER


def _allowed(
    clock: Clock,
    request: Request,
    started: Placement | None,
    makegood: Makegood | None,
    values: Sequence[Sequence[float]],
) -> tuple[Window, ...]:
    if started is not None:
        return (Window(started.start, started.start + 1, started.channel),)
    whole = [clock.week.span]
    spans = clock.settings.adult_hours.spans(clock.week) if request.adult else whole
    windows = tuple(
        Window(start, end, channel)
        for channel in channels_of(clock.settings, request)
        for start, end in clock.within(spans)
    )
    if makegood is None:
        return windows
    return worth_at_least(makegood.least_worth, windows, values, clock.settings.slots.per_hour)


def _wishes(clock: Clock, request: Request, tired: bool) -> tuple[facts.Wish, ...]:
    spans = [span for wish in request.wished for span in wish.spans(clock.week, clock.settings)]
    points = clock.settings.solver.wish_points
    own = tuple(
        facts.Wish(start=start, end=end, points=points) for start, end in clock.touching(spans)
    )
    return (*own, *carry.rest(own, by_day_windows(clock), points)) if tired else own


def _languages(settings: Settings, asked: Sequence[Request]) -> dict[int, str]:
    """The language of each request that may air where others are heard, too, by request id.

    Where one language is all there is nothing varies, and a silence is in none.
    """
    spoken = [one for one in asked if one.kind != Kind.SILENCE and one.language]
    heard: dict[int | None, set[str]] = defaultdict(set)
    for one in spoken:
        for channel in channels_of(settings, one):
            heard[channel].add(one.language)
    return {
        one.id: one.language
        for one in spoken
        if any(len(heard[channel]) > 1 for channel in channels_of(settings, one))
    }


def _pins(session: Session, ids: Sequence[int], first_open: int) -> dict[int, facts.Place]:
    query = sa.select(Pin).where(Pin.request_id.in_(ids), Pin.start >= first_open)
    return {pin.request_id: facts.Place(pin.channel, pin.start) for pin in session.scalars(query)}


def _published(shown: Grid | None, started: Mapping[int, Placement]) -> tuple[Published, ...]:
    return tuple(
        Published(name_of(one.request_id), one.channel, one.start, one.request_id in started)
        for one in (shown.placements if shown else ())
    )
