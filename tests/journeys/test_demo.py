"""What a newcomer gets from `make run`: a station that is on air when its addresses are printed."""

import json
import re
import subprocess
import urllib.request
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from station.airtime import Week
from tests.journeys.house import House, wait_until
from tests.web.screens import DESKTOP, browser, page_at

# A demo station is made once, with three dozen masters.
pytestmark = pytest.mark.timeout(900)

ZONE = ZoneInfo("Africa/Johannesburg")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A demo station, made once."""
    made = House(tmp_path_factory.mktemp("demo") / "station")
    answer = made.ask("init", "--demo")
    assert answer["members"] >= 24
    return made


@pytest.fixture(scope="module")
def first_run(house):
    """What can be seen and heard while it runs for the first time."""
    with house.up() as where:
        with urllib.request.urlopen(f"{where['listen']}api/now.json", timeout=10) as answer:
            channels = json.loads(answer.read())["channels"]
        pages = {name: fetched(where[name]) for name in ("member", "desk", "listen")}
        loud = {mount["url"]: loudest_decibels(mount["url"]) for mount in where["mounts"]}
        statuses = house.ask("playout", "status")["channels"]
    said = house.home.with_name("up.txt").read_text()
    return {"channels": channels, "pages": pages, "loud": loud, "statuses": statuses, "said": said}


def fetched(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()


def loudest_decibels(url):
    """The peak of the next seconds of a stream, in dBFS, as ffmpeg hears it."""
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-t", "6", "-i", url]
    ran = subprocess.run(
        [*command, "-af", "volumedetect", "-f", "null", "-"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (line,) = [line for line in ran.stderr.splitlines() if "max_volume" in line]
    return float(line.split("max_volume:")[1].split()[0])


def test_a_member_is_on_air_on_every_channel_at_once(first_run):
    assert [channel["now"]["kind"] for channel in first_run["channels"]] == ["segment"] * 3
    assert all(channel["now"]["speaker"] for channel in first_run["channels"])
    assert all(channel["next"] for channel in first_run["channels"])


def test_there_is_sound_on_every_mount(first_run):
    assert len(first_run["loud"]) == 6
    assert [url for url, decibels in first_run["loud"].items() if decibels < -40] == []


def test_the_running_slot_is_what_each_engine_plays(first_run):
    assert [status["hears"] for status in first_run["statuses"]] == ["slot"] * 3


def test_three_addresses_and_two_ways_in_are_printed(first_run):
    assert [status for status, _ in first_run["pages"].values()] == [200] * 3
    for name in ("Listen", "Members", "Desk"):
        assert f"  {name}" in first_run["said"]
    assert first_run["said"].count("/signin/") == 2


def test_the_demo_has_gifts_a_sale_and_silences(house):
    journal = house.ask("ledger", "export")["journal"]
    kinds = {line.split()[2] for line in journal if "hash:" in line}
    assert {"issue", "offer", "gift", "sale"} <= kinds
    week = house.ask("week", "show", Week.of(datetime.now(UTC), ZONE))
    assert [one for one in week["placements"] if one["kind"] == "silence"]


def people(house):
    return [(one["id"], one["email"]) for one in house.ask("member", "list")["members"]]


def test_a_second_run_goes_on_where_the_first_one_was(house, first_run):
    assert first_run["channels"]
    before = people(house)
    with house.up() as where:
        status, page = fetched(where["listen"])
    assert status == 200
    assert "is on air" in page
    assert people(house) == before
    assert house.ask("ledger", "verify")["violations"] == []


OPERATOR = "thandi@demo.localhost.test"
WHY_PUBLISH, WHY_PULL = "everybody who asked has a place", "a name that must not be said"


def playing(where, channel):
    """What listeners are told of a channel."""
    with urllib.request.urlopen(f"{where['listen']}api/now.json", timeout=10) as answer:
        return json.loads(answer.read())["channels"][channel]["now"]


def test_an_operator_builds_publishes_and_pulls_at_the_desk(house, first_run):
    assert first_run["channels"]
    with house.up() as where, browser() as opened:
        token = house.ask("signin", OPERATOR)["link"].rpartition("/")[2]
        with page_at(opened, DESKTOP, link=f"{where['listen']}signin/{token}") as page:
            page.goto(where["desk"])
            page.get_by_role("button", name=re.compile("Build (the week|again)")).click()
            page.get_by_role("link", name=re.compile("publish …|Publish version")).click(
                timeout=120_000
            )
            page.locator("#reason").fill(WHY_PUBLISH)
            page.get_by_role("button", name=re.compile("Publish version")).click()
            page.get_by_text("is published.").first.wait_for()

            page.goto(f"{where['desk']}moderation/")
            pulled = playing(where, 0)
            page.get_by_role("link", name=re.compile("^Pull .* off air")).first.click()
            page.locator("#reason").fill(WHY_PULL)
            page.get_by_role("button", name="Pull it off air now").click()
            wait_until(lambda: playing(where, 0) != pulled, 5)
            # Until the engine has said what it sends instead, nothing is claimed.
            wait_until(lambda: (playing(where, 0) or pulled)["kind"] == "fill", 15)
            assert loudest_decibels(where["mounts"][0]["url"]) > -40

            page.goto(f"{where['desk']}trail/")
            trail = page.locator("main").inner_text()
            assert WHY_PUBLISH in trail
            assert WHY_PULL in trail
    assert house.ask("ledger", "verify")["violations"] == []
