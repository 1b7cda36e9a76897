"""One full station and one browser for all tests of a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.web.reach.full import Full, full_station
from tests.web.screens import browser


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    with full_station(tmp_path_factory.mktemp("reach")) as filled:
        yield filled


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as chromium:
        yield chromium
