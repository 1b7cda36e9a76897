"""Every grid of a tiny week, by rules written a third time: what is allowed, and what is best.

Written from `docs/problem-format.md` alone, slot by slot and pair by pair. It shares nothing with
the solver, and with the checker only the problem's own classes.
"""

from collections import Counter
from collections.abc import Iterator

from scheduler.problem import Kind, Place, Problem, Request

Seats = dict[str, Place]


def grids(problem: Problem) -> Iterator[Seats]:
    """Every grid that keeps every rule; none for an impossible week.

    A grid without some of a legal grid's requests is legal too, but for the fixed ones: so those
    that can't be had beside the requests before them are never gone into.
    """
    if all(_fixed_places(problem, one) is not None for one in problem.requests):
        yield from _grown(problem, {}, 0)


def legal(problem: Problem, seats: Seats) -> bool:
    """Whether a grid keeps every rule, with everybody who is fixed in their place."""
    for one in problem.requests:
        places = _fixed_places(problem, one)
        if places is None or (places and seats.get(one.id) not in places):
            return False
    return all(_alone(problem, problem.request[name], at) for name, at in seats.items()) and (
        _agree(problem, seats)
    )


def best_by_weight(problem: Problem) -> dict[int, int]:
    """For each bumped weight that some grid reaches, the most points it can have."""
    best: dict[int, int] = {}
    for seats in grids(problem):
        weight = bumped_weight(problem, seats)
        best[weight] = max(score(problem, seats), best.get(weight, -(10**12)))
    return best


def bumped_weight(problem: Problem, seats: Seats) -> int:
    """Length times one and the weeks waited, over those without a place."""
    return sum(one.length * (1 + one.waited) for one in problem.requests if one.id not in seats)


def score(problem: Problem, seats: Seats) -> int:
    """Best wish, rounded worth, less a move: over those with a place. Less all repeats."""
    shown = {seat.id: (seat.channel, seat.start) for seat in problem.published}
    total = 0
    for name, (channel, start) in ((name, (at.channel, at.start)) for name, at in seats.items()):
        one = problem.request[name]
        held = [
            w.points
            for w in one.wishes
            if w.start <= start < w.end and w.channel in {None, channel}
        ]
        total += max(held) if held else 0
        total += round(one.owed * problem.value[channel][start // problem.starts_per_hour])
        total -= problem.move_cost if shown.get(name, (channel, start)) != (channel, start) else 0
    return total - sum(
        problem.repeat_cost
        for one, at in seats.items()
        for other, there in seats.items()
        if there == Place(at.channel, at.start + problem.request[one].length)
        and problem.request[one].category == problem.request[other].category
        and problem.request[one].category is not None
    )


def _grown(problem: Problem, seats: Seats, index: int) -> Iterator[Seats]:
    if index == len(problem.requests):
        yield dict(seats)
        return
    one = problem.requests[index]
    fixed = _fixed_places(problem, one)
    if not fixed:
        yield from _grown(problem, seats, index + 1)
    anywhere = [Place(c, s) for c in range(problem.channels) for s in range(problem.starts)]
    for at in fixed or anywhere:
        if _alone(problem, one, at):
            seats[one.id] = at
            if _agree(problem, seats):
                yield from _grown(problem, seats, index + 1)
            del seats[one.id]


def _fixed_places(problem: Problem, one: Request) -> list[Place] | None:
    """Its pin or frozen place; nothing when it is free; None when it has two."""
    places = [one.pin] if one.pin else []
    places += [Place(s.channel, s.start) for s in problem.published if s.id == one.id and s.frozen]
    return None if len(set(places)) > 1 else places[:1]


def _slots(one: Request, at: Place) -> range:
    return range(at.start, at.start + one.length)


def _alone(problem: Problem, one: Request, at: Place) -> bool:
    for slot in _slots(one, at):
        kept = any(
            block.channel == at.channel and block.start <= slot < block.start + block.length
            for block in problem.reserved
        )
        allowed = any(
            window.channel in {None, at.channel} and window.start <= slot < window.end
            for window in one.allowed
        )
        if kept or not allowed or slot >= problem.starts:
            return False
    return True


def _agree(problem: Problem, seats: Seats) -> bool:
    sold: Counter[tuple[int, int]] = Counter()
    placed = [(problem.request[name], at) for name, at in seats.items()]
    for index, (one, at) in enumerate(placed):
        if one.sold:
            sold.update((at.channel, slot // problem.starts_per_hour) for slot in _slots(one, at))
        for other, there in placed[:index]:
            if not _pair(problem, one, at, other, there):
                return False
    return max(sold.values(), default=0) <= problem.rules.sold_per_hour


def _pair(problem: Problem, one: Request, at: Place, other: Request, there: Place) -> bool:
    here = at.channel == there.channel
    # Slots between the end of the earlier and the start of the later; below 0 they overlap.
    apart = max(there.start - (at.start + one.length), at.start - (there.start + other.length))
    rivals = one.sold and other.sold and one.trade is not None and one.trade == other.trade
    silences = one.kind == other.kind == Kind.SILENCE and one.cause != other.cause
    group = one.together is not None and one.together == other.together
    return not (
        (here and apart < 0)
        or (one.holder == other.holder and apart < problem.rules.holder_gap)
        or (here and rivals and apart < 1)
        or (here and silences and apart < problem.rules.silence_gap)
        or (group and (here or at.start != there.start))
    )
