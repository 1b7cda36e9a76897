"""Small weeks of every kind that a problem file can hold, for Hypothesis to choose from."""

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from scheduler.problem import Kind, Place, Problem, Request, Window, Wish
from tests.scheduler.weeks import week

# The same examples each time: what fails for one of us fails for all.
QUICK = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
VALUES = st.integers(-5, 30) | st.sampled_from([0.5, 1.5, 2.5, -0.5, 7.25])
ABOUT = ["all", "holders", "sold", "trades", "silences", "groups", "variety", "variety"]
OWED = [0.0, 0.5, 1.0, 1.25, 3.0]


@st.composite
def windows(draw, /, starts, channels, kind=Window, **more):
    start = draw(st.integers(0, starts - 1))
    end = draw(st.integers(start + 1, starts))
    channel = draw(st.none() | st.integers(0, channels - 1))
    return kind(start=start, end=end, channel=channel, **{k: draw(v) for k, v in more.items()})


@st.composite
def places(draw, /, starts, channels, length):
    return Place(draw(st.integers(0, channels - 1)), draw(st.integers(0, starts - length)))


@st.composite
def requests(draw, /, name, starts, channels, about):
    """A request, most likely of the sort that its week is about."""
    whole = st.just((Window(0, starts),))
    some = st.lists(windows(starts, channels), max_size=3).map(tuple)
    wish = windows(starts, channels, Wish, points=st.integers(-20, 40))
    length = draw(st.sampled_from([1, 1, 1, 2, 3]))
    pinned = length <= starts and draw(st.integers(0, 14)) == 0
    sold = about in {"sold", "trades"} or draw(st.integers(0, 3)) == 0
    quiet = about == "silences" or draw(st.integers(0, 3)) == 0
    groups = ["group", "group", ""] if about == "groups" else [None, None, None, "group"]
    return Request(
        id=name,
        holder="a" if about == "holders" else draw(st.sampled_from([name, name, "a", "b"])),
        length=length,
        kind=Kind.SILENCE if quiet else Kind.SEGMENT,
        allowed=draw(draw(st.sampled_from([whole, whole, some]))),
        sold=sold,
        trade="shoes" if about == "trades" else draw(st.sampled_from([None, "shoes", ""])),
        cause=draw(st.sampled_from(["peace", "Floyd", "", None])),
        together=draw(st.sampled_from(groups)),
        category=draw(st.sampled_from([None, "en", "en", "zu", ""])),
        owed=draw(st.sampled_from(OWED)),
        waited=draw(st.integers(0, 2)),
        wishes=draw(st.lists(wish, max_size=3).map(tuple)),
        pin=draw(places(starts, channels, length)) if pinned else None,
    )


@st.composite
def problems(draw, /, most_requests, most_starts, most_channels=2) -> Problem:
    """A week about something that one rule binds, or about anything."""
    about = draw(st.sampled_from(ABOUT))
    starts = draw(st.integers(1, most_starts))
    channels = draw(st.integers(1, most_channels))
    per_hour = draw(st.sampled_from([1, 2, 3, 4]))
    count = draw(st.integers(0, most_requests))
    asked = [draw(requests(f"r{n}", starts, channels, about)) for n in range(count)]
    hours = -(-starts // per_hour)
    return week(
        *_without_crossing_pins(asked),
        starts=starts,
        channels=channels,
        per_hour=per_hour,
        value=[draw(st.lists(VALUES, min_size=hours, max_size=hours)) for _ in range(channels)],
        reserved=draw(_blocks(starts, channels)),
        published=draw(_published(asked, starts, channels)),
        holder_gap=draw(st.integers(0, 3)),
        sold_per_hour=draw(st.integers(2, 4) if about == "trades" else st.integers(0, 3)),
        silence_gap=draw(st.integers(1 if about == "silences" else 0, 3)),
        move_cost=draw(st.integers(-5, 20)),
        repeat_cost=draw(st.integers(1, 30)) if about == "variety" else 0,
    )


def _without_crossing_pins(asked: list[Request]) -> list[Request]:
    """Two pins on one slot are no problem but a wrong file: of such, the first keeps its pin."""
    taken: set[tuple[int, int]] = set()
    kept = []
    for one in asked:
        slots = (
            {(one.pin.channel, one.pin.start + n) for n in range(one.length)} if one.pin else set()
        )
        kept.append(msgspec.structs.replace(one, pin=None) if slots & taken else one)
        taken |= slots
    return kept


@st.composite
def _blocks(draw, starts, channels):
    """A block of the station's own on some channels."""
    blocks = []
    for channel in range(channels):
        if draw(st.integers(0, 3)) == 0:
            start = draw(st.integers(0, starts - 1))
            blocks.append((channel, start, draw(st.integers(1, min(3, starts - start)))))
    return blocks


@st.composite
def _published(draw, asked, starts, channels):
    """Some requests are on show already, and a few of them frozen."""
    seats = []
    for one in asked:
        if one.length <= starts and draw(st.integers(0, 3)) == 0:
            at = draw(places(starts, channels, one.length))
            seats.append((one.id, at.channel, at.start, draw(st.integers(0, 7)) == 0))
    return seats
