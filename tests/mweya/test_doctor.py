"""The doctor says whom alarms reach, and what hides from the station who asks for its pages."""

import pytest

from mweya.doctor import State, _addresses, _alarms

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


@pytest.mark.parametrize(
    ("web", "things"),
    [
        ("public_url = 'https://radio.example'", ["web", "proxy"]),
        ("public_url = 'https://radio.example'\nproxy = '127.0.0.1'", ["web"]),
        ("", ["web"]),
    ],
)
def test_a_proxy_that_hides_who_asks_is_named(make_settings, web, things):
    assert [found.thing for found in _addresses(make_settings(f"[web]\n{web}\n"))] == things
