"""What could be changed so that a bumped request has a place, from the cheapest on.

A change that its holder can make alone is cheaper than one that somebody else must make, and
that is cheaper than one that the station must make. `docs/operating.md` lists them in order.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from msgspec.structs import replace

from scheduler.problem import Problem, Request, Reserved, Window

HOURS_A_DAY = 24
# Of those in the way, so many are asked one by one.
MOST_OTHERS = 12


class ChangeKind(StrEnum):
    """What is changed, cheapest first."""

    NOTHING = "nothing"
    GROUP = "leave-group"
    CHANNEL = "allow-channel"
    DAY = "allow-day"
    ANYTIME = "allow-anytime"
    GIVE_UP = "give-up-other"
    OTHER = "other-allows-anytime"
    SOLD = "one-more-sold"
    BLOCK = "give-back-block"
    ADD_CHANNEL = "one-more-channel"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the channel, the day (0 is the week's first), the other request or the block."""

    kind: ChangeKind
    channel: int | None = None
    day: int | None = None
    other: str | None = None
    block: Reserved | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Changes of one sort. When all of them at once are not enough, none of them is."""

    changes: Sequence[Change]
    widest: Problem


def families(problem: Problem, request: Request, in_the_way: Sequence[str]) -> Iterator[Family]:
    """The sorts of changes, cheapest first; `in_the_way` are those who have its places."""
    free = replace(request, allowed=(_whole(problem),), together=None)
    yield Family(_own(problem, request), _with(problem, free))
    siblings = [one.id for one in problem.requests if _sibling(problem, one, request)]
    given_up = [Change(ChangeKind.GIVE_UP, other=name) for name in siblings]
    yield Family(given_up, _without(problem, siblings))
    limited = [name for name in in_the_way if problem.request[name].allowed != (_whole(problem),)]
    yield Family(
        [Change(ChangeKind.OTHER, other=name) for name in limited[:MOST_OTHERS]],
        _with(problem, *(_anytime(problem, problem.request[name]) for name in limited)),
    )
    for change in _stations(problem, request):
        yield Family([change], applied(problem, request, change))


def applied(problem: Problem, request: Request, change: Change) -> Problem:
    """A problem with a change made for one of its requests."""
    match change.kind:
        case ChangeKind.GIVE_UP:
            return _without(problem, [str(change.other)])
        case ChangeKind.OTHER:
            return _with(problem, _anytime(problem, problem.request[str(change.other)]))
        case ChangeKind.SOLD | ChangeKind.BLOCK | ChangeKind.ADD_CHANNEL:
            return _by_station(problem, change)
        case _:
            return _with(problem, _by_holder(problem, request, change))


def _by_holder(problem: Problem, request: Request, change: Change) -> Request:
    """A request with a change that its holder makes."""
    if change.kind == ChangeKind.GROUP:
        return replace(request, together=None)
    if change.kind == ChangeKind.ANYTIME:
        return _anytime(problem, request)
    more: Iterable[Window] = ()
    if change.channel is not None:
        more = (Window(one.start, one.end, change.channel) for one in request.allowed)
    elif change.day is not None:
        more = _on_day(problem, request, change.day)
    return replace(request, allowed=(*request.allowed, *more))


def _by_station(problem: Problem, change: Change) -> Problem:
    """A problem with a change that the station makes."""
    if change.kind == ChangeKind.SOLD:
        rules = replace(problem.rules, sold_per_hour=problem.rules.sold_per_hour + 1)
        return replace(problem, rules=rules)
    if change.kind == ChangeKind.BLOCK:
        left = tuple(one for one in problem.reserved if one != change.block)
        return replace(problem, reserved=left)
    value = (*problem.value, problem.value[-1])
    return replace(problem, channels=problem.channels + 1, value=value)


def _own(problem: Problem, request: Request) -> list[Change]:
    """What its holder can allow: another channel at the same hours, another day, any time."""
    changes = [] if request.together is None else [Change(ChangeKind.GROUP)]
    whole = {one.channel for one in request.allowed}
    if None not in whole:
        others = [channel for channel in range(problem.channels) if channel not in whole]
        changes += [Change(ChangeKind.CHANNEL, channel=channel) for channel in others]
    days = range(-(-problem.starts // _day(problem)))
    changes += [
        Change(ChangeKind.DAY, day=day)
        for day in days
        if not set(_on_day(problem, request, day)) <= set(request.allowed)
    ]
    if request.allowed != (_whole(problem),):
        changes.append(Change(ChangeKind.ANYTIME))
    return changes


def _stations(problem: Problem, request: Request) -> Iterator[Change]:
    if request.sold:
        yield Change(ChangeKind.SOLD)
    for block in problem.reserved:
        yield Change(ChangeKind.BLOCK, block=block)
    yield Change(ChangeKind.ADD_CHANNEL)


def _on_day(problem: Problem, request: Request, day: int) -> list[Window]:
    """A request's windows, each moved to a day at the same hours and cut at the week's ends."""
    length = _day(problem)
    moved = [
        replace(one, start=max(0, one.start + shift), end=min(problem.starts, one.end + shift))
        for one in request.allowed
        for shift in [(day - one.start // length) * length]
    ]
    return list(dict.fromkeys(one for one in moved if one.start < one.end))


def _day(problem: Problem) -> int:
    return HOURS_A_DAY * problem.starts_per_hour


def _whole(problem: Problem) -> Window:
    return Window(0, problem.starts)


def _anytime(problem: Problem, request: Request) -> Request:
    return replace(request, allowed=(_whole(problem),))


def _sibling(problem: Problem, one: Request, request: Request) -> bool:
    return one.holder == request.holder and one.id != request.id and not problem.fixed(one)


def _with(problem: Problem, *changed: Request) -> Problem:
    """A problem with some requests as they are given."""
    new = {one.id: one for one in changed}
    return replace(problem, requests=tuple(new.get(one.id, one) for one in problem.requests))


def _without(problem: Problem, names: Sequence[str]) -> Problem:
    """A problem without some requests."""
    left = tuple(one for one in problem.requests if one.id not in names)
    seats = tuple(seat for seat in problem.published if seat.id not in names)
    return replace(problem, requests=left, published=seats)
