"""A bumped request is told the true reason, in its holder's words.

Each sentence is checked against the finished grid: the places that the holder allowed, and
who or what closed them.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from scheduler import rules
from scheduler.ground import Starts, Whole
from scheduler.problem import Request
from scheduler.rules import BETWEEN, Between, holder_gap, one_a_slot, together
from scheduler.taken import Taken

NOBODY = np.iinfo(np.int64).max


class Reasons:
    """Says why requests have no place in a finished grid; `least` when none bumps less."""

    def __init__(self, taken: Taken, *, least: bool) -> None:
        self.taken = taken
        self.least = least
        # How long whoever has each slot had waited; those who are fixed there are out of reach.
        self.waited: Whole = np.full(taken.ground.shape, NOBODY)
        self.fixed: Starts = np.zeros(taken.ground.shape, dtype=np.bool_)
        problem = taken.ground.problem
        for name, place in taken.places.items():
            other = problem.request[name]
            slots = (place.channel, slice(place.start, place.start + other.length))
            if problem.fixed(other):
                self.fixed[slots] = True
            else:
                self.waited[slots] = other.waited

    def of(self, request: Request) -> str:
        """Why one request was bumped."""
        if not request.allowed:
            return "You allowed no place at all."
        starts = rules.openings(self.taken.ground, request)
        if not starts.any():
            fit = "a slot fits" if request.length == 1 else f"{request.length} slots fit"
            return f"You allowed no place where {fit}."
        left = {rule: self._left(request, starts, rule) for rule in BETWEEN}
        if np.logical_and.reduce(list(left.values())).any():
            return "A place you allowed was still free when the time to plan the week was over."
        enough = [rule for rule, starts_left in left.items() if not starts_left.any()]
        return self._closed_by_others(request, starts, enough) or _either(
            rule.REASON for rule, starts_left in left.items() if (starts_left != starts).any()
        )

    def _closed_by_others(
        self, request: Request, starts: Starts, enough: Sequence[Between]
    ) -> str | None:
        """One rule that closes all the places by itself: first what its holder could change."""
        for rule in (holder_gap, together):
            if rule in enough:
                return f"Every place you allowed was {rule.REASON}."
        if one_a_slot in enough:
            return self._taken_by(request, starts)
        return f"Every place you allowed was {enough[0].REASON}." if enough else None

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
        if shortest == NOBODY:
            return "Every place you allowed was set aside for others already."
        aside = "set aside for others or " if (self.fixed & wanted).any() else ""
        if shortest > request.waited:
            return f"Every place you allowed was {aside}taken by members who had waited longer."
        if shortest == request.waited:
            return (
                f"Every place you allowed was {aside}taken by members who had waited as long or "
                "longer."
            )
        if self.least:
            return "Every place you allowed was taken, and to clear one would have bumped more."
        return "Every place you allowed was taken when the time to plan the week was over."


def _either(reasons: Iterable[str]) -> str:
    *most, last = reasons
    return f"Every place you allowed was either {', '.join(most)} or {last}."
