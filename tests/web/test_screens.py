"""The pages in a real Chromium: nothing wider than the phone, everything labelled, no errors."""

import threading
from datetime import UTC, datetime

import pytest

from station import alarms
from station.airtime import Week
from station.alarms import AlarmKind, Raised
from station.signin import new_link
from tests.web.screens import DESKTOP, PHONE, Screen, browser, page_at, take
from tests.web.seed import bring_fill, fill
from tests.web.seed_market import trade
from tests.web.seed_membership import MEMBERSHIP, fill_membership
from web.app import open_server

SMALLEST = (320, 640)
PAGES = {
    "member": [
        "/",
        "/signin",
        "/member/",
        "/member/statement",
        "/member/standing/",
        "/member/sound/",
        "/member/causes/",
        "/member/link",
        "/market/",
    ],
    "trader": [
        "/member/?weeks=9",
        "/member/bulk/?every=2",
        "/member/bulk/chosen?{trade.rights}",
        "/member/requests/{trade.request}/swap",
        "/market/",
        "{trade.gift}",
    ],
    "payable": ["/membership/"],
    "waiting": ["/membership/"],
    "newcomer": [
        "/join",
        "/membership/",
        "/membership/cancellation",
        "/membership/invitation",
        "/membership/receipts/{joined.reference}",
    ],
    "operator": [
        "/desk/",
        "/desk/weeks/{week}",
        "/desk/weeks/{week}/days/1",
        "/desk/members/",
        "/desk/members/{joined.newcomer.id}",
        "/desk/members/{joined.newcomer.id}/statement",
        "/desk/fees/",
        "/desk/fees/?q=RF",
        "/desk/disputes/",
        "/desk/causes/",
        "/desk/fill/",
        "/desk/books/",
        "/desk/alarms/",
    ],
}

# What a person who can't see the page, or can't use a mouse, would miss.
MISSING = """() => {
  // What is folded away is looked at too.
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const every = (selector) => [...document.querySelectorAll(selector)];
  const named = (one) =>
    one.labels?.length || one.getAttribute("aria-label") || one.textContent.trim();
  const ids = every("[id]").map((one) => one.id);
  return {
    unnamed: every("input:not([type=hidden]), select, button, audio, a, meter")
      .filter((one) => !named(one)).map((one) => one.outerHTML),
    twice: ids.filter((id, at) => ids.indexOf(id) !== at),
    headings: document.querySelectorAll("h1").length,
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    small: every("button.wide, button.loud, summary, select, input:not(.tick input)")
      .filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML),
  };
}"""
NOTHING = {"unnamed": [], "twice": [], "headings": 1, "wider": 0, "small": []}


@pytest.fixture
def settings(make_settings):
    return make_settings(MEMBERSHIP)


@pytest.fixture
def week(settings):
    """The week that has a draft."""
    return Week.of(datetime.now(UTC), settings.zone).plus(1)


@pytest.fixture
def seeded(settings, database):
    now = datetime.now(UTC)
    found = fill(database, settings, now)
    joined = fill_membership(database, settings, found, now)
    with database.writing() as session:
        bring_fill(session, settings, now)
        for channel, ended in ((0, None), (1, now)):
            alarms.keep(session, Raised(AlarmKind.QUIET, channel, "standard", now, now, ended, {}))
        return found, trade(session, settings, found, now), joined


@pytest.fixture
def names(week, seeded):
    """What the pages' addresses name."""
    return {"week": week, "trade": seeded[1], "joined": seeded[2]}


@pytest.fixture
def station(settings, database, seeded):
    """A full station, served, with one-time links."""
    now = datetime.now(UTC)
    found, _, joined = seeded
    serving = open_server(settings, database, "127.0.0.1", 0)
    running = threading.Thread(target=serving.run)
    running.start()

    def link(person):
        with database.writing() as session:
            return f"{serving.url}/signin/{new_link(session, person, now)}"

    people = {
        "member": found.members[0],
        "trader": found.members[-1],
        "payable": joined.payable,
        "waiting": joined.waiting,
        "newcomer": joined.newcomer,
        "operator": found.operator,
    }
    yield serving.url, {role: link(person) for role, person in people.items()}
    serving.stop()
    running.join(timeout=10)


def test_pages_fit_a_small_phone_and_name_every_control(station, names):
    url, links = station
    with browser() as opened:
        for role, paths in PAGES.items():
            with page_at(opened, SMALLEST, link=links[role]) as page:
                for path in paths:
                    answer = page.goto(url + path.format(**names))
                    assert answer.ok, path
                    assert page.evaluate(MISSING) == NOTHING, path


# Text whose colour is too near to what is behind it (WCAG 2.2, 1.4.3).
FAINT = """() => {
  const light = ([r, g, b]) => {
    const one = (c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
    return .2126 * one(r) + .7152 * one(g) + .0722 * one(b);
  };
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const found = parts(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
  };
  const large = ({fontSize, fontWeight}) =>
    parseFloat(fontSize) >= (fontWeight >= 700 ? 18.67 : 24);
  const written = (one) => one.offsetHeight
    && [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim());
  return [...document.querySelectorAll("body *")].filter(written).filter((one) => {
    const style = getComputedStyle(one);
    const [dim, bright] = [parts(style.color), behind(one)].map(light).sort((a, b) => a - b);
    return (bright + .05) / (dim + .05) < (large(style) ? 3 : 4.5);
  }).map((one) => one.outerHTML);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(scheme, station, names):
    url, links = station
    with browser() as opened:
        for role in ("trader", "operator"):
            with page_at(opened, scheme=scheme, link=links[role]) as page:
                for path in PAGES[role]:
                    page.goto(url + path.format(**names))
                    assert page.evaluate(FAINT) == [], path


def test_the_browser_finds_nothing_to_complain_about(station, names):
    url, links = station
    said: list[str] = []
    with browser() as opened:
        for role, paths in PAGES.items():
            with page_at(opened, link=links[role]) as page:
                page.on("console", lambda message: said.append(message.text))
                page.on("pageerror", lambda error: said.append(str(error)))
                for path in paths:
                    page.goto(url + path.format(**names))
    assert said == []


def test_a_newcomer_applies_on_a_small_phone_without_scripts(station):
    url, _ = station
    with browser() as opened, page_at(opened, SMALLEST, scripts=False) as page:
        answer = page.goto(f"{url}/join")
        assert answer.ok
        page.get_by_label("Your name").fill("Nandi Zulu")
        page.get_by_label("Your email address").fill("nandi@example.org")
        page.get_by_label("Who are you?").fill("A nurse from Durban, awake when others sleep.")
        hidden = page.locator(".trap").bounding_box()
        assert hidden["x"] + hidden["width"] < 0
        page.get_by_role("button", name="Apply").click()
        assert page.locator("h1").inner_text() == "Thank you. Look at your mail."


def test_a_member_sends_a_recording_without_scripts(station, tmp_path):
    url, links = station
    voice = tmp_path / "PTT-20261121-WA0007.opus"
    voice.write_bytes(b"OggS" * 999)
    with browser() as opened, page_at(opened, link=links["member"], scripts=False) as page:
        page.goto(f"{url}/member/")
        form = page.locator("form.main").first
        form.locator("input[type=file]").set_input_files(voice)
        form.get_by_label("Title").fill("The river")
        form.get_by_label("You may air this").check()
        form.get_by_role("button", name="Send it").click()
        assert "We have your recording" in page.locator("[role=status]").inner_text()
        assert page.locator(".stage", has_text="being checked").count() == 1


def test_what_is_on_air_is_fetched_again_and_the_players_are_left_alone(station):
    url, _ = station
    with browser() as opened, page_at(opened) as page:
        page.goto(url)
        page.evaluate(
            """() => {
              document.querySelector("audio").dataset.same = "yes";
              document.querySelector(".now strong").textContent = "yesterday's news";
            }"""
        )
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.get_by_text("yesterday's news").wait_for(state="detached")
        assert page.locator("audio[data-same=yes]").count() == 1


def test_pictures_are_taken_for_the_readme(station, tmp_path):
    url, links = station
    screens = [
        Screen("member-phone", "/member/", PHONE),
        Screen("listen-desktop-dark", "/", DESKTOP, "dark"),
    ]
    with browser() as opened:
        taken = take(opened, url, screens, tmp_path, link=links["member"])
    assert [file.name for file in taken] == ["member-phone.png", "listen-desktop-dark.png"]
    for file in taken:
        assert file.read_bytes().startswith(b"\x89PNG")
