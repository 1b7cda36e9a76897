"""A slot holds one request, and a long request consecutive slots of one channel."""

from scheduler.ground import Starts
from scheduler.model import Model
from scheduler.problem import Request
from scheduler.taken import Taken

NAME = "one-a-slot"
REASON = "taken by others"

CLASH = "two of them would share a slot"


def close(taken: Taken, request: Request, starts: Starts) -> None:
    """Close the starts that would run into something placed."""
    starts &= taken.ground.fitting(~taken.occupied, request.length)


def constrain(model: Model) -> None:
    """No two intervals of a channel overlap; no slot and no hour is asked for more than it has."""
    slots = model.literals_by_slot()
    for channel in range(model.ground.problem.channels):
        here = [r for r in model.free if channel in model.channels(r.id)]
        # Where every start is a choice of its own, the slots say it all.
        if len(here) > 1 and not all(model.told_apart(r.id) for r in here):
            model.cp.add_no_overlap([model.interval(r.id, channel) for r in here])
    for literals in slots.values():
        if len(literals) > 1:
            model.cp.add_at_most_one(literals)
    # Implied, but it is what makes the linear relaxation tight.
    slots_open = model.ground.unreserved & ~model.taken.occupied
    room = model.ground.open_slots(slots_open)
    free = [request for request in model.free if not model.told_apart(request.id)]
    for (channel, hour), asked in model.slots_by_hour(free).items():
        if sum(slots for _, slots in asked) > room[channel, hour]:
            model.cp.add(
                sum(slots * literal for literal, slots in asked) <= int(room[channel, hour])
            )
