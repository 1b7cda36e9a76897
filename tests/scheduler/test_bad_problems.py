"""Whatever a problem file holds, `mweya solve` refuses it in a sentence that says where."""

import json

import pytest

from scheduler import cli
from scheduler.problem_file import dump
from tests.scheduler.weeks import request, week

SOUND = json.loads(dump(week(request("r17"), request("r18"))))
R17, R18 = SOUND["requests"]
OPTIONAL = {"reserved", "published", "move_cost", "repeat_cost"}
DEEP = "[" * 100_000


def with_number(key, number):
    """The sound problem with the second request's key as it is typed, JSON or not."""
    typed = json.dumps({**SOUND, "requests": [R17, {**R18, key: "typed"}]})
    return typed.replace('"typed"', number)


@pytest.mark.parametrize("key", ["length", "owed", "waited"])
@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "true", '"1"', "null", "[]", "{}", "1" + "0" * 30, "-1", "0.5e9"]
)
def test_a_number_that_is_none_names_the_request_and_the_key(solved, files, key, number):
    code, said = solved(with_number(key, number))
    assert code == 2
    assert f"request “r18”, {key}: " in said
    assert not files[2].exists()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "01", "1_000", "'1'"])
def test_what_json_does_not_know_names_the_byte(solved, number):
    code, said = solved(with_number("length", number))
    assert code == 2
    assert "problem.json is not valid JSON" in said
    assert "(byte " in said


@pytest.mark.parametrize("key", ["id", "holder"])
@pytest.mark.parametrize("name", ['""', "null", "3", '"\\ud800"', f"{'[' * 3000}{']' * 3000}"])
def test_a_name_that_is_none_is_refused(solved, key, name):
    assert solved(with_number(key, name))[0] == 2


@pytest.mark.parametrize(
    "name", ["💬", "ñandú", "a b", "<b>", "r'; --", "r" * 10_000, "\u202e", "0"]
)
def test_any_other_name_is_a_name(solved, run, files, name):
    code, said = solved(json.dumps({**SOUND, "requests": [R17, {**R18, "id": name}]}))
    assert code == 0, said
    assert run(cli.check, files[0], files[2]) == (0, "The plan keeps every rule.\n")


def windows(*spans):
    return [{"from": start, "to": end} for start, end in spans]


WEEKS = {
    "value with too few channels": ({"value": []}, "value: 0 channels have values"),
    "value with bare numbers": ({"value": [5, 5]}, "value[0]: Expected `array`"),
    "value with texts": ({"value": [["a"] * 6] * 2}, "value[0][0]: Expected `float`"),
    "value beyond all sums": ({"value": [[1e300] * 6] * 2}, "value[0][0]: Expected"),
    "value with too few hours": ({"starts": 25}, "value[0]: it has 6 hours, the week 7"),
    "value with too many hours": ({"starts_per_hour": 5}, "value[0]: it has 6 hours, the week 5"),
    "no channels": ({"channels": 0}, "channels: "),
    "too many channels": ({"channels": 1001}, "channels: "),
    "no starts": ({"starts": 0}, "starts: "),
    "starts below nothing": ({"starts": -24}, "starts: "),
    "more slots than memory": ({"starts": 10**6, "channels": 5}, "starts: 5000000 slots"),
    "no starts in an hour": ({"starts_per_hour": 0}, "starts_per_hour: "),
    "no seconds in a slot": ({"slot_seconds": 0}, "slot_seconds: "),
    "a week that no year has": ({"week": "2027-W53"}, "week: “2027-W53” is not a week"),
    "week 54": ({"week": "2026-W54"}, "week: “2026-W54” is not a week"),
    "week 0": ({"week": "2026-W00"}, "week: “2026-W00” is not a week"),
    "the year 0": ({"week": "0000-W10"}, "week: “0000-W10” is not a week"),
    "a week and more": ({"week": "2026-W48\n"}, "week: "),
    "a week in other digits": ({"week": "٢٠٢٦-W48"}, "week: "),
    "no zone": ({"zone": ""}, "zone: "),
    "a zone of nowhere": ({"zone": "Mars/Base"}, "there is no time zone “Mars/Base”"),
    "a folder of zones": ({"zone": "Africa"}, "there is no time zone “Africa”"),
    "a zone that is a path": ({"zone": "../../etc/passwd"}, "there is no time zone"),
    "a later format": ({"format": "mweya-problem/2"}, "format: "),
    "a plan for a problem": ({"format": "mweya-plan/1"}, "format: "),
    "a key too many": ({"colour": "blue"}, "unknown field `colour`"),
    "no rules": ({"rules": None}, "rules: "),
    "half the rules": ({"rules": {"holder_gap": 1}}, "rules: Object missing required field"),
    "a rule too many": ({"rules": {**SOUND["rules"], "luck": 1}}, "unknown field `luck`"),
    "a gap below nothing": ({"rules": {**SOUND["rules"], "holder_gap": -1}}, "rules.holder_gap: "),
    "a gap beyond all sums": ({"rules": {**SOUND["rules"], "silence_gap": 10**7}}, "silence_gap: "),
    "a move for part of a point": ({"move_cost": 1.5}, "move_cost: "),
    "a repeat that earns points": ({"repeat_cost": -1}, "repeat_cost: Expected `int` >= 0"),
    "a repeat for part of a point": ({"repeat_cost": 1.5}, "repeat_cost: Expected `int`"),
    "a repeat beyond all sums": ({"repeat_cost": 10**7}, "repeat_cost: Expected `int` <= 1000000"),
    "a repeat for nothing": ({"repeat_cost": None}, "repeat_cost: Expected `int`, got `null`"),
    "a category that is a number": (
        {"requests": [R17, {**R18, "category": 3}]},
        "request “r18”, category: Expected `str | null`",
    ),
    "blocks that overlap": (
        {"reserved": [{"channel": 0, "start": n, "length": 3} for n in (4, 6)]},
        "channel 0, start 6: it overlaps the block at start 4",
    ),
    "one block twice": (
        {"reserved": [{"channel": 1, "start": 4, "length": 3}] * 2},
        "channel 1, start 4: it overlaps",
    ),
    "a block beyond the week": (
        {"reserved": [{"channel": 0, "start": 22, "length": 3}]},
        "start 22: it ends at 25, outside the week",
    ),
    "one id twice": ({"requests": [R17, R17]}, "request “r17”, id: it is there twice"),
    "two pins on one slot": (
        {"requests": [{**one, "pin": {"channel": 0, "start": 3}} for one in (R17, R18)]},
        "request “r18”, pin: it shares channel 0, start 3 with “r17”",
    ),
    "a frozen place of nobody": (
        {"published": [{"id": "r9", "channel": 0, "start": 0, "frozen": True}]},
        "the published place of “r9”: it is frozen, and there is no such request",
    ),
    "a published place outside": (
        {"published": [{"id": "r17", "channel": 0, "start": 24}]},
        "the published place of “r17”: start 24 is outside",
    ),
    "windows outside": (
        {"requests": [R17, {**R18, "allowed": windows((0, 4), (20, 25))}]},
        "request “r18”, allowed: to 25 is outside the week",
    ),
    "a window that ends before it begins": (
        {"requests": [R17, {**R18, "allowed": windows((9, 4))}]},
        "request “r18”, allowed: from 9 to 4 is empty",
    ),
    "a window of nothing": (
        {"requests": [R17, {**R18, "wishes": [{"from": 4, "to": 4, "points": 1}]}]},
        "request “r18”, wishes: from 4 to 4 is empty",
    ),
    "a pin outside": (
        {"requests": [R17, {**R18, "pin": {"channel": 0, "start": 24}}]},
        "request “r18”, pin: start 24 is outside the week",
    ),
    "a pin on no channel": (
        {"requests": [R17, {**R18, "pin": {"channel": 9, "start": 0}}]},
        "request “r18”, pin: channel 9: there are 2, counted from 0",
    ),
    "a window on no channel": (
        {"requests": [R17, {**R18, "allowed": [{"from": 0, "to": 5, "channel": 2}]}]},
        "request “r18”, allowed: channel 2: there are 2",
    ),
    "a wish outside": (
        {"requests": [R17, {**R18, "wishes": [{"from": 0, "to": 30, "points": 1}]}]},
        "request “r18”, wishes: to 30 is outside the week",
    ),
    "a wish for nothing": (
        {"requests": [R17, {**R18, "wishes": [{"from": 0, "to": 3}]}]},
        "request “r18”, wishes[0]: Object missing required field `points`",
    ),
    "a request of no length": (
        {"requests": [R17, {**R18, "length": 0}]},
        "request “r18”, length: ",
    ),
    "a request of another kind": (
        {"requests": [R17, {**R18, "kind": "song"}]},
        "request “r18”, kind: ",
    ),
    "a request with a key too many": (
        {"requests": [R17, {**R18, "colour": "blue"}]},
        "request “r18”: Object contains unknown field `colour`",
    ),
    "a request that is none": ({"requests": [R17, 3]}, "requests[1]: Expected `object`"),
    "a block on no channel": (
        {"reserved": [{"channel": 4, "start": 0, "length": 5}]},
        "channel 4, start 0: there are 2 channels",
    ),
    "one request published twice": (
        {"published": [{"id": "r17", "channel": 0, "start": 2}] * 2},
        "the published place of “r17”, id: it is there twice",
    ),
    "a published place before the week": (
        {"published": [{"id": "r17", "channel": 0, "start": -2}]},
        "the published place of “r17”, start: ",
    ),
    "a pin before the week": (
        {"requests": [R17, {**R18, "pin": {"channel": 0, "start": -1}}]},
        "request “r18”, pin.start: ",
    ),
}


@pytest.mark.parametrize(("changes", "words"), WEEKS.values(), ids=WEEKS.keys())
def test_a_problem_that_can_not_be_is_refused_and_says_where(solved, files, changes, words):
    code, said = solved(json.dumps({**SOUND, **changes}))
    assert code == 2
    assert words in said
    assert not files[2].exists()


@pytest.mark.parametrize("key", sorted(SOUND.keys() - OPTIONAL))
def test_a_key_that_is_missing_is_named(solved, key):
    code, said = solved(json.dumps({name: fact for name, fact in SOUND.items() if name != key}))
    assert code == 2
    assert f"missing required field `{key}`" in said


TEXTS = {
    "nothing": "",
    "spaces": " " * 1000,
    "a list": "[1]",
    "null": "null",
    "cut off": json.dumps(SOUND)[:-30],
    "more after it": json.dumps(SOUND) + " x",
    "deep lists": DEEP,
    "deep objects": '{"format":' * 100_000,
    "deep in an unknown key": f'{{"x": {DEEP}{"]" * 100_000}}}',
    "deep in the values": f'{{"format": "mweya-problem/1", "value": {DEEP}',
    "UTF-16": json.dumps(SOUND).encode("utf-16"),
    "Latin-1": json.dumps(SOUND).replace("r18", "é").encode("latin-1"),
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_what_is_no_problem_at_all_is_refused(solved, files, text):
    code, said = solved(text)
    assert code == 2
    assert "problem.json" in said
    assert not files[2].exists()


def test_a_mark_that_some_editors_put_first_does_no_harm(solved):
    assert solved(b"\xef\xbb\xbf" + json.dumps(SOUND).encode())[0] == 0
