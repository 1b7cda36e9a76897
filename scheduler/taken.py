"""What is placed already, in the shapes that the rules ask about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from scheduler.ground import Ground, Starts
from scheduler.problem import Kind, Place, Request


class Taken:
    """A grid in the making. It never judges: the rules say what it leaves open."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.places: dict[str, Place] = {}
        self.occupied: Starts = np.zeros(ground.shape, dtype=np.bool_)
        self.sold = np.zeros(ground.cells, dtype=np.int64)
        self._by: dict[tuple[str, object], dict[str, Request]] = defaultdict(dict)

    def place(self, request: Request, place: Place) -> None:
        """Put a request somewhere."""
        self._mark(request, place, True)
        self.places[request.id] = place
        for group in _groups(request, place):
            self._by[group][request.id] = request

    def lift(self, request: Request) -> None:
        """Take a request out again."""
        place = self.places.pop(request.id)
        self._mark(request, place, False)
        for group in _groups(request, place):
            del self._by[group][request.id]

    def place_all(self, places: Mapping[str, Place]) -> None:
        """Put some requests somewhere, by id."""
        for name, place in places.items():
            self.place(self.ground.problem.request[name], place)

    def lift_all(self, names: Iterable[str]) -> None:
        """Take some requests out again, by id."""
        for name in list(names):
            self.lift(self.ground.problem.request[name])

    def of(self, kind: str, name: object) -> list[tuple[Request, Place]]:
        """Those placed that belong to a group: holder, together, or silences and trades."""
        members = self._by.get((kind, name), {})
        return [(request, self.places[request.id]) for request in members.values()]

    def _mark(self, request: Request, place: Place, here: bool) -> None:
        self.occupied[place.channel, place.start : place.start + request.length] = here
        if request.sold:
            for hour, slots in self.ground.spread(place, request.length).items():
                self.sold[place.channel, hour] += slots if here else -slots


def close_near(
    starts: Starts, request: Request, other: Request, place: Place, gap: int, channel: int | None
) -> None:
    """Close the starts at which a request would lie under `gap` slots from another."""
    first = max(0, place.start - request.length - gap + 1)
    end = max(0, place.start + other.length + gap)
    if channel is None:
        starts[:, first:end] = False
    else:
        starts[channel, first:end] = False


def _groups(request: Request, place: Place) -> list[tuple[str, object]]:
    groups: list[tuple[str, object]] = [("holder", request.holder)]
    if request.together is not None:
        groups.append(("together", request.together))
    if request.kind == Kind.SILENCE:
        groups.append(("silences", place.channel))
    if request.sold and request.trade is not None:
        groups.append(("trade", (place.channel, request.trade)))
    return groups
