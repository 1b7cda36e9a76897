"""A bumped request is told the true reason, in its holder's words.

Each sentence is checked against the finished grid: the places that the holder allowed, and
who or what closed them.
"""

from collections.abc import Iterable

from scheduler import rules
from scheduler.ground import Ground, Starts
from scheduler.problem import Place, Request
from scheduler.rules import BETWEEN, Between, one_a_slot
from scheduler.taken import Taken


def reason(taken: Taken, request: Request, *, least: bool) -> str:
    """Why a request has no place in a grid; `least` when no grid could bump less."""
    ground = taken.ground
    starts = rules.openings(ground, request)
    if not request.allowed:
        return "You allowed no place at all."
    if not starts.any():
        return f"You allowed no place where {_slots(request.length)} fit{_s(request.length)}."
    closing = [rule for rule in BETWEEN if _closes(taken, request, starts, (rule,))]
    enough = [rule for rule in closing if not _left(taken, request, starts, (rule,)).any()]
    if one_a_slot in enough:
        return _taken_by(ground, taken, request, starts, least=least)
    if enough:
        return f"Every place you allowed was {enough[0].REASON}."
    return f"Every place you allowed was {_listed(rule.REASON for rule in closing)}."


def _left(taken: Taken, request: Request, starts: Starts, some: Iterable[Between]) -> Starts:
    left = starts.copy()
    for rule in some:
        rule.close(taken, request, left)
    return left


def _closes(taken: Taken, request: Request, starts: Starts, some: Iterable[Between]) -> bool:
    return bool((_left(taken, request, starts, some) != starts).any())


def _taken_by(
    ground: Ground, taken: Taken, request: Request, starts: Starts, *, least: bool
) -> str:
    """Every allowed place is somebody's: say whether they had waited longer."""
    waits = [
        other.waited
        for other, place in _in_the_way(ground, taken, request, starts)
        if other.holder != request.holder
    ]
    if waits and min(waits) > request.waited:
        return "Every place you allowed was taken by members who had waited longer."
    if waits and min(waits) == request.waited:
        return "Every place you allowed was taken by members who had waited as long or longer."
    if least:
        return "Every place you allowed was taken, and to clear one would have bumped more."
    return "Every place you allowed was taken when the time to plan the week was over."


def _in_the_way(
    ground: Ground, taken: Taken, request: Request, starts: Starts
) -> list[tuple[Request, Place]]:
    """Those placed on a slot that the request could have used."""
    wanted = starts.copy()
    for further in range(1, request.length):
        wanted[:, further:] |= starts[:, : starts.shape[1] - further]
    found = []
    for name, place in taken.places.items():
        other = ground.problem.request[name]
        if wanted[place.channel, place.start : place.start + other.length].any():
            found.append((other, place))
    return found


def _slots(length: int) -> str:
    return "a slot" if length == 1 else f"{length} slots in a row"


def _s(length: int) -> str:
    return "s" if length == 1 else ""


def _listed(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"either {', '.join(most)} or {last}" if most else last
