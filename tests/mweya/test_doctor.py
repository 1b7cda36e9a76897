"""The doctor says of alarms whom they reach, and that what is filed reaches nobody."""

import pytest

from mweya.doctor import State, _alarms

MAILED = "[alarms]\nmail_to = ['ops@example.org']\n"


@pytest.mark.parametrize(
    ("toml", "state", "says"),
    [
        ("", State.CAREFUL, "dead air is told to the log alone"),
        (MAILED, State.CAREFUL, "those for ops@example.org are filed, and reach nobody"),
        (f"{MAILED}[mail]\nhost = 'mx.example.org'\n", State.FINE, "told to ops@example.org"),
        ("[alarms]\nwebhook = 'https://example.org/x'\n", State.FINE, "told to webhook"),
    ],
)
def test_alarms_that_reach_nobody_are_named(make_settings, toml, state, says):
    *_, alarms = _alarms(make_settings(toml))
    assert (alarms.state, alarms.says) == (state, says)
