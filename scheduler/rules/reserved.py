"""Nothing runs into a reserved block."""

from scheduler.ground import Ground, Starts
from scheduler.problem import Request

NAME = "reserved"
CLASH = "inside a reserved block"


def narrow(ground: Ground, request: Request, starts: Starts) -> None:
    """Close the starts from which a slot would be the station's own."""
    starts &= ground.fitting(ground.unreserved, request.length)
