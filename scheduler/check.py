"""Every promise of a plan is held against the problem again, by no means of the solver.

Nothing here is shared with `rules`, `wishes` or `solve`: the rules and the scoring are read
from `docs/problem-format.md` and written a second time, plainly. Publishing needs an empty
list from here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from scheduler.plan import Bumped, Placement, Plan, Status
from scheduler.problem import Kind, Problem, Request
from station.errors import Violation

# What two programs may differ by when they divide the same two integers.
ROUNDING = 1e-9

# Where one of these is wrong, the figures can't be computed.
UNREADABLE = ("unknown-request", "lost", "placed-once", "inside-the-week")


Group = TypeVar("Group", bound=Hashable)


class Seated:
    """A request and where the plan has it."""

    __slots__ = ("channel", "end", "request", "start")

    def __init__(self, request: Request, placement: Placement) -> None:
        self.request = request
        self.channel = placement.channel
        self.start = placement.start
        self.end = placement.start + request.length

    @property
    def at(self) -> str:
        """Where it is, for people who count from 0."""
        return f"channel {self.channel}, start {self.start}"


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything that is wrong with a plan; an empty list lets it be published."""
    if not plan.has_grid:
        return [Violation("no-plan", f"There is no grid: the plan says it is {plan.status}.")]
    found = broken_rules(problem, plan.placements, plan.bumped)
    unreadable = any(one.rule in UNREADABLE for one in found)
    return found if unreadable else [*found, *_figures(problem, plan)]


def broken_rules(
    problem: Problem, placements: Sequence[Placement], bumped: Sequence[Bumped]
) -> list[Violation]:
    """Every hard rule that a grid breaks, whatever it claims to be worth."""
    found = list(_named(problem, placements, bumped))
    if found:
        return found
    seated = [Seated(problem.request[one.id], one) for one in placements]
    found = list(_inside(problem, seated))
    if found:
        return found
    rules = (_one_a_slot, _reserved, _limits, _pins, _frozen, _holders, _sold, _trades)
    for rule in (*rules, _silences, _together):
        found.extend(rule(problem, seated))
    return found


def _named(
    problem: Problem, placements: Sequence[Placement], bumps: Sequence[Bumped]
) -> Iterator[Violation]:
    placed = Counter(placement.id for placement in placements)
    bumped = Counter(bump.id for bump in bumps)
    known = {request.id for request in problem.requests}
    for name in sorted((placed | bumped).keys() - known):
        yield Violation("unknown-request", f"The problem has no request {name}.", (name,))
    for name in sorted(known):
        times = placed[name] + bumped[name]
        if times == 0:
            yield Violation("lost", f"Request {name} is neither placed nor bumped.", (name,))
        if times > 1:
            yield Violation("placed-once", f"Request {name} stands in it {times} times.", (name,))
    for bump in bumps:
        if not bump.reason.strip():
            yield Violation("reason", f"Request {bump.id} is bumped without reason.", (bump.id,))


def _inside(problem: Problem, seated: Iterable[Seated]) -> Iterator[Violation]:
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
                said = f"Requests {first} and {one.request.id} share slot {slot} of {one.channel}."
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


def _figures(problem: Problem, plan: Plan) -> Iterator[Violation]:
    weight = sum(
        problem.request[bump.id].length * (1 + problem.request[bump.id].waited)
        for bump in plan.bumped
    )
    if plan.bumped_weight != weight:
        said = f"The bumped weight is {weight}, the plan says {plan.bumped_weight}."
        yield Violation("bumped-weight", said)
    shown = {seat.id: (seat.channel, seat.start) for seat in problem.published}
    score = sum(
        _points(problem, Seated(problem.request[one.id], one), shown.get(one.id))
        for one in plan.placements
    )
    if plan.score != score:
        yield Violation("score", f"The score is {score}, the plan says {plan.score}.")
    if plan.bound is None or plan.bound < score:
        yield Violation("bound", f"The bound {plan.bound} is below the score {score}.")
        return
    gap = (plan.bound - score) / max(1, abs(plan.bound))
    if plan.gap is None or abs(plan.gap - gap) > ROUNDING:
        yield Violation("gap", f"The gap is {gap}, the plan says {plan.gap}.")
    if plan.status == Status.OPTIMAL and plan.bound != score:
        said = f"The plan calls itself optimal, and its bound {plan.bound} is above its score."
        yield Violation("optimal", said)


def _points(problem: Problem, one: Seated, shown: tuple[int, int] | None) -> int:
    wished = None
    for wish in one.request.wishes:
        here = wish.channel is None or wish.channel == one.channel
        if here and wish.start <= one.start < wish.end and (wished is None or wish.points > wished):
            wished = wish.points
    worth = problem.value[one.channel][one.start // problem.starts_per_hour]
    points = (wished or 0) + round(one.request.owed * worth)
    if shown not in {None, (one.channel, one.start)}:
        points -= problem.move_cost
    return points


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
