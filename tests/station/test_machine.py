"""The station does what a simple model of it foresees, whatever people press."""

import pytest

from tests.station.machine.clock import prove
from tests.station.machine.stage import Stage

OFTEN = {
    *("give", "give by link", "accept", "accept by link", "refuse by link", "renew a link"),
    *("sell", "reserve", "paid", "received", "dispute", "resolve", "withdraw"),
    *(
        "dedicate",
        "dedicate several",
        "upload",
        "check",
        "ask for nothing",
        "cancel",
        "choose for good",
    ),
    *("close weeks", "end weeks", "make good", "settle", "begin a year", "a slot aired"),
}


# When it finds something, it looks for the shortest way there.
@pytest.mark.timeout(900)
def test_the_station_and_its_model_agree_on_every_press(tmp_path):
    stage = Stage(tmp_path)
    prove(stage, examples=200, steps=50, anew=False)
    stage.close()
    assert {verb for verb, said in stage.presses if said == "done"} >= OFTEN
