"""A person who uses the pages by their keyboard alone: Tab, Enter, the space bar and letters."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

MOST_TABS = 250
# What a screen reader says of what has the focus.
FOCUSED = """() => {
  const one = document.activeElement;
  const said = one.labels && one.labels.length ? [...one.labels].map((part) => part.innerText) : [];
  return one.getAttribute("aria-label") || said.join(" ") || one.innerText || "";
}"""


@dataclass(frozen=True, slots=True)
class Keys:
    """A page, and the keys that are pressed on it; no mouse.

    A page that can be `judged` is, wherever a key leads to: what is answered to a form has no
    address to be looked at by.
    """

    page: Page
    judged: bool = False

    def to(self, name: str) -> None:
        """Press Tab until what is called so has the focus, which must be seen."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED).strip().startswith(name):
                outline = "getComputedStyle(document.activeElement).outlineStyle"
                assert self.page.evaluate(outline) != "none", f"the focus on {name} is not seen"
                return
        raise AssertionError(f"no key leads to “{name}” on {self.page.url}")

    def press(self, name: str, key: str = "Enter") -> None:
        """Go to what is called so and press a key on it."""
        self.to(name)
        self.page.keyboard.press(key)

    def send(self, name: str) -> None:
        """Press a button or a link that leads to another page, and wait for that."""
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        if self.judged:
            assert self.page.evaluate("reach.broken()") == [], self.page.url

    def type(self, name: str, text: str) -> None:
        """Fill in a field, in place of what is in it."""
        self.to(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def pick(self, first: str, name: str) -> None:
        """Choose one of several, of which the first is chosen now."""
        self.to(first)
        for _ in range(MOST_TABS):
            if self.page.evaluate(FOCUSED).strip().startswith(name):
                return
            self.page.keyboard.press("ArrowDown")

    def choose(self, name: str, file: Path) -> None:
        """Choose a file by the field that is called so."""
        self.to(name)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Enter")
        chooser.value.set_files(file)

    def reads(self, text: str) -> None:
        """Wait until the page says something."""
        self.page.locator("main").get_by_text(text).first.wait_for()
