"""What is only hard to meet is no wrong input: the plan says so, and names the request."""

import json

import pytest

from scheduler.problem_file import dump
from tests.scheduler.weeks import request, week

SOUND = json.loads(dump(week(request("r17"), request("r18"))))
R17, R18 = SOUND["requests"]
PIN = {"channel": 1, "start": 4}


def windows(*spans):
    return [{"from": start, "to": end} for start, end in spans]


ALLOWED = {
    "nobody asks": ({"requests": []}, 0, "0 of 0 requests are placed."),
    "nothing is allowed": (
        {"requests": [R17, {**R18, "allowed": []}]},
        0,
        "Bumped: r18. You allowed no place at all.",
    ),
    "longer than the week": (
        {"requests": [R17, {**R18, "length": 25}]},
        0,
        "Bumped: r18. You allowed no place where 25 slots fit.",
    ),
    "as long as can be": (
        {"requests": [R17, {**R18, "length": 10**6}]},
        0,
        "Bumped: r18. You allowed no place where 1000000 slots fit.",
    ),
    "longer than every opening": (
        {"requests": [R17, {**R18, "length": 3, "allowed": windows((0, 2), (5, 7))}]},
        0,
        "Bumped: r18. You allowed no place where 3 slots fit.",
    ),
    "the station keeps everything": (
        {"reserved": [{"channel": n, "start": 0, "length": 24} for n in (0, 1)]},
        0,
        "Bumped: r17. You allowed no place where a slot fits.",
    ),
    "nothing may be sold": (
        {
            "requests": [R17, {**R18, "sold": True}],
            "rules": {"holder_gap": 10**6, "sold_per_hour": 0, "silence_gap": 10**6},
        },
        0,
        "Bumped: r18. Every place you allowed was in an hour that has all the sold airtime",
    ),
    "a group of more than there are channels": (
        {
            "requests": [
                {**R17, "id": f"s{n}", "holder": f"m{n}", "together": "g"} for n in range(3)
            ]
        },
        0,
        "Bumped: s2. Every place you allowed was either taken by others or at another instant",
    ),
    "a pin outside what is allowed": (
        {"requests": [R17, {**R18, "allowed": windows((0, 4)), "pin": PIN}]},
        1,
        "Request r18 is fixed at channel 1, start 4, outside the windows it is allowed.",
    ),
    "a pin in a reserved block": (
        {
            "requests": [R17, {**R18, "pin": PIN}],
            "reserved": [{"channel": 1, "start": 2, "length": 4}],
        },
        1,
        "Request r18 is fixed at channel 1, start 4, inside a reserved block.",
    ),
    "a pin elsewhere than what is frozen": (
        {
            "requests": [R17, {**R18, "pin": PIN}],
            "published": [{"id": "r18", "channel": 1, "start": 5, "frozen": True}],
        },
        1,
        "Request r18 is pinned away from the slot in which it is on air already.",
    ),
    "what was published is gone": (
        {"published": [{"id": "r9", "channel": 7, "start": 900}]},
        0,
        "2 of 2 requests are placed.",
    ),
    "a move that pays": (
        {"move_cost": -5, "published": [{"id": "r17", "channel": 0, "start": 3}]},
        0,
        "They score 7, which is proven the best",
    ),
}


@pytest.mark.parametrize(("changes", "code", "words"), ALLOWED.values(), ids=ALLOWED.keys())
def test_what_is_only_hard_to_meet_is_answered_by_a_plan_that_says_so(solved, changes, code, words):
    ended, said = solved(json.dumps({**SOUND, **changes}))
    assert ended == code, said
    assert words in said
