"""A CP-SAT model of where some requests may go while the others stay where they are.

Each request chooses one of its bands, or is bumped; its start is an integer inside that
band. There is never a boolean for each request and start: the rules speak of intervals.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from ortools.sat.python import cp_model

from scheduler.ground import Band, Bands, Ground
from scheduler.problem import Place, Request
from scheduler.taken import Taken


class Model:
    """The variables, which answer by meaning; the rules add their constraints to `cp`.

    `choices` holds the bands of each request that is free to go; `taken` is everybody else.
    A request in `must` can't be bumped.
    """

    def __init__(
        self, ground: Ground, taken: Taken, choices: Mapping[str, Bands], must: Iterable[str] = ()
    ) -> None:
        self.ground = ground
        self.taken = taken
        self.cp = cp_model.CpModel()
        self.free = tuple(ground.problem.request[name] for name in choices)
        self._bands: dict[str, list[tuple[cp_model.IntVar, Band]]] = {}
        self._bumped: dict[str, cp_model.IntVar] = {}
        self._start: dict[str, cp_model.IntVar] = {}
        self._on: dict[str, dict[int, cp_model.LiteralT]] = defaultdict(dict)
        self._intervals: dict[tuple[str, int | None, int], cp_model.IntervalVar] = {}
        held = set(must)
        for name, bands in choices.items():
            self._choose(name, list(bands), name in held)

    def _choose(self, name: str, bands: list[Band], must: bool) -> None:
        start = self.cp.new_int_var_from_domain(
            cp_model.Domain.from_intervals(
                [[band.first, band.end - 1] for band in bands] or [[0, 0]]
            ),
            f"start {name}",
        )
        self._start[name] = start
        self._bumped[name] = self.cp.new_bool_var(f"bumped {name}")
        if must:
            self.cp.add(self._bumped[name] == 0)
        literals = [self.cp.new_bool_var("") for _ in bands]
        self._bands[name] = list(zip(literals, bands, strict=True))
        self.cp.add_exactly_one([*literals, self._bumped[name]])
        by_channel = defaultdict(list)
        for literal, band in self._bands[name]:
            self.cp.add_linear_constraint(start, band.first, band.end - 1).only_enforce_if(literal)
            by_channel[band.channel].append(literal)
        for channel, chosen in by_channel.items():
            self._on[name][channel] = self._any(chosen, name, len(by_channel))

    def _any(self, literals: list[cp_model.IntVar], name: str, channels: int) -> cp_model.LiteralT:
        if channels == 1:
            return self.placed(name)
        if len(literals) == 1:
            return literals[0]
        either = self.cp.new_bool_var("")
        self.cp.add(sum(literals) == either)
        return either

    def start(self, name: str) -> cp_model.IntVar:
        """Where a request starts, when it is placed."""
        return self._start[name]

    def placed(self, name: str) -> cp_model.LiteralT:
        """Whether it is placed."""
        return self._bumped[name].negated()

    def bands(self, name: str) -> list[tuple[cp_model.IntVar, Band]]:
        """Its bands, each with whether it is chosen."""
        return self._bands[name]

    def told_apart(self, name: str) -> bool:
        """Whether each of its starts is a choice of its own."""
        return all(band.end == band.first + 1 for _, band in self._bands[name])

    def literals_by_slot(self) -> dict[tuple[int, int], list[cp_model.IntVar]]:
        """For each channel and slot, the choices of a single start that take it."""
        slots: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        for request in self.free:
            for literal, band in self._bands[request.id]:
                if band.end == band.first + 1:
                    for slot in range(band.first, band.first + request.length):
                        slots[band.channel, slot].append(literal)
        return slots

    def channels(self, name: str) -> list[int]:
        """The channels it may be on."""
        return list(self._on[name])

    def interval(self, name: str, channel: int | None, gap: int = 0) -> cp_model.IntervalVar:
        """Its slots and so many after them, while it is on a channel (`None`: on any)."""
        key = (name, channel, gap)
        if key not in self._intervals:
            here = self.placed(name) if channel is None else self._on[name][channel]
            length = self.ground.problem.request[name].length + gap
            self._intervals[key] = self.cp.new_optional_fixed_size_interval_var(
                self._start[name], length, here, ""
            )
        return self._intervals[key]

    def grouped(self, key: Callable[[Request], str | None]) -> list[list[Request]]:
        """The free requests that share a key, where two or more do."""
        groups = defaultdict(list)
        for request in self.free:
            name = key(request)
            if name is not None and self._bands[request.id]:
                groups[name].append(request)
        return [group for group in groups.values() if len(group) > 1]

    def slots_by_hour(
        self, requests: Iterable[Request]
    ) -> dict[tuple[int, int], list[tuple[cp_model.IntVar, int]]]:
        """For each channel and clock hour, each choice with the fewest slots it takes there."""
        hours: dict[tuple[int, int], list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
        for request in requests:
            for literal, band in self._bands[request.id]:
                early, late = (
                    self.ground.spread(Place(band.channel, start), request.length)
                    for start in (band.first, band.end - 1)
                )
                for hour in early.keys() & late.keys():
                    hours[band.channel, hour].append((literal, min(early[hour], late[hour])))
        return hours

    def weight(self) -> cp_model.LinearExpr:
        """The bumped weight."""
        bumped = [self._bumped[request.id] for request in self.free]
        return cp_model.LinearExpr.weighted_sum(bumped, [one.weight for one in self.free])

    def score(self) -> cp_model.LinearExpr:
        """What the placed requests score."""
        pairs = [pair for bands in self._bands.values() for pair in bands]
        literals, points = [one for one, _ in pairs], [band.points for _, band in pairs]
        return cp_model.LinearExpr.weighted_sum(literals, points)

    def hint(self, places: Mapping[str, Place]) -> None:
        """Begin from a grid known already."""
        for name, bands in self._bands.items():
            place = places.get(name)
            self.cp.add_hint(self._bumped[name], place is None)
            if place is not None:
                self.cp.add_hint(self._start[name], place.start)
            for literal, band in bands:
                self.cp.add_hint(literal, place is not None and _holds(band, place))

    def read(self, value: Callable[[cp_model.IntVar], int]) -> dict[str, Place]:
        """The places in a solution."""
        return {
            name: Place(band.channel, value(self._start[name]))
            for name, bands in self._bands.items()
            for literal, band in bands
            if value(literal)
        }


def _holds(band: Band, place: Place) -> bool:
    return band.channel == place.channel and band.first <= place.start < band.end
