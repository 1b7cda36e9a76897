"""A problem file is read whole or refused with the request and key that are wrong."""

import json

import pytest
from hypothesis import given

from scheduler import plan as plans
from scheduler.problem_file import dump, parse, read
from scheduler.soundness import contradictions
from station.errors import WrongInput
from tests.scheduler.small_weeks import QUICK, problems
from tests.scheduler.weeks import planned, request, week

SOUND = json.loads(dump(week(request("r17"), request("r18"))))


def refused(**changes):
    """What is said about a sound problem with these keys changed."""
    with pytest.raises(WrongInput) as found:
        parse(json.dumps({**SOUND, **changes}).encode(), "week.json")
    assert "week.json" in found.value.sentence
    return found.value.sentence


def refused_request(**changes):
    first, second = SOUND["requests"]
    return refused(requests=[first, {**second, **changes}])


@QUICK
@given(problems(most_requests=5, most_starts=12))
def test_what_is_written_is_read_back_equal(problem):
    assert parse(dump(problem)) == problem
    plan = planned(problem)
    assert plans.parse(plans.dump(plan)) == plan


def test_a_problem_that_contradicts_itself_nowhere_is_read():
    assert list(contradictions(parse(json.dumps(SOUND).encode()))) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "r17"}, ["request “r17”, id", "twice"]),
        ({"allowed": [{"from": 0, "to": 25}]}, ["request “r18”, allowed", "25", "outside"]),
        ({"allowed": [{"from": 5, "to": 5}]}, ["request “r18”, allowed", "empty"]),
        ({"allowed": [{"from": 0, "to": 5, "channel": 2}]}, ["“r18”, allowed", "channel 2"]),
        ({"wishes": [{"from": 0, "to": 30, "points": 1}]}, ["“r18”, wishes", "outside"]),
        ({"wishes": [{"from": 0, "to": 3}]}, ["request “r18”, wishes[0]", "points"]),
        ({"pin": {"channel": 0, "start": 24}}, ["request “r18”, pin", "outside"]),
        ({"pin": {"channel": 9, "start": 0}}, ["request “r18”, pin", "channel 9"]),
        ({"length": 0}, ["request “r18”, length"]),
        ({"kind": "song"}, ["request “r18”, kind", "song"]),
        ({"colour": "blue"}, ["request “r18”", "colour"]),
        ({"owed": -1}, ["request “r18”, owed"]),
        ({"id": ""}, ["request “”, id"]),
        ({"holder": None}, ["request “r18”, holder"]),
    ],
)
def test_a_broken_request_is_named_with_its_key(changes, words):
    sentence = refused_request(**changes)
    assert [word for word in words if word not in sentence] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "mweya-problem/2"}, ["format"]),
        ({"colour": 1}, ["colour"]),
        ({"zone": "Mars/Olympus"}, ["zone", "Mars/Olympus"]),
        ({"week": "next"}, ["week"]),
        ({"value": [[1] * 6]}, ["value", "1 channels"]),
        ({"value": [[1] * 6, [1] * 5]}, ["value[1]", "5 hours"]),
        ({"starts": 0}, ["starts"]),
        ({"starts": 1_000_000, "channels": 5}, ["starts", "too many"]),
        ({"reserved": [{"channel": 0, "start": 20, "length": 5}]}, ["reserved", "outside"]),
        ({"reserved": [{"channel": 4, "start": 0, "length": 5}]}, ["reserved", "channel 4"]),
        (
            {
                "reserved": [
                    {"channel": 0, "start": 4, "length": 2},
                    {"channel": 0, "start": 0, "length": 5},
                ]
            },
            ["channel 0, start 4", "overlaps", "start 0"],
        ),
        ({"published": [{"id": "r9", "channel": 0, "start": 0, "frozen": True}]}, ["“r9”"]),
        ({"published": [{"id": "r17", "channel": 0, "start": 24}]}, ["“r17”", "outside"]),
        ({"published": [{"id": "r17", "channel": 0, "start": 2}] * 2}, ["“r17”", "twice"]),
    ],
)
def test_a_broken_problem_is_named_where_it_is_broken(changes, words):
    sentence = refused(**changes)
    assert [word for word in words if word not in sentence] == []


def test_two_pins_on_one_slot_are_refused_with_both_requests():
    first, second = (dict(one) for one in SOUND["requests"])
    first |= {"pin": {"channel": 0, "start": 3}, "length": 3}
    second |= {"pin": {"channel": 0, "start": 5}}
    sentence = refused(requests=[first, second])
    assert "“r18”, pin" in sentence
    assert "“r17”" in sentence


def test_what_is_published_of_a_request_that_is_gone_counts_for_nothing():
    gone = {**SOUND, "published": [{"id": "r9", "channel": 0, "start": 2}]}
    assert parse(json.dumps(gone).encode()).was == {}


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b"\xff\xfe", b"null", b'{"requests": 3}'])
def test_what_is_no_problem_at_all_is_refused(raw):
    with pytest.raises(WrongInput):
        parse(raw)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WrongInput, match=r"nothing\.json"):
        read(tmp_path / "nothing.json")
