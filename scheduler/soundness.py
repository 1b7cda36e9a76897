"""A problem that contradicts itself is refused, with the first contradiction named."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scheduler.problem import Place, Problem, Request, Window

Trouble = tuple[str, str]

# Thirty channels of five-second slots; arrays of this size still fit into a small machine.
MOST_SLOTS = 4_000_000


def contradictions(problem: Problem) -> Iterator[Trouble]:
    """What can't be so, as (where, what is wrong), in the file's order."""
    slots = problem.starts * problem.channels
    if slots > MOST_SLOTS:
        yield "starts", f"{slots} slots on all channels are too many, {MOST_SLOTS} at most"
    yield from _week(problem)
    yield from _zone(problem)
    yield from _value(problem)
    yield from _reserved(problem)
    for request in problem.requests:
        yield from _request(problem, request)
    yield from _twice("request", (request.id for request in problem.requests))
    yield from _pins(problem)
    yield from _published(problem)


def _week(problem: Problem) -> Iterator[Trouble]:
    found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", problem.week)
    try:
        known = found and date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        known = None
    if not known:
        yield "week", f"“{problem.week}” is not a week. Write it as year and ISO week: 2026-W48"


def _zone(problem: Problem) -> Iterator[Trouble]:
    try:
        ZoneInfo(problem.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "zone", f"there is no time zone “{problem.zone}”"


def _value(problem: Problem) -> Iterator[Trouble]:
    if len(problem.value) != problem.channels:
        yield "value", f"{len(problem.value)} channels have values, there are {problem.channels}"
    for channel, hours in enumerate(problem.value):
        if len(hours) != problem.hours:
            yield f"value[{channel}]", f"it has {len(hours)} hours, the week {problem.hours}"


def _reserved(problem: Problem) -> Iterator[Trouble]:
    blocks = sorted(problem.reserved, key=lambda block: (block.channel, block.start))
    for block in blocks:
        where = f"reserved block at channel {block.channel}, start {block.start}"
        if block.channel >= problem.channels:
            yield where, f"there are {problem.channels} channels, counted from 0"
        if block.end > problem.starts:
            yield where, f"it ends at {block.end}, outside the week of {problem.starts} starts"
    for one, other in pairwise(blocks):
        if one.channel == other.channel and other.start < one.end:
            yield (
                f"reserved block at channel {other.channel}, start {other.start}",
                f"it overlaps the block at start {one.start}",
            )


def _request(problem: Problem, request: Request) -> Iterator[Trouble]:
    for key, windows in (("allowed", request.allowed), ("wishes", request.wishes)):
        for window in windows:
            for trouble in _window(problem, window):
                yield f"request “{request.id}”, {key}", trouble
    if request.pin:
        for trouble in _place(problem, request, request.pin):
            yield f"request “{request.id}”, pin", trouble


def _window(problem: Problem, window: Window) -> Iterator[str]:
    if window.channel is not None and window.channel >= problem.channels:
        yield f"channel {window.channel}: there are {problem.channels}, counted from 0"
    if window.start >= window.end:
        yield f"from {window.start} to {window.end} is empty"
    if window.end > problem.starts:
        yield f"to {window.end} is outside the week of {problem.starts} starts"


def _place(problem: Problem, request: Request, place: Place) -> Iterator[str]:
    if place.channel >= problem.channels:
        yield f"channel {place.channel}: there are {problem.channels}, counted from 0"
    if place.start + request.length > problem.starts:
        yield f"start {place.start} is outside the week of {problem.starts} starts"


def _pins(problem: Problem) -> Iterator[Trouble]:
    pinned = sorted(
        ((request.pin, request) for request in problem.requests if request.pin),
        key=lambda pair: pair[0],
    )
    for (place, request), (later, other) in pairwise(pinned):
        if place.channel == later.channel and later.start < place.start + request.length:
            yield (
                f"request “{other.id}”, pin",
                f"it shares channel {place.channel}, start {later.start} with “{request.id}”",
            )


def _published(problem: Problem) -> Iterator[Trouble]:
    for seat in problem.published:
        where = f"the published place of “{seat.id}”"
        request = problem.request.get(seat.id)
        if request is None:
            if seat.frozen:
                yield where, "it is frozen, and there is no such request"
            continue
        for trouble in _place(problem, request, seat.place):
            yield where, trouble
    yield from _twice("the published place of", (seat.id for seat in problem.published))


def _twice(what: str, names: Iterable[str]) -> Iterator[Trouble]:
    seen = set()
    for name in names:
        if name in seen:
            yield f"{what} “{name}”, id", "it is there twice"
        seen.add(name)
