"""A bumped request is told the true reason, in its holder's words.

Each sentence is checked against the finished grid: the places that the holder allowed, and
who or what closed them.
"""

from collections.abc import Iterable

import numpy as np

from scheduler import rules
from scheduler.ground import Starts, Whole
from scheduler.problem import Request
from scheduler.rules import BETWEEN, Between, one_a_slot
from scheduler.taken import Taken

NOBODY = np.iinfo(np.int64).max


class Reasons:
    """Says why requests have no place in a finished grid; `least` when none bumps less."""

    def __init__(self, taken: Taken, *, least: bool) -> None:
        self.taken = taken
        self.least = least
        # How long whoever has each slot had waited.
        self.waited: Whole = np.full(taken.ground.shape, NOBODY)
        for name, place in taken.places.items():
            other = taken.ground.problem.request[name]
            self.waited[place.channel, place.start : place.start + other.length] = other.waited

    def of(self, request: Request) -> str:
        """Why one request was bumped."""
        if not request.allowed:
            return "You allowed no place at all."
        starts = rules.openings(self.taken.ground, request)
        if not starts.any():
            fit = "a slot fits" if request.length == 1 else f"{request.length} slots fit"
            return f"You allowed no place where {fit}."
        closing = [rule for rule in BETWEEN if (self._left(request, starts, rule) != starts).any()]
        enough = [rule for rule in closing if not self._left(request, starts, rule).any()]
        if one_a_slot in enough:
            return self._taken_by(request, starts)
        if enough:
            return f"Every place you allowed was {enough[0].REASON}."
        return f"Every place you allowed was {_listed(rule.REASON for rule in closing)}."

    def _left(self, request: Request, starts: Starts, rule: Between) -> Starts:
        left = starts.copy()
        rule.close(self.taken, request, left)
        return left

    def _taken_by(self, request: Request, starts: Starts) -> str:
        """Every allowed place is somebody's: say whether they had waited longer."""
        wanted = starts.copy()
        for further in range(1, request.length):
            wanted[:, further:] |= starts[:, : starts.shape[1] - further]
        shortest = int(self.waited[wanted].min())
        if shortest > request.waited:
            return "Every place you allowed was taken by members who had waited longer."
        if shortest == request.waited:
            return "Every place you allowed was taken by members who had waited as long or longer."
        if self.least:
            return "Every place you allowed was taken, and to clear one would have bumped more."
        return "Every place you allowed was taken when the time to plan the week was over."


def _listed(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"either {', '.join(most)} or {last}" if most else last
