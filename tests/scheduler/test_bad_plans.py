"""Whatever a plan file holds, `mweya check` says what is not so, or that it is no plan."""

import json

import pytest

from scheduler.plan import dump as dump_plan
from tests.scheduler.test_bad_problems import SOUND, TEXTS
from tests.scheduler.weeks import planned, request, week

PROBLEM = week(request("r17"), request("r18"))
PLAN = json.loads(dump_plan(planned(PROBLEM, r17=(0, 3), r18=(1, 4))))
PLACED = PLAN["placements"]


PLANS = {
    "a problem": (SOUND, 2, "$.format"),
    "a later format": ({**PLAN, "format": "mweya-plan/2"}, 2, "$.format"),
    "a key too many": ({**PLAN, "luck": 1}, 2, "unknown field `luck`"),
    "another status": ({**PLAN, "status": "great"}, 2, "great"),
    "a start below nothing": ({**PLAN, "placements": [{**PLACED[0], "start": -1}]}, 2, "start"),
    "a start that is true": ({**PLAN, "placements": [{**PLACED[0], "start": True}]}, 2, "start"),
    "a start beyond all": ({**PLAN, "placements": [{**PLACED[0], "start": 10**30}]}, 2, "start"),
    "seconds below nothing": ({**PLAN, "seconds": -1}, 2, "seconds"),
    "a request nobody knows": (
        {**PLAN, "placements": [*PLACED, {"id": "r9", "channel": 0, "start": 9}]},
        1,
        "The problem has no request r9.",
    ),
    "a request that is lost": (
        {**PLAN, "placements": PLACED[:1]},
        1,
        "Request r18 is neither placed nor bumped.",
    ),
    "a request placed twice": (
        {**PLAN, "placements": PLACED * 2},
        1,
        "Request r17 stands in it 2 times.",
    ),
    "a channel too high": (
        {**PLAN, "placements": [{**PLACED[0], "channel": 2}, PLACED[1]]},
        1,
        "Request r17 lies outside the week at channel 2, start 3.",
    ),
    "a start too late": (
        {**PLAN, "placements": [{**PLACED[0], "start": 24}, PLACED[1]]},
        1,
        "Request r17 lies outside the week at channel 0, start 24.",
    ),
    "two on one slot": (
        {**PLAN, "placements": [{**PLACED[1], "id": one["id"]} for one in PLACED]},
        1,
        "Requests r17 and r18 share channel 1, slot 4.",
    ),
    "a score too high": ({**PLAN, "score": 9}, 1, "The score is 2, the plan says 9."),
    "a score beyond all": ({**PLAN, "score": 10**30}, 1, "The score is 2, the plan says 1000"),
    "no score": ({**PLAN, "score": None}, 1, "The score is 2, the plan says None."),
    "a bound below the score": ({**PLAN, "bound": 1}, 1, "The bound 1 is below the score 2."),
    "another gap": ({**PLAN, "bound": 4}, 1, "The gap is 0.5, the plan says 0.0."),
    "another bumped weight": (
        {**PLAN, "bumped_weight": 3},
        1,
        "The bumped weight is 0, the plan says 3.",
    ),
    "no grid": ({**PLAN, "status": "unknown"}, 1, "There is no grid: the plan says it is unknown."),
}


@pytest.mark.parametrize(("plan", "code", "words"), PLANS.values(), ids=PLANS.keys())
def test_a_plan_that_is_not_so_is_told_as_such(checked, plan, code, words):
    ended, said = checked(json.dumps(plan))
    assert ended == code, said
    assert words in said


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_what_is_no_plan_at_all_is_refused(checked, text):
    code, said = checked(text if isinstance(text, str) else text.decode("latin-1"))
    assert code == 2
    assert "plan.json" in said


@pytest.mark.parametrize("gap", ["NaN", "1e400"])
def test_a_gap_that_is_no_number_is_refused(checked, gap):
    assert checked(json.dumps(PLAN).replace('"gap": 0.0', f'"gap": {gap}'))[0] == 2
