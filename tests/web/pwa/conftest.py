"""A phone with a microphone: a real Chromium that keeps its profile and hears a voice of ours."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Playwright, sync_playwright

from station.airtime import Week
from station.db import Database
from station.members import Applicant, Person, admit
from station.membership import years
from station.settings import Settings
from station.signin import new_link
from tests.media import sounds
from tests.web.screens import CHROMIUM, FLAGS, PHONE
from web.app import open_server

MICROPHONE = "--use-fake-device-for-media-stream"
AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"
ANSWER = {True: "--use-fake-ui-for-media-stream", False: "--use-fake-ui-for-media-stream=deny"}


@dataclass
class Phone:
    """A browser with its profile; `kill` ends it as an empty battery does."""

    playwright: Playwright
    profile: Path
    voice: Path

    @contextmanager
    def opened(self, link: str, allowed: bool = True) -> Iterator[Page]:
        """The browser, with whoever has a link signed in; `allowed` says who may listen to them."""
        voice = f"--use-file-for-fake-audio-capture={self.voice}"
        context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=[*FLAGS, MICROPHONE, ANSWER[allowed], voice],
            viewport={"width": PHONE[0], "height": PHONE[1]},
            device_scale_factor=2,
        )
        (page,) = context.pages
        page.add_init_script(path=AXE)
        page.goto(link)
        page.click("main button")
        try:
            yield page
        finally:
            # One that was killed may not be known to be gone yet.
            with suppress(Error):
                context.close()

    def kill(self) -> None:
        """Kill the browser at once."""
        # Chromium's lock on a profile is a link that names the host and its own process.
        lock = (self.profile / "SingletonLock").readlink().name
        os.kill(int(lock.rpartition("-")[2]), signal.SIGKILL)


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings("[station]\nslot_seconds = 6\n")


@pytest.fixture
def thandi(database: Database, settings: Settings) -> Person:
    """A member as of this minute: the pages are served by the real clock."""
    now = datetime.now(UTC)
    with database.writing() as session:
        person = admit(session, Applicant("Thandi Mokoena", "thandi@example.org"), now)
        first = Week.of(now, settings.zone).plus(1)
        years.begin(session, [years.NewYear(person, first)], now, weeks=3)
        return person


@pytest.fixture
def link(settings: Settings, database: Database, thandi: Person) -> Iterator[Callable[[], str]]:
    """Makes one-time links for her, on a station that is served."""
    serving = open_server(settings, database, "127.0.0.1", 0)
    running = threading.Thread(target=serving.run)
    running.start()

    def made() -> str:
        with database.writing() as session:
            return f"{serving.url}/signin/{new_link(session, thandi, datetime.now(UTC))}"

    yield made
    serving.stop()
    running.join(timeout=10)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    voice = sounds.saved(sounds.noise(20), tmp_path / "voice.wav")
    with sync_playwright() as playwright:
        yield Phone(playwright, tmp_path / "profile", voice)
