"""The pages in a real Chromium on a small phone, with scripts and without."""

import pytest

from tests.web.reach.full import phone, signed_in
from tests.web.screens import DESKTOP, PHONE, Screen, take

SMALLEST = (320, 640)


@pytest.fixture
def page(station, opened, request):
    """A small phone's page, of a role or of nobody, with scripts or without."""
    role, scripts = request.param
    context = phone(opened, signed_in(station, opened, role), SMALLEST, scripts=scripts)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("page", [("nobody", False)], indirect=True)
def test_a_newcomer_applies_on_a_small_phone_without_scripts(station, page):
    page.goto(f"{station.url}/join")
    page.get_by_label("Your name").fill("Nandi Zulu")
    page.get_by_label("Your email address").fill("nandi@example.org")
    page.get_by_label("Who are you?").fill("A nurse from Durban, awake when others sleep.")
    hidden = page.locator(".trap").bounding_box()
    assert hidden["x"] + hidden["width"] < 0
    page.get_by_role("button", name="Apply").click()
    assert page.locator("h1").inner_text() == "Thank you. Look at your mail."


@pytest.mark.parametrize("page", [("nobody", True)], indirect=True)
def test_what_is_on_air_is_fetched_again_and_the_players_are_left_alone(station, page):
    page.goto(station.url)
    page.evaluate(
        """() => {
          document.querySelector("audio").dataset.same = "yes";
          document.querySelector(".now strong").textContent = "yesterday's news";
        }"""
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_text("yesterday's news").wait_for(state="detached")
    assert page.locator("audio[data-same=yes]").count() == 1


def test_pictures_are_taken_for_the_readme(station, opened, tmp_path):
    screens = [
        Screen("member-phone", "/member/", PHONE),
        Screen("listen-desktop-dark", "/", DESKTOP, "dark"),
    ]
    taken = take(opened, station.url, screens, tmp_path, link=station.link("member"))
    assert [file.name for file in taken] == ["member-phone.png", "listen-desktop-dark.png"]
    for file in taken:
        assert file.read_bytes().startswith(b"\x89PNG")
