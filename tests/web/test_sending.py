"""In a real browser a form sends its file in chunks, through all that a network does to it."""

import re

import pytest

from tests.web.screens import browser, page_at
from tests.web.sending import Cutting, served
from tests.web.uploads import recordings_in

# The form of a week that something was sent for is folded.
OPEN = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 600_000}
NOTE = b"OggS" + bytes(range(256)) * 2000


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served"), 1) as opened:
        yield opened


@pytest.fixture(scope="module")
def opened():
    with browser() as chromium:
        yield chromium


@pytest.fixture
def network(station):
    """A network that drops its connections a few times."""
    cutting = Cutting(station.port, 100_000, 3)
    yield cutting
    cutting.close()


@pytest.fixture
def phone(opened, station, network):
    url = f"http://127.0.0.1:{network.own_port}"
    with page_at(opened) as page:
        name, _, text = station.senders[0].cookie.partition("=")
        page.context.add_cookies([{"name": name, "value": text, "url": url}])
        page.goto(f"{url}/member/")
        yield page


def choose(page, content):
    file = {"name": "PTT-7.opus", "mimeType": "audio/ogg", "buffer": content}
    page.locator("form[data-send] input[name=file]").first.set_input_files(file)


def fill(page, title):
    page.locator("input[name=title]").first.fill(title)
    page.get_by_label("You may air this").first.check()


def said(page):
    return page.locator("form[data-send] [data-said]").first


def send(page):
    page.get_by_role("button", name="Send it", exact=True).first.click()


def newest(station):
    return recordings_in(station.database)[-1]


def test_a_voice_note_arrives_though_the_network_drops(phone, station):
    assert "costs about 0.9 MB to send" in said(phone).inner_text()
    choose(phone, NOTE)
    assert said(phone).inner_text() == "Sending this costs about 0.5 MB."
    fill(phone, "The river")
    phone.context.set_offline(True)
    send(phone)
    phone.get_by_text("There is no connection just now.").wait_for()
    # Pressing again in the meantime does nothing.
    send_again = phone.locator("form[data-send] button.wide").first
    assert send_again.is_disabled()
    phone.context.set_offline(False)
    phone.get_by_text(re.compile(r"We have your recording \(")).wait_for()
    assert (newest(station).title, newest(station).upload_bytes) == ("The river", len(NOTE))


def test_after_a_reload_the_same_file_goes_on_where_it_was(phone, station, network):
    longer = NOTE[::-1] * 3
    phone.context.new_cdp_session(phone).send("Network.emulateNetworkConditions", SLOW)
    phone.evaluate(OPEN)
    choose(phone, longer)
    fill(phone, "The sea")
    before = network.sent
    send(phone)
    phone.get_by_text(re.compile(r"0\.[5-9] MB of 1\.5 MB have arrived")).wait_for()
    phone.reload()
    phone.evaluate(OPEN)
    choose(phone, longer)
    fill(phone, "The sea")
    send(phone)
    phone.get_by_text(re.compile(r"We have your recording \(")).wait_for()
    assert (newest(station).title, newest(station).upload_bytes) == ("The sea", len(longer))
    assert network.sent - before < len(longer) + 400_000
