"""Every page of every role in a real Chromium, at phone width, in light and dark: all can use."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.web.reach.full import Full, phone, signed_in
from tests.web.reach.pages import AREAS, AXE, LOOK, addresses, ask, shows_a_page
from tests.web.screens import PHONE

pytestmark = pytest.mark.timeout(900)

SMALLEST: ViewportSize = {"width": 320, "height": 640}
USUAL: ViewportSize = {"width": PHONE[0], "height": PHONE[1]}
# What no page links to as it is asked for here: sounds of other numbers, a card of no address, and
# the picture of a report that has none.
NEVER = {
    "/oembed",
    "/desk/reports/slots.svg",
    "/member/rights/<int:right_id>/clip",
    "/desk/moderation/clips/<int:channel>/<int:slot>",
}
PROGRAMS = "/api/v1/"


@dataclass(slots=True)
class Seen:
    """What was found on one page, by what it was looked at for."""

    where: str
    light: list[str] = field(default_factory=list)
    dark: list[str] = field(default_factory=list)
    low: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Walk:
    """All pages that were looked at, and the routes that answered somebody."""

    host: str
    seen: list[Seen]
    answered: set[str]


@pytest.fixture(scope="module")
def walk(station: Full, opened: Browser) -> Walk:
    """One walk through everything."""
    walked = Walk(urlsplit(station.url).netloc, [], set())
    for role in AREAS:
        context = phone(opened, signed_in(station, opened, role))
        context.add_init_script(path=AXE)
        context.add_init_script(path=LOOK)
        for route, address in addresses(station, role):
            answer = ask(context, station.url + address)
            if answer.ok:
                walked.answered.add(route)
            if shows_a_page(answer):
                walked.seen.append(look(context.new_page(), station, f"{role} {address}"))
        context.close()
    return walked


def look(page: Page, station: Full, where: str) -> Seen:
    """Load a page once and look at it in every way."""
    seen = Seen(where)
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("request", lambda asked: seen.hosts.add(urlsplit(asked.url).netloc))
    page.goto(station.url + where.partition(" ")[2])
    page.evaluate("reach.unfold()")
    seen.low = page.evaluate("reach.low()")
    seen.light = page.evaluate("reach.broken()") + page.evaluate("reach.faint()")
    page.emulate_media(color_scheme="dark")
    seen.dark = page.evaluate("reach.broken(['color-contrast'])") + page.evaluate("reach.faint()")
    page.set_viewport_size(SMALLEST)
    seen.small = page.evaluate("reach.outside()")
    page.set_viewport_size(USUAL)
    page.evaluate("reach.large()")
    seen.large = page.evaluate("reach.outside()")
    page.close()
    return seen


def found(walk: Walk, part: str) -> dict[str, object]:
    return {one.where: getattr(one, part) for one in walk.seen if getattr(one, part)}


def test_no_route_was_forgotten(walk, station):
    rules = station.app().url_map.iter_rules()
    routes = {
        rule.rule for rule in rules if "GET" in rule.methods and not rule.rule.startswith(PROGRAMS)
    }
    assert routes - walk.answered == NEVER


def test_axe_finds_nothing_wrong_in_light(walk):
    assert found(walk, "light") == {}


def test_letters_stand_out_in_the_dark_too(walk):
    assert found(walk, "dark") == {}


def test_nothing_is_wider_than_a_small_phone(walk):
    assert found(walk, "small") == {}


def test_letters_of_twice_the_size_leave_nothing_outside(walk):
    assert found(walk, "large") == {}


def test_what_is_pressed_is_as_high_as_a_thumb(walk):
    assert found(walk, "low") == {}


def test_the_browser_finds_nothing_to_complain_about(walk):
    assert found(walk, "said") == {}


def test_no_page_asks_another_host_for_anything(walk):
    assert {one.where: one.hosts for one in walk.seen if one.hosts != {walk.host}} == {}
