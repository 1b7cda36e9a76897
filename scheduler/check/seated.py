"""A request at the place that a plan gives it."""

from scheduler.plan import Placement
from scheduler.problem import Request


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
