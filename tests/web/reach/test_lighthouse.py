"""Lighthouse gives the pages that a member comes by at least 95 of 100 for everything it judges."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.web.reach.full import Full, signed_in
from tests.web.screens import CHROMIUM, FLAGS

pytestmark = pytest.mark.timeout(900)

NODE = Path(sys.executable).with_name("node")
JUDGE = Path(__file__).parents[2] / "node" / "judge.mjs"
LEAST = 95
OPEN = ("/", "/signin")
MINE = ("/member/", "/market/")


def judged(pages: list[dict[str, str]], folder: Path) -> dict[str, list[str]]:
    """What lost points, for each address and category that has fewer than `LEAST`."""
    ran = subprocess.run(
        [NODE, JUDGE, CHROMIUM, " ".join(FLAGS), json.dumps(pages)],
        env={**os.environ, "TMPDIR": str(folder), "NO_UPDATE_NOTIFIER": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        f"{url} {one['category']} {one['score']}": one["lost"]
        for url, categories in json.loads(ran.stdout).items()
        for one in categories
        if one["score"] < LEAST
    }


def cookie_of(station: Full, opened: Browser, role: str) -> str:
    state = signed_in(station, opened, role) or {}
    return "; ".join(f"{one['name']}={one['value']}" for one in state.get("cookies", []))


def test_each_main_page_has_at_least_95_of_100_for_everything(station, opened, tmp_path):
    cookie = cookie_of(station, opened, "member")
    pages = [{"url": station.url + path} for path in OPEN]
    pages += [{"url": station.url + path, "cookie": cookie} for path in MINE]
    # A machine that has much else to do is asked twice about what was slow.
    few = judged(pages, tmp_path)
    slow = [one for one in pages if any(said.startswith(f"{one['url']} ") for said in few)]
    assert not slow or judged(slow, tmp_path) == {}, few
