"""Icecast's configuration comes from the settings, and never with a known password."""

import stat
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playout.icecast import IcecastPlan, recipe, render
from playout.mounts import LOW, STANDARD, Quality

PLAN = IcecastPlan(
    host="127.0.0.1",
    port=8123,
    station="Radio <Ubuntu> & Friends",
    channels=("One", "Two", "Three"),
    qualities=(STANDARD, LOW, Quality("high", "mp3", "audio/mpeg", 320)),
    max_listeners=2000,
    source_password="s3cret-source",
    admin_password="s3cret-admin",
    relay_password="s3cret-relay",
    user=None,
)


def parsed(plan):
    return ET.fromstring(render(plan))  # noqa: S314  our own


# XML has no other control characters, and none of our secrets has any.
printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1
)


@given(printable)
def test_a_password_of_any_characters_arrives_as_it_is(password):
    root = parsed(replace(PLAN, source_password=password))
    assert root.findtext("authentication/source-password") == password


@pytest.mark.parametrize("known", ["", "hackme"])
@pytest.mark.parametrize("whose", ["source_password", "admin_password", "relay_password"])
def test_it_never_starts_with_a_known_password(known, whose):
    with pytest.raises(ValueError, match="known password"):
        render(replace(PLAN, **{whose: known}))


def test_every_channel_has_each_quality_and_falls_back_in_its_own_codec():
    root = parsed(PLAN)
    fallbacks = {m.findtext("mount-name"): m.findtext("fallback-mount") for m in root.iter("mount")}
    assert fallbacks == {
        **{f"/{channel}-standard.mp3": "/fallback-standard.mp3" for channel in range(3)},
        **{f"/{channel}-low.opus": "/fallback-low.opus" for channel in range(3)},
        **{f"/{channel}-high.mp3": "/fallback-high.mp3" for channel in range(3)},
        "/fallback-standard.mp3": None,
        "/fallback-high.mp3": None,
        "/fallback-low.opus": None,
    }


def test_players_show_the_station_and_the_channel():
    names = {
        m.findtext("mount-name"): m.findtext("stream-name") for m in parsed(PLAN).iter("mount")
    }
    assert names["/1-low.opus"] == "Radio <Ubuntu> & Friends, Two"
    assert names["/fallback-standard.mp3"] == "Radio <Ubuntu> & Friends"


def test_it_listens_where_the_settings_say_and_lets_that_many_in_a_mount():
    root = parsed(PLAN)
    assert root.findtext("listen-socket/bind-address") == "127.0.0.1"
    places = [int(mount.findtext("max-listeners") or 0) for mount in root.iter("mount")]
    assert places == [2003] * 12  # and the watch
    assert int(root.findtext("limits/sources") or 0) == 12


def test_listeners_in_every_place_leave_room_for_each_source_and_for_requests():
    root = parsed(PLAN)
    places = sum(int(mount.findtext("max-listeners") or 0) for mount in root.iter("mount"))
    assert int(root.findtext("limits/clients") or 0) >= places + 12 + 100


def test_root_lets_it_become_somebody_else_and_others_do_not_ask():
    as_root = parsed(replace(PLAN, user="icecast2"))
    assert as_root.findtext("security/changeowner/user") == "icecast2"
    assert parsed(PLAN).find("security/changeowner") is None


def test_its_file_is_for_its_owner_alone(settings):
    wanted = recipe(settings)
    file = settings.run_folder / "icecast.xml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert settings.secrets.icecast_source not in " ".join(wanted.command)


def test_other_settings_need_a_new_start(make_settings):
    settings = make_settings()
    before = recipe(settings).fingerprint
    assert recipe(settings).fingerprint == before
    assert (
        recipe(type(settings)(**{**_fields(settings), "station": _two(settings)})).fingerprint
        != before
    )


def _fields(settings):
    return {name: getattr(settings, name) for name in settings.__struct_fields__}


def _two(settings):
    return type(settings.station)(slot_seconds=6, channels=("One", "Two"))
