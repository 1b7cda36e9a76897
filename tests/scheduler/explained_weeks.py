"""Weeks that bump the request “late” for one reason each, with what would place it."""

from dataclasses import dataclass

from scheduler.changes import ChangeKind
from scheduler.problem import Place, Problem
from tests.scheduler.weeks import request, silence, week

EVERY = "Every place you allowed was "
DAY = 96  # at four starts an hour
FIRST_SLOT = [(0, 1, 0)]


@dataclass(frozen=True)
class Bump:
    """A week, why it bumps “late”, and the cheapest change that would place it."""

    what: str
    problem: Problem
    reason: str
    change: ChangeKind
    way_out: str


def early(name="early", **more):
    """Somebody who waited longer, in the one slot."""
    return request(name, allowed=more.pop("allowed", FIRST_SLOT), waited=5, **more)


def late(**more):
    return request("late", allowed=more.pop("allowed", FIRST_SLOT), **more)


BUMPS = [
    Bump(
        "nothing is allowed",
        week(late(allowed=[]), starts=DAY),
        "You allowed no place at all.",
        ChangeKind.ANYTIME,
        "It would have a place if it could be at any time, on any channel.",
    ),
    Bump(
        "a request longer than its windows",
        week(late(length=3, allowed=[(0, 2)]), starts=DAY),
        "You allowed no place where 3 slots fit.",
        ChangeKind.ANYTIME,
        "It would have a place if it could be at any time, on any channel.",
    ),
    Bump(
        "reserved blocks",
        week(late(allowed=[(0, 24, 0)]), reserved=[(0, 0, 24)]),
        "You allowed no place where a slot fits.",
        ChangeKind.CHANNEL,
        "It would have a place if it could be on channel 1 too, at the same hours.",
    ),
    Bump(
        "members who waited longer",
        week(early(), late(), starts=3 * DAY, channels=1),
        EVERY + "taken by members who had waited longer.",
        ChangeKind.DAY,
        "It would have a place if it could be on Tuesday too, at the same hours.",
    ),
    Bump(
        "a pin",
        week(request("pinned", pin=Place(0, 0)), late(waited=9)),
        EVERY + "set aside for others already.",
        ChangeKind.CHANNEL,
        "It would have a place if it could be on channel 1 too, at the same hours.",
    ),
    Bump(
        "a pin here and somebody there",
        week(
            request("pinned", pin=Place(0, 0)),
            early(allowed=[(1, 2, 0)]),
            late(allowed=[(0, 2, 0)]),
            channels=1,
        ),
        EVERY + "set aside for others or taken by members who had waited longer.",
        ChangeKind.ANYTIME,
        "It would have a place if it could be at any time, on any channel.",
    ),
    Bump(
        "other airtime of the same holder",
        week(
            early(holder="Ada", allowed=[(0, 24)]),
            late(holder="Ada", allowed=[(0, 24)]),
            holder_gap=30,
        ),
        EVERY + "too near to other airtime of yours.",
        ChangeKind.GIVE_UP,
        "It would have a place without request early, of the same holder.",
    ),
    Bump(
        "sold airtime",
        week(
            early(sold=True, allowed=[(0, 4)]),
            late(sold=True, allowed=[(0, 4)]),
            starts=4,
            channels=1,
            sold_per_hour=1,
        ),
        EVERY + "in an hour that has all the sold airtime it may have.",
        ChangeKind.SOLD,
        "It would have a place if an hour could have one more sold slot (rules.sold_per_hour).",
    ),
    Bump(
        "a trade",
        week(
            early(sold=True, trade="shoes", allowed=[(1, 2, 0)]),
            late(sold=True, trade="shoes", allowed=[(0, 1, 0), (2, 3, 0)]),
        ),
        EVERY + "next to sold airtime of your trade.",
        ChangeKind.CHANNEL,
        "It would have a place if it could be on channel 1 too, at the same hours.",
    ),
    Bump(
        "a silence for another cause",
        week(
            silence("early", "peace", allowed=[(3, 4, 0)], waited=5),
            silence("late", "Floyd", allowed=[(0, 7, 0)]),
            silence_gap=4,
        ),
        EVERY + "too near to a silence for another cause.",
        ChangeKind.CHANNEL,
        "It would have a place if it could be on channel 1 too, at the same hours.",
    ),
    Bump(
        "a group that starts at another instant",
        week(
            silence("early", "peace", together="g", allowed=[(3, 4, 0)], waited=5),
            silence("late", "peace", together="g", allowed=[(7, 8)]),
        ),
        EVERY + "at another instant than the group you joined.",
        ChangeKind.GROUP,
        "It would have a place without its group.",
    ),
    Bump(
        "somebody who could be elsewhere",
        week(early(), late(length=2, allowed=[(0, 24)]), reserved=[(0, 2, 21), (1, 0, 24)]),
        EVERY + "taken by members who had waited longer.",
        ChangeKind.OTHER,
        "It would have a place if request early could be at any time.",
    ),
    Bump(
        "a station that keeps the rest",
        week(early(), late(allowed=[(0, 24)]), reserved=[(0, 1, 23), (1, 0, 24)]),
        EVERY + "taken by members who had waited longer.",
        ChangeKind.BLOCK,
        "It would have a place if the station gave the block at channel 0, start 1 back.",
    ),
    Bump(
        "a station that is too small",
        week(early(allowed=[(0, 1)]), late(allowed=[(0, 1)]), starts=1, channels=1),
        EVERY + "taken by members who had waited longer.",
        ChangeKind.ADD_CHANNEL,
        "It would have a place if there were one more channel.",
    ),
]
