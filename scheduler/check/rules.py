"""The hard rules, each told as what breaks it."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

from scheduler.check.seated import Seated
from scheduler.problem import Kind, Problem
from station.errors import Violation

Group = TypeVar("Group", bound=Hashable)
Rule = Callable[[Problem, list[Seated]], Iterator[Violation]]


def inside(problem: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    """Whether everything lies in the week at all."""
    for one in seated:
        if one.channel >= problem.channels or one.end > problem.starts:
            said = f"Request {one.request.id} lies outside the week at {one.at}."
            yield Violation("inside-the-week", said, (one.request.id,))


def _one_a_slot(_: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    holds: dict[tuple[int, int], str] = {}
    told = set()
    for one in seated:
        for slot in range(one.start, one.end):
            first = holds.setdefault((one.channel, slot), one.request.id)
            pair = (first, one.request.id)
            if first != one.request.id and pair not in told:
                told.add(pair)
                where = f"channel {one.channel}, slot {slot}"
                said = f"Requests {first} and {one.request.id} share {where}."
                yield Violation("one-a-slot", said, pair)


def _reserved(problem: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    kept = {
        (block.channel, slot)
        for block in problem.reserved
        for slot in range(block.start, block.start + block.length)
    }
    for one in seated:
        if any((one.channel, slot) in kept for slot in range(one.start, one.end)):
            said = f"Request {one.request.id} at {one.at} runs into a reserved block."
            yield Violation("reserved", said, (one.request.id,))


def _limits(_: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    for one in seated:
        for slot in range(one.start, one.end):
            if not any(
                window.start <= slot < window.end and window.channel in {None, one.channel}
                for window in one.request.allowed
            ):
                said = f"Request {one.request.id} at {one.at}: slot {slot} is not allowed to it."
                yield Violation("limits", said, (one.request.id,))
                break


def _pins(problem: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    where = {one.request.id: (one.channel, one.start) for one in seated}
    for request in problem.requests:
        if request.pin and where.get(request.id) != (request.pin.channel, request.pin.start):
            said = (
                f"Request {request.id} is pinned to channel {request.pin.channel}, "
                f"start {request.pin.start}, and is not there."
            )
            yield Violation("pins", said, (request.id,))


def _frozen(problem: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    where = {one.request.id: (one.channel, one.start) for one in seated}
    for seat in problem.published:
        if seat.frozen and where.get(seat.id) != (seat.channel, seat.start):
            said = (
                f"Request {seat.id} may no longer leave channel {seat.channel}, "
                f"start {seat.start}, and is not there."
            )
            yield Violation("frozen", said, (seat.id,))


def _holders(problem: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    gap = problem.rules.holder_gap
    for holder, theirs in _by(seated, lambda one: one.request.holder):
        for one, other in _too_near(theirs, gap):
            said = (
                f"{holder} has requests {one.request.id} and {other.request.id} "
                f"{max(0, other.start - one.end)} slots apart; at least {gap} are needed."
            )
            yield Violation("holder-gap", said, (one.request.id, other.request.id))


def _sold(problem: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    most = problem.rules.sold_per_hour
    hours: dict[tuple[int, int], list[str]] = defaultdict(list)
    for one in seated:
        for slot in range(one.start, one.end) if one.request.sold else ():
            hours[one.channel, slot // problem.starts_per_hour].append(one.request.id)
    for (channel, hour), ids in sorted(hours.items()):
        if len(ids) > most:
            said = f"Hour {hour} of channel {channel} has {len(ids)} sold slots, at most {most}."
            yield Violation("sold-per-hour", said, tuple(dict.fromkeys(ids)))


def _trades(_: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    sold = [one for one in seated if one.request.sold and one.request.trade is not None]
    for (channel, trade), theirs in _by(sold, lambda one: (one.channel, one.request.trade)):
        for one, other in _too_near(theirs, 1):
            said = (
                f"Requests {one.request.id} and {other.request.id} of the trade {trade} "
                f"are back to back on channel {channel}."
            )
            yield Violation("trade", said, (one.request.id, other.request.id))


def _silences(problem: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    gap = problem.rules.silence_gap
    quiet = [one for one in seated if one.request.kind == Kind.SILENCE]
    for channel, theirs in _by(quiet, lambda one: one.channel):
        for index, one in enumerate(theirs):
            for other in theirs[index + 1 :]:
                if other.start - one.end >= gap:
                    # Later ones begin later still.
                    break
                if one.request.cause != other.request.cause:
                    said = (
                        f"Silences {one.request.id} and {other.request.id} of different causes "
                        f"are under {gap} slots apart on channel {channel}."
                    )
                    yield Violation("silence-gap", said, (one.request.id, other.request.id))


def _together(_: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
    members = [one for one in seated if one.request.together is not None]
    for group, theirs in _by(members, lambda one: one.request.together):
        ids = tuple(one.request.id for one in theirs)
        if len({one.start for one in theirs}) > 1:
            said = f"The group {group} does not start at one instant."
            yield Violation("together", said, ids)
        if len({one.channel for one in theirs}) < len(theirs):
            said = f"The group {group} has two requests on one channel."
            yield Violation("together", said, ids)


def _by(
    seated: Iterable[Seated], key: Callable[[Seated], Group]
) -> list[tuple[Group, list[Seated]]]:
    """Groups in time order."""
    groups: dict[Group, list[Seated]] = defaultdict(list)
    for one in seated:
        groups[key(one)].append(one)
    for theirs in groups.values():
        theirs.sort(key=lambda one: (one.start, one.end))
    return list(groups.items())


def _too_near(theirs: list[Seated], gap: int) -> Iterator[tuple[Seated, Seated]]:
    """Neighbours in time that start before the one before has ended and the gap has passed."""
    return ((one, other) for one, other in pairwise(theirs) if other.start - one.end < gap)


RULES: tuple[Rule, ...] = (
    _one_a_slot,
    _reserved,
    _limits,
    _pins,
    _frozen,
    _holders,
    _sold,
    _trades,
    _silences,
    _together,
)
