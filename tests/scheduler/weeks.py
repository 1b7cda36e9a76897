"""Small weeks for the tests: two channels of 24 starts, four an hour, unless told otherwise."""

from scheduler.plan import FORMAT as PLAN_FORMAT
from scheduler.plan import Bumped, Placement, Plan, Status, gap_of
from scheduler.problem import (
    FORMAT,
    Kind,
    Place,
    Problem,
    Published,
    Request,
    Reserved,
    Rules,
    Window,
)

STARTS = 24


def request(name, holder=None, *, allowed=((0, STARTS),), wishes=(), **more) -> Request:
    """A segment of one slot that may go anywhere; windows are (from, to) or with a channel."""
    return Request(
        id=name,
        holder=holder or f"holder of {name}",
        length=more.pop("length", 1),
        kind=more.pop("kind", Kind.SEGMENT),
        allowed=tuple(Window(*window) for window in allowed),
        wishes=tuple(wishes),
        **more,
    )


def silence(name, cause, **more) -> Request:
    """A silence for a cause."""
    return request(name, kind=Kind.SILENCE, cause=cause, **more)


def week(
    *requests,
    starts=STARTS,
    per_hour=4,
    channels=2,
    value=None,
    reserved=(),
    published=(),
    holder_gap=0,
    sold_per_hour=4,
    silence_gap=0,
    move_cost=0,
    repeat_cost=0,
) -> Problem:
    """A problem with these requests."""
    hours = -(-starts // per_hour)
    return Problem(
        format=FORMAT,
        week="2026-W48",
        zone="Africa/Johannesburg",
        slot_seconds=300,
        starts=starts,
        starts_per_hour=per_hour,
        channels=channels,
        value=tuple(map(tuple, value or [[1.0] * hours] * channels)),
        rules=Rules(holder_gap, sold_per_hour, silence_gap),
        requests=requests,
        reserved=tuple(Reserved(*block) for block in reserved),
        published=tuple(Published(*seat) for seat in published),
        move_cost=move_cost,
        repeat_cost=repeat_cost,
    )


def planned(problem, **places) -> Plan:
    """A plan that places requests by name at (channel, start) and bumps the rest."""
    seats = {name: Place(*place) for name, place in places.items()}
    bumped = [one for one in problem.requests if one.id not in seats]
    score = score_of(problem, seats)
    return Plan(
        format=PLAN_FORMAT,
        status=Status.FEASIBLE,
        placements=tuple(Placement(name, *place) for name, place in places.items()),
        bumped=tuple(Bumped(one.id, "It is a test.") for one in bumped),
        bumped_weight=sum(one.weight for one in bumped),
        score=score,
        bound=score,
        gap=gap_of(score, score),
        seconds=0,
        seed=1,
    )


def score_of(problem: Problem, placements: dict[str, Place]) -> int:
    """What a plan scores, summed request by request straight from the format's definition."""
    points = sum(points_at(problem, name, place) for name, place in placements.items())
    return points - problem.repeat_cost * repeated(problem, placements)


def repeated(problem: Problem, placements: dict[str, Place]) -> int:
    """How many requests begin in the slot in which another of their category ends."""
    placed = [(problem.request[name], place) for name, place in placements.items()]
    spans = [(one, at.channel, at.start, at.start + one.length) for one, at in placed]
    return sum(
        one.category is not None and (channel, end, one.category) == (there, begins, other.category)
        for one, channel, _, end in spans
        for other, there, begins, _ in spans
    )


def points_at(problem: Problem, name: str, place: Place) -> int:
    """What one request scores at one place."""
    request = problem.request[name]
    held = [
        wish.points
        for wish in request.wishes
        if wish.channel in {None, place.channel} and wish.start <= place.start < wish.end
    ]
    hour = place.start // problem.starts_per_hour
    points = max(held, default=0) + round(request.owed * problem.value[place.channel][hour])
    seat = problem.was.get(name)
    return points - (problem.move_cost if seat and seat.place != place else 0)


def crowd() -> Problem:
    """A week that asks for twice what it has, and is searched for minutes."""
    asked = [
        request(f"r{n}", f"m{n % 60}", allowed=[(0, 400)], length=1 + n % 3, sold=n % 4 == 0)
        for n in range(400)
    ]
    values = [[(hour * 37) % 90 for hour in range(100)]] * 2
    return week(*asked, starts=400, value=values, holder_gap=20, sold_per_hour=1)
