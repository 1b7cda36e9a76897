"""A bumped request is told the true reason, in its holder's words.

It is kept in English, and said in the language of whoever reads it.

Each sentence is checked against the finished grid: the places that the holder allowed, and
who or what closed them.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from scheduler import rules
from scheduler.ground import Starts, Whole
from scheduler.problem import Request
from scheduler.rules import (
    BETWEEN,
    Between,
    holder_gap,
    one_a_slot,
    silence_gap,
    sold_per_hour,
    together,
    trade,
)
from scheduler.taken import Taken
from station.languages import marked

NOBODY = np.iinfo(np.int64).max

NO_PLACE = marked("You allowed no place at all.")
STILL_FREE = marked("A place you allowed was still free when the time to plan the week was over.")
SET_ASIDE = marked("Every place you allowed was set aside for others already.")
LONGER = marked("Every place you allowed was taken by members who had waited longer.")
LONGER_OR_ASIDE = marked(
    "Every place you allowed was set aside for others or taken by members who had waited longer."
)
AS_LONG = marked("Every place you allowed was taken by members who had waited as long or longer.")
AS_LONG_OR_ASIDE = marked(
    "Every place you allowed was set aside for others or taken by members who had waited as long "
    "or longer."
)
WORTH_MORE = marked("Every place you allowed was taken, and to clear one would have bumped more.")
NOT_CLEARED = marked("Every place you allowed was taken when the time to plan the week was over.")
# What closes all the places by itself; several rules together are told in English alone.
CLOSED: dict[Between, str] = {
    holder_gap: marked("Every place you allowed was too near to other airtime of yours."),
    together: marked("Every place you allowed was at another instant than the group you joined."),
    silence_gap: marked("Every place you allowed was too near to a silence for another cause."),
    sold_per_hour: marked(
        "Every place you allowed was in an hour that has all the sold airtime it may have."
    ),
    trade: marked("Every place you allowed was next to sold airtime of your trade."),
}


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
            return NO_PLACE
        starts = rules.openings(self.taken.ground, request)
        if not starts.any():
            fit = "a slot fits" if request.length == 1 else f"{request.length} slots fit"
            return f"You allowed no place where {fit}."
        left = {rule: self._left(request, starts, rule) for rule in BETWEEN}
        if np.logical_and.reduce(list(left.values())).any():
            return STILL_FREE
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
                return CLOSED[rule]
        if one_a_slot in enough:
            return self._taken_by(request, starts)
        return CLOSED[enough[0]] if enough else None

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
            return SET_ASIDE
        aside = (self.fixed & wanted).any()
        if shortest > request.waited:
            return LONGER_OR_ASIDE if aside else LONGER
        if shortest == request.waited:
            return AS_LONG_OR_ASIDE if aside else AS_LONG
        return WORTH_MORE if self.least else NOT_CLEARED


def _either(reasons: Iterable[str]) -> str:
    *most, last = reasons
    return f"Every place you allowed was either {', '.join(most)} or {last}."
