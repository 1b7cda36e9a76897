"""Where a piece may be: in its channels' languages, its hours, its holder's, outside its bans."""

from collections.abc import Iterator, Mapping, Sequence

from scheduler.clock import Clock, shared, worth_at_least
from scheduler.problem import Kind, Window
from scheduler.runs import Piece
from station import blackouts
from station.bans import Ban
from station.blackouts import Blackout
from station.grid import Placement
from station.makegoods import Makegood
from station.rights import Request
from station.settings import Settings


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


def allowed(
    clock: Clock,
    piece: Piece,
    started: Placement | None,
    makegood: Mapping[int, Makegood],
    values: Sequence[Sequence[float]],
    out: Sequence[Blackout],
    banned: Sequence[Ban],
) -> tuple[Window, ...]:
    """Where every slot of a piece may be, outside its holder's blackouts and the bans of it.

    A makegood's worth counts for the whole of it.
    """
    if started is not None:
        return (Window(started.start, started.start + len(piece), started.channel),)
    request = piece[0]
    windows = tuple(
        Window(start, end, channel)
        for channel in channels_of(clock.settings, request)
        for start, end in _hours(clock, request, out)
    )
    for ban in banned:
        windows = tuple(rest for one in windows for rest in _left(one, ban, clock))
    owed = [makegood[one.right_id].least_worth for one in piece if one.right_id in makegood]
    if not owed:
        return windows
    return worth_at_least(max(owed), windows, values, clock.settings.slots.per_hour)


def _hours(clock: Clock, request: Request, out: Sequence[Blackout]) -> list[tuple[int, int]]:
    """The open starts in a request's hours and its holder's, as half-open windows."""
    if not (out or request.adult):
        return clock.still_open
    spans = blackouts.open_spans(clock.week, out)
    if request.adult:
        spans = shared(spans, clock.settings.adult_hours.spans(clock.week))
    return clock.within(spans)


def _left(window: Window, ban: Ban, clock: Clock) -> Iterator[Window]:
    """What a ban leaves of a window; one of all channels is parted by them when it has to be."""
    if ban.channel is not None and window.channel is None:
        for channel in range(clock.settings.channels):
            yield from _left(Window(window.start, window.end, channel), ban, clock)
    elif ban.channel not in {None, window.channel}:
        yield window
    else:
        before = window.start, min(window.end, ban.start)
        after = max(window.start, ban.end), window.end
        for start, end in (before, after):
            if start < end:
                yield Window(start, end, window.channel)
