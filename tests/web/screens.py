"""Pictures of pages as people see them: phone and desktop, light and dark, in a real Chromium."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = (360, 740)
DESKTOP = (1280, 900)
Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture to take: a path of the station's pages, at a size, in light or dark."""

    name: str
    path: str
    size: tuple[int, int] = PHONE
    scheme: Scheme = "light"
    whole: bool = True


@contextmanager
def browser() -> Iterator[Browser]:
    """A real browser with a fresh profile."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@contextmanager
def page_at(
    opened: Browser,
    size: tuple[int, int] = PHONE,
    scheme: Scheme = "light",
    link: str | None = None,
    scripts: bool = True,
) -> Iterator[Page]:
    """A page of a size; with a sign-in link, somebody is signed in first."""
    width, height = size
    context = opened.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        java_script_enabled=scripts,
        device_scale_factor=2 if size == PHONE else 1,
    )
    page = context.new_page()
    if link is not None:
        page.goto(link)
        page.click("main button")
    yield page
    context.close()


def take(
    opened: Browser, address: str, screens: Sequence[Screen], folder: Path, link: str | None = None
) -> list[Path]:
    """Take pictures into a folder, as one person; the link must serve one sign-in."""
    folder.mkdir(parents=True, exist_ok=True)
    with page_at(opened, link=link) as signed_in:
        state = signed_in.context.storage_state()
    taken = []
    for screen in screens:
        context = opened.new_context(
            viewport={"width": screen.size[0], "height": screen.size[1]},
            color_scheme=screen.scheme,
            device_scale_factor=2 if screen.size == PHONE else 1,
            storage_state=state,
        )
        page = context.new_page()
        page.goto(address + screen.path)
        file = folder / f"{screen.name}.png"
        page.screenshot(path=file, full_page=screen.whole)
        taken.append(file)
        context.close()
    return taken
