"""A listener's phone: what it is told, how a lost sound comes back, and whose time it shows."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from station import schema
from station.airlog import AirLine
from station.db import Database, connect
from station.members import open_station_accounts
from station.settings import load, write_new
from tests.web.screens import browser
from tests.web.seed import fill
from tests.web.streaming import Streaming, streaming
from web.app import open_server
from web.public.alike import KEPT_SECONDS

LOW, STANDARD = "/0-low.opus", "/0-standard.mp3"


@pytest.fixture(scope="module")
def streams(tmp_path_factory) -> Iterator[Streaming]:
    with streaming(tmp_path_factory.mktemp("stream")) as found:
        yield found


@pytest.fixture(scope="module")
def served(tmp_path_factory, streams) -> Iterator[tuple[str, Database]]:
    home = tmp_path_factory.mktemp("listen") / "station"
    write_new(home, f'[station]\nslot_seconds = 300\n[icecast]\npublic_url = "{streams.url}"\n')
    settings = load(home, environment={})
    database = connect(settings.database_url)
    schema.upgrade(database)
    with database.writing() as session:
        open_station_accounts(session)
    fill(database, settings, datetime.now(UTC))
    serving = open_server(settings, database, "127.0.0.1", 0)
    running = threading.Thread(target=serving.run)
    running.start()
    yield serving.url, database
    serving.stop()
    running.join(timeout=10)
    database.close()


@pytest.fixture(scope="module")
def url(served):
    return served[0]


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium


@pytest.fixture
def page(opened, streams) -> Iterator[Page]:
    streams.on = True
    context = opened.new_context(timezone_id="Africa/Johannesburg")
    yield context.new_page()
    context.close()
    streams.wait_until([])


def press(page: Page) -> None:
    """Press play or pause on the first channel."""
    page.locator("audio").first.focus()
    page.keyboard.press("Space")


def hears(page):
    """Whether sound goes on within ten seconds."""
    return page.evaluate(
        """() => new Promise((done) => {
          const audio = document.querySelector("audio");
          const from = audio.currentTime;
          const look = () => audio.currentTime > from + .3 && !audio.paused && done(true);
          setInterval(look, 100);
          setTimeout(() => done(false), 10000);
        })"""
    )


def test_play_costs_little_and_the_phone_is_told_who_speaks(page, url, streams):
    page.goto(url)
    press(page)
    assert hears(page)
    assert streams.listening == [LOW]
    said = page.evaluate(
        """() => {
          const { title, artist, album, artwork } = navigator.mediaSession.metadata;
          return [title, artist, album, artwork[0].src];
        }"""
    )
    assert said[:3] == ["The river behind our school", "Thandi Mokoena", "Mweya · Channel One"]
    assert said[3].startswith(f"{url}/static/icon-512.png")
    press(page)
    streams.wait_until([])


def test_a_lost_sound_comes_back_by_itself_and_says_so_meanwhile(page, url, streams):
    page.goto(url)
    press(page)
    assert hears(page)
    streams.cut()
    sound = page.locator("#sound")
    said = re.compile(r"The sound was lost. Trying again in \d+ s.")
    expect(sound).to_have_text(said, timeout=20_000)
    streams.on = True
    expect(sound).to_have_text("", timeout=20_000)
    assert hears(page)


def test_another_quality_is_played_at_once_and_remembered(page, url, streams):
    page.goto(url)
    press(page)
    assert hears(page)
    with page.expect_response(re.compile("quality=standard")):
        page.get_by_role("link", name="58 MB standard").click()
    streams.wait_until([STANDARD])
    page.goto(url)
    assert page.locator("audio source").first.get_attribute("type") == "audio/mpeg"
    assert page.locator(".choice [aria-current]").inner_text() == "58 MB standard"


def test_a_player_plays_within_another_sites_page(page, url, streams):
    frame = f'<iframe src="{url}/player/1" title="radio" width="480" height="320"></iframe>'
    # Any other host will do, and has its own page, if only to say that there is nothing.
    page.goto(streams.url)
    page.evaluate("frame => { document.body.innerHTML = frame }", frame)
    inside = page.frame_locator("iframe")
    expect(inside.locator(".now strong")).to_have_text("The river behind our school")
    inside.locator("audio").focus()
    page.keyboard.press("Space")
    streams.wait_until([LOW])
    with page.expect_popup() as opened:
        inside.locator(".now a").click()
    assert opened.value.locator("h1").inner_text() == "The river behind our school"


def test_times_are_those_of_whoever_listens(opened, url):
    context = opened.new_context(timezone_id="Asia/Kolkata")
    page = context.new_page()
    page.goto(url)
    expect(page.locator("#zone")).to_have_text(re.compile("Times are yours: (Kolkata|Calcutta)."))
    at = datetime.fromisoformat(page.locator("time").first.get_attribute("datetime"))
    there = page.locator("time").first.inner_text()
    kolkata = (at.astimezone(UTC).hour * 60 + at.minute + 330) % (24 * 60)
    assert there.endswith(f"{kolkata // 60:02}:{kolkata % 60:02}")
    page.goto(f"{url}/guide?from=6")
    expect(page.locator(".card .hint")).to_have_text(re.compile("^09:30.15:30$"))
    context.close()


def test_the_phone_is_told_of_the_next_voice_while_it_plays(page, served, streams):
    url, database = served
    page.goto(url)
    press(page)
    streams.wait_until([LOW])
    with database.writing() as session:
        session.execute(sa.update(AirLine).values(title="After the news"))
    page.wait_for_timeout(KEPT_SECONDS * 1000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#now-0 strong")).to_have_text("After the news")
    assert page.evaluate("navigator.mediaSession.metadata.title") == "After the news"
