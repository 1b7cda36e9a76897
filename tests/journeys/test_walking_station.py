"""From an empty folder to members' voices on three streams, with a crash on the way.

Everything is real: the commands, the servers, Chromium without JavaScript at the forms, and a
listener who knows nothing but the streams' addresses.
"""

import csv
import json
import os
import signal
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from station.airtime import Slots, Week
from tests.journeys.house import House, engines, wait_until
from tests.playout.listening import MP3_DELAY_SECONDS, Listener, Stalls, _decoded
from tests.playout.tones import RATE_HZ
from tests.web.screens import browser, page_at

# Most of it is waiting for the clock.
pytestmark = pytest.mark.timeout(1200)

ZONE = ZoneInfo("Africa/Johannesburg")
SLOTS = Slots(10)
TONE_SECONDS = 8
AFTERWARDS = "afterwards"
# How long the members have to send their pieces before the first of them airs.
HEAD_START = timedelta(seconds=140)


@dataclass(frozen=True)
class Member:
    """Somebody with a piece: what their phone makes, and the tone it can be found by."""

    name: str
    suffix: str
    hertz: int
    late: bool = False

    @property
    def email(self):
        return f"{self.name.lower()}@example.org"


ADA = Member("Ada", ".opus", 523)
BEN = Member("Ben", ".m4a", 659)
CLEO = Member("Cleo", ".mp3", 784)
DAN = Member("Dan", ".wav", 988)
GUS = Member("Gus", ".opus", 1175)  # airs what Fay gave
HAL = Member("Hal", ".wav", 1397, late=True)  # airs after the crash
SENDERS = (ADA, BEN, CLEO, DAN, GUS, HAL)
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Gus", "Hal", "Eve", "Fay")
CODECS = {".opus": "libopus", ".m4a": "aac", ".mp3": "libmp3lame", ".wav": "pcm_s16le"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A station with ten-second slots that takes uploads during the week."""
    folder = tmp_path_factory.mktemp("journey")
    return House(
        folder / "station",
        {
            "MWEYA_STATION_SLOT_SECONDS": str(SLOTS.seconds),
            "MWEYA_WEEK_UPLOADS_CLOSE_HOURS": "-168",
            "MWEYA_WEEK_NOTICE_SECONDS": "20",
            "MWEYA_SOLVER_SECONDS": "10",
        },
    )


@pytest.fixture(scope="module")
def journey(house, tmp_path_factory):
    """The whole way once; the tests below look at what it left."""
    folder = tmp_path_factory.mktemp("pieces")
    house.ask("init")
    imported = house.ask("member", "import", member_file(folder))
    with house.up() as where:
        first = next_minute(datetime.now(UTC) + HEAD_START)
        pages = send_everything(house, where, folder, first)
        week = str(Week.of(first, ZONE))
        files = folder / "problem.json", folder / "plan.json"
        built = house.ask("week", "build", week, "--problem", files[0], "--plan", files[1])
        checked = house.ask("check", *files)
        house.ask("week", "publish", week)
        heard = listen(house, where, placed(house, week), first)
        now_playing, stalls = heard.pop("now"), heard.pop("stalls")
        wait_until(lambda: len(aired(house, week)) == len(SENDERS) + 1, 60)
        slots = aired(house, week)
        statements = {name: statement(house, name) for name in NAMES}
    return {
        "imported": imported,
        "pages": pages,
        "week": week,
        "built": built,
        "checked": checked,
        "placed": placed(house, week),
        "heard": heard,
        "now": now_playing,
        "stalls": stalls,
        "asrun": slots,
        "statements": statements,
    }


def member_file(folder):
    file = folder / "members.csv"
    with file.open("w", newline="") as out:
        table = csv.writer(out)
        table.writerow(["name", "email"])
        table.writerows([name, f"{name.lower()}@example.org"] for name in NAMES)
    return file


def next_minute(instant):
    return (instant + timedelta(minutes=1)).replace(second=0, microsecond=0)


def tone_file(folder, member):
    file = folder / f"{member.name}{member.suffix}"
    sound = f"sine=frequency={member.hertz}:duration={TONE_SECONDS}:sample_rate=48000"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", sound, "-af", "volume=0.5"]
    subprocess.run([*command, "-c:a", CODECS[member.suffix], str(file)], check=True)
    return file


def send_everything(house, where, folder, first):
    """Every member at the forms, in a browser without JavaScript; what their pages said."""
    pages = {}
    with browser() as opened:

        def visit(name, act):
            with page_at(opened, link=link_for(house, opened, where, name), scripts=False) as page:
                page.goto(where["member"])
                act(page)
                pages[name] = settled(page, where["member"])

        visit("Fay", lambda page: fill(page, "gift", email=GUS.email))
        visit("Eve", lambda page: fill(page, "silence", cause="George Floyd", **wish(first)))
        for member in SENDERS:
            visit(member.name, lambda page, by=member: upload(page, by, folder, first))
    return pages


def link_for(house, opened, where, name):
    """Ask for a sign-in link at the form, and take it from the letter."""
    email = f"{name.lower()}@example.org"
    with page_at(opened, scripts=False) as page:
        page.goto(where["member"])
        page.get_by_label("Your email address").fill(email)
        page.get_by_role("button", name="Send me the code").click()
    letter = house.letter_to(email, "Your way into")
    return next(line for line in letter.splitlines() if line.startswith("http"))


def wish(first, late=False):
    moment = (first + timedelta(minutes=2 if late else 0)).astimezone(ZONE)
    return {"moment": f"{moment:%Y-%m-%dT%H:%M}", "minutes": "1"}


def upload(page, member, folder, first):
    if member is GUS:
        page.get_by_role("button", name="Accept").first.click()
    # Gus has five minutes of his own this week, and Fay's after them.
    form = page.locator("form[action$='/recording']").nth(int(member is GUS))
    unfold(form)
    form.locator("input[type=file]").set_input_files(tone_file(folder, member))
    form.locator("input[name=title]").fill(f"{member.name}'s tone")
    form.get_by_label("You may air this").check()
    wishes(form, wish(first, member.late))
    form.get_by_role("button", name="Send it").click()


def fill(page, way, **fields):
    form = page.locator(f"form[action$='/{way}']").first
    unfold(form)
    wishes(form, fields)
    for name in fields.keys() - {"moment", "minutes"}:
        form.locator(f"input[name={name}]").fill(fields[name])
    form.locator("button").last.click()


def unfold(form):
    folds = form.locator("xpath=ancestor::details[not(@open)]/summary")
    while folds.count():
        folds.first.click()


def wishes(form, fields):
    if "moment" in fields:
        form.locator("details", has=form.page.locator("[name=moment]")).locator("summary").click()
        for name in ("moment", "minutes"):
            form.locator(f"input[name={name}]").fill(fields[name])


def settled(page, address):
    """The page's words, folded ones too, once nothing on it is being checked any more."""

    def done():
        page.goto(address)
        said = page.text_content("main")
        return "are checking" not in said and "is being made" not in said

    wait_until(done, 90)
    return page.text_content("main")


def placed(house, week):
    """Where each title was placed: channel, and when it starts."""
    shown = house.ask("week", "show", week)
    return {
        one["title"]: (one["channel"], datetime.fromisoformat(one["at"]))
        for one in shown["placements"]
    }


def listen(house, where, placements, first):
    """Listen to all three channels from before the first piece until after the last.

    On the way the engine of the late piece's channel is killed. Gives a recording for each
    channel, one of the late piece's channel `AFTERWARDS`, and what the page showed as on air.
    """
    mounts = [mount for mount in where["mounts"] if mount["quality"] == "standard"]
    channel, late_at = placements[f"{HAL.name}'s tone"]
    sleep_until(first - timedelta(seconds=5))
    listeners = {mount["channel"]: Listener(url=mount["url"]) for mount in mounts}
    stalls = Stalls()
    some_title, (some_channel, some_at) = min(placements.items(), key=lambda item: item[1][1])
    sleep_until(some_at + timedelta(seconds=2))
    now_playing = some_title, some_channel, now_on(where)
    sleep_until(late_at - timedelta(seconds=25))
    kill_engine(house, channel)
    # Whoever was moved to the fallback and back counts other bytes than the clock: the late
    # piece is timed by a listener who came after the crash.
    sleep_until(late_at - timedelta(seconds=8))
    listeners[AFTERWARDS] = Listener(url=mounts[channel]["url"])
    sleep_until(late_at + timedelta(seconds=SLOTS.seconds + 3))
    stalls.stop()
    for listener in listeners.values():
        listener.stop()
    with ThreadPoolExecutor() as pool:
        recordings = pool.map(Recording, listeners.values())
    heard = dict(zip(listeners, recordings, strict=True))
    return {"now": now_playing, "stalls": stalls, **heard}


def heard_at(journey, member, after, seconds):
    """What was heard of a member's channel, from `after` seconds past their time on."""
    channel, at = journey["placed"][f"{member.name}'s tone"]
    return journey["heard"][AFTERWARDS if member.late else channel].at(at, after, seconds)


class Recording:
    """What a listener heard, by the clock."""

    def __init__(self, listener):
        self.samples = _decoded(bytes(listener.received))
        self.began_at = listener.began_at() + MP3_DELAY_SECONDS
        self.ended_by_server = listener.ended_by_server

    def at(self, instant, after, seconds):
        """The samples from `after` seconds past an instant on."""
        start = round((instant.timestamp() + after - self.began_at) * RATE_HZ)
        return self.samples[start : start + round(seconds * RATE_HZ)]


def now_on(where):
    with urllib.request.urlopen(f"{where['listen']}api/now.json", timeout=10) as answer:
        return json.loads(answer.read())


def kill_engine(house, channel):
    """Kill the Liquidsoap of one channel, and see another one come."""
    (before,) = engines(house, channel)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: set(engines(house, channel)) - {before}, 30)


def sleep_until(instant):
    time.sleep(max(0.0, (instant - datetime.now(UTC)).total_seconds()))


def aired(house, week):
    ran = house.run("asrun", week, "--json")
    slots = json.loads(ran.stdout)["slots"]
    return {slot["title"]: slot for slot in slots if slot["outcome"] not in ("ahead", "undecided")}


def statement(house, name):
    return house.ask("member", "statement", f"{name.lower()}@example.org")["rights"]


def loudest_hertz(samples):
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE_HZ / len(samples))


def decibels(samples):
    return 20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-9)


def test_rights_are_issued_for_a_year(journey):
    assert journey["imported"]["imported"] == len(NAMES)
    assert journey["imported"]["rights"] == 52 * len(NAMES)


def test_the_members_page_says_what_happened_to_each_upload(journey):
    for member in SENDERS:
        assert f"{member.name}'s tone" in journey["pages"][member.name]
    assert "George Floyd" in journey["pages"]["Eve"]


def test_the_solver_places_everybody_and_the_checker_finds_nothing(journey):
    assert journey["built"]["placed"] == len(SENDERS) + 1
    assert journey["built"]["bumped"] == []
    assert journey["checked"] == {"violations": []}


@pytest.mark.parametrize("member", SENDERS, ids=lambda member: member.name)
def test_each_members_tone_is_heard_at_its_time_on_its_channel(journey, member):
    heard = heard_at(journey, member, 0.5, TONE_SECONDS - 1.5)
    assert len(heard) == round((TONE_SECONDS - 1.5) * RATE_HZ)
    assert loudest_hertz(heard) == pytest.approx(member.hertz, abs=2)
    assert decibels(heard) > -30


@pytest.mark.parametrize("member", SENDERS, ids=lambda member: member.name)
def test_no_tone_is_heard_before_its_time(journey, member):
    before = heard_at(journey, member, -0.6, 0.5)
    assert loudest_hertz(before) != pytest.approx(member.hertz, abs=5)


def test_where_silence_was_dedicated_it_is_quiet(journey):
    channel, at = journey["placed"]["George Floyd"]
    heard = journey["heard"][channel].at(at, 0.5, SLOTS.seconds - 1)
    assert len(heard) == (SLOTS.seconds - 1) * RATE_HZ
    assert decibels(heard) < -60


def test_the_public_page_shows_who_is_on_air(journey):
    title, channel, shown = journey["now"]
    assert title in json.dumps(shown["channels"][channel]["now"])


def test_no_listener_was_sent_away_by_the_crash(journey):
    assert [channel for channel, heard in journey["heard"].items() if heard.ended_by_server] == []


def test_as_run_says_what_aired_and_how_exactly(journey):
    slots = journey["asrun"].values()
    assert {slot["outcome"] for slot in slots} <= {"aired", "late"}
    for slot in slots:
        planned = datetime.fromisoformat(slot["planned_at"]).timestamp()
        assert journey["stalls"].allowed(planned, slot["start_error_ms"] / 1000)


def test_statements_say_who_gave_and_who_aired(journey):
    week = journey["week"]
    fates = {
        name: [line["fate"] for line in lines if line["week"] == week]
        for name, lines in journey["statements"].items()
    }
    assert fates["Fay"] == ["given"]
    assert fates["Eve"] == ["aired"]
    assert fates["Ada"] == ["aired"]
    assert sorted(fates["Gus"]) == ["aired", "unused"]


def test_the_books_are_whole_and_nothing_is_left_running(journey, house):
    assert house.ask("ledger", "verify")["violations"] == []
    assert [pid for channel in range(3) for pid in engines(house, channel)] == []
