"""Takes the README's pictures from a running demo station: `make pictures`."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from station.airtime import Week
from tests.journeys.house import House, wait_until
from tests.web.screens import DESKTOP, PHONE, Screen, browser, take

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
LISTEN = (Screen("listen", "/", DESKTOP, whole=False),)
MEMBER = (Screen("member", "/member/", PHONE, whole=False),)


def main() -> None:
    """Make a demo station, run it, and take one picture of each page."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder) / "station")
        house.ask("init", "--demo")
        with house.up() as where:
            address = where["listen"].rstrip("/")
            said = Path(folder) / "up.txt"
            wait_until(lambda: said.read_text().count("/signin/") == 2, 30)
            member, operator = [
                line.strip() for line in said.read_text().splitlines() if "/signin/" in line
            ]
            week = Week.of(datetime.now(UTC), ZoneInfo("Africa/Johannesburg"))
            desk = Screen("desk", f"/desk/weeks/{week}", DESKTOP, whole=False)
            with browser() as opened:
                take(opened, address, LISTEN, PICTURES)
                take(opened, address, MEMBER, PICTURES, link=member)
                take(opened, address, [desk], PICTURES, link=operator)


if __name__ == "__main__":
    main()
