"""For each hard rule the weeks that it allows, forbids, and just still allows."""

from dataclasses import dataclass

from scheduler.problem import Place, Problem
from tests.scheduler.weeks import request, silence, week

Spots = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Case:
    """What a rule says, with places it allows, places at its boundary, and places it forbids.

    `twin` is what the checker calls it, where it does not call it `rule`.
    """

    rule: str
    says: str
    problem: Problem
    allows: Spots
    boundary: Spots
    forbids: Spots
    twin: str = ""


LONG = request("long", length=3)
SOLD = {"sold": True, "trade": "shoes"}

CASES = [
    Case(
        "one-a-slot",
        "a long request has its slots to itself, and what follows begins when it has ended",
        week(request("a"), LONG),
        {"a": (1, 10), "long": (0, 9)},
        {"a": (0, 12), "long": (0, 9)},
        {"a": (0, 11), "long": (0, 9)},
    ),
    Case(
        "one-a-slot",
        "what goes before has ended when a long request begins",
        week(LONG, request("pair", length=2)),
        {"pair": (0, 0), "long": (0, 9)},
        {"pair": (0, 7), "long": (0, 9)},
        {"pair": (0, 8), "long": (0, 9)},
    ),
    Case(
        "reserved",
        "a request ends before a reserved block begins",
        week(LONG, reserved=[(0, 4, 4)]),
        {"long": (1, 4)},
        {"long": (0, 1)},
        {"long": (0, 2)},
    ),
    Case(
        "reserved",
        "a request begins when a reserved block has ended",
        week(request("a"), reserved=[(0, 4, 4), (1, 8, 1)]),
        {"a": (1, 5)},
        {"a": (0, 8)},
        {"a": (0, 7)},
    ),
    Case(
        "limits",
        "every slot of a long request is allowed, not only its first",
        week(request("a", length=2, allowed=[(4, 9)])),
        {"a": (1, 5)},
        {"a": (0, 7)},
        {"a": (0, 8)},
    ),
    Case(
        "limits",
        "a long request may run from one window into the next that touches or overlaps it",
        week(request("a", length=3, allowed=[(4, 6), (6, 9, 0), (8, 11), (12, 15)])),
        {"a": (0, 7)},
        {"a": (0, 8)},
        {"a": (0, 10)},
    ),
    Case(
        "limits",
        "a window of one channel opens that channel alone",
        week(request("a", allowed=[(4, 9, 1)])),
        {"a": (1, 6)},
        {"a": (1, 8)},
        {"a": (0, 8)},
    ),
    Case(
        "limits",
        "a window begins with the start that it names",
        week(request("a", allowed=[(4, 9)])),
        {"a": (1, 6)},
        {"a": (0, 4)},
        {"a": (0, 3)},
    ),
    Case(
        "fixed",
        "a pinned request is at its pin",
        week(request("a", pin=Place(1, 7)), request("b")),
        {"a": (1, 7), "b": (0, 7)},
        {"a": (1, 7), "b": (1, 8)},
        {"a": (1, 8), "b": (1, 7)},
        twin="pins",
    ),
    Case(
        "fixed",
        "a frozen request stays where it was published",
        week(request("a"), request("b"), published=[("a", 0, 3, True), ("b", 0, 9, False)]),
        {"a": (0, 3), "b": (0, 9)},
        {"a": (0, 3), "b": (0, 4)},
        {"a": (0, 4), "b": (0, 9)},
        twin="frozen",
    ),
    Case(
        "holder-gap",
        "between the end of one and the start of the next of a holder lies the gap, on any channel",
        week(request("a", "Ada"), request("b", "Ada", length=2), holder_gap=3),
        {"a": (0, 20), "b": (1, 0)},
        {"a": (0, 5), "b": (1, 0)},
        {"a": (0, 4), "b": (1, 0)},
    ),
    Case(
        "holder-gap",
        "the gap counts between each two of a holder's, whoever airs in between",
        week(request("a", "Ada"), request("b"), request("c", "Ada", length=2), holder_gap=2),
        {"a": (0, 0), "b": (0, 1), "c": (0, 20)},
        {"a": (0, 0), "b": (0, 1), "c": (0, 3)},
        {"a": (0, 0), "b": (0, 1), "c": (0, 2)},
    ),
    Case(
        "holder-gap",
        "without a gap two of one holder still never air at once",
        week(request("a", "Ada", length=2), request("b", "Ada")),
        {"a": (0, 20), "b": (1, 0)},
        {"a": (0, 1), "b": (1, 3)},
        {"a": (0, 1), "b": (1, 2)},
    ),
    Case(
        "sold-per-hour",
        "a long sold request counts in each hour that it reaches, by its slots there",
        week(request("a", sold=True), request("b", sold=True, length=3), sold_per_hour=2),
        {"a": (1, 3), "b": (0, 2)},
        {"a": (0, 5), "b": (0, 2)},
        {"a": (0, 0), "b": (0, 2)},
    ),
    Case(
        "sold-per-hour",
        "what a long sold request takes of its last hour counts there",
        week(request("a", sold=True), request("b", sold=True, length=4), sold_per_hour=2),
        {"a": (1, 6), "b": (0, 2)},
        {"a": (0, 8), "b": (0, 2)},
        {"a": (0, 6), "b": (0, 2)},
    ),
    Case(
        "sold-per-hour",
        "one long sold request may be too much for an hour by itself",
        week(request("a", sold=True, length=4), request("b", length=4), sold_per_hour=3),
        {"a": (0, 2), "b": (0, 8)},
        {"a": (0, 1), "b": (0, 5)},
        {"a": (0, 4), "b": (0, 0)},
    ),
    Case(
        "sold-per-hour",
        "the hours of each channel are counted alone",
        week(request("a", sold=True), request("b", sold=True), sold_per_hour=1),
        {"a": (0, 0), "b": (1, 0)},
        {"a": (0, 3), "b": (0, 4)},
        {"a": (0, 3), "b": (0, 0)},
    ),
    Case(
        "trade",
        "two sold requests of one trade are never back to back, across the hour neither",
        week(request("a", **SOLD), request("b", **SOLD)),
        {"a": (0, 3), "b": (1, 4)},
        {"a": (0, 2), "b": (0, 4)},
        {"a": (0, 3), "b": (0, 4)},
    ),
    Case(
        "trade",
        "of a trade speaks only what is sold for it",
        week(
            request("a", **SOLD),
            request("b", sold=True, trade="taxis"),
            request("c", trade="shoes"),
            request("d", length=2, **SOLD),
        ),
        {"a": (0, 0), "b": (0, 6), "c": (1, 0), "d": (1, 8)},
        {"b": (0, 4), "a": (0, 5), "c": (0, 6), "d": (0, 2)},
        {"b": (0, 7), "a": (0, 4), "c": (0, 5), "d": (0, 2)},
    ),
    Case(
        "silence-gap",
        "silences of different causes lie the gap apart on a channel, those of one cause touch",
        week(silence("a", "peace"), silence("b", "Floyd"), silence("c", "peace"), silence_gap=3),
        {"a": (0, 0), "b": (1, 0), "c": (0, 1)},
        {"a": (0, 0), "b": (0, 4), "c": (0, 8)},
        {"a": (0, 0), "b": (0, 4), "c": (0, 7)},
    ),
    Case(
        "silence-gap",
        "no cause is a cause too, and what is no silence needs no gap",
        week(
            silence("a", None, length=2),
            silence("b", None),
            silence("c", "peace"),
            request("d", cause="Floyd"),
            silence_gap=2,
        ),
        {"a": (0, 0), "b": (0, 2), "c": (1, 0), "d": (1, 1)},
        {"a": (0, 0), "b": (0, 2), "d": (0, 3), "c": (0, 5)},
        {"a": (0, 0), "b": (0, 2), "d": (0, 3), "c": (0, 4)},
    ),
    Case(
        "together",
        "a group starts at one instant on different channels, however long each is",
        week(silence("a", "peace", together="g"), silence("b", "peace", together="g", length=2)),
        {"b": (1, 7)},
        {"a": (0, 7), "b": (1, 7)},
        {"a": (0, 8), "b": (1, 7)},
    ),
    Case(
        "together",
        "two groups have an instant each",
        week(*(request(f"{g}{n}", together=g) for g in "ab" for n in range(2)), channels=3),
        {"a0": (0, 7), "a1": (1, 7)},
        {"a0": (0, 7), "a1": (1, 7), "b0": (2, 8), "b1": (1, 8)},
        {"a0": (0, 7), "a1": (1, 7), "b0": (2, 7), "b1": (1, 8)},
    ),
]
