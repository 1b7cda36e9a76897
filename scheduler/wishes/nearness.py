"""Moving a request from where it was published costs points."""

from scheduler.ground import Ground, Whole
from scheduler.problem import Request


def reward(ground: Ground, request: Request, points: Whole) -> None:
    """Take the cost of a move from each start but the published one."""
    seat = ground.problem.was.get(request.id)
    if seat is None:
        return
    points -= ground.problem.move_cost
    points[seat.channel, seat.start] += ground.problem.move_cost
