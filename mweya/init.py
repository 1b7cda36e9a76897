"""`mweya init` makes a station that can go on air: settings, secrets, database, fill."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from mweya.logs import keep_in
from station.command import Answer, answers, progress
from station.db import Database
from station.errors import Refusal
from station.opening import open_new
from station.settings import SETTINGS_FILE, Settings, home_folder


@click.command()
@click.option("--demo", "as_demo", is_flag=True, help="Fill it with members and real sound.")
@click.option("--name", default="Mweya", show_default=True, help="The station's name.")
@click.option("--zone", default="Africa/Johannesburg", show_default=True, help="An IANA zone.")
@answers
def init(as_demo: bool, name: str, zone: str) -> Answer:
    """Make a station in MWEYA_HOME."""
    home = home_folder()
    if (home / SETTINGS_FILE).exists():
        raise Refusal("station-exists", home=home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made aside and moved in at the end: whoever interrupts this has no half station.
    with tempfile.TemporaryDirectory(dir=home, prefix=".making-") as scratch:
        whole = Path(scratch)
        settings, database = open_new(whole, demo=as_demo, name=name, zone=zone)
        keep_in(settings.run_folder / "log" / "init.log")
        try:
            filled = furnish(settings, database, as_demo=as_demo)
        finally:
            database.close()
        _move_in(whole, home)
    return Answer(
        facts={"home": str(home), "demo": as_demo, **filled},
        lines=[f"There is a station in {home}."],
        next_command="mweya up" if as_demo else "mweya member import members.csv",
    )


def _move_in(whole: Path, home: Path) -> None:
    """Move a finished station to its place; its settings, which make it one, come last."""
    parts = sorted(whole.iterdir(), key=lambda part: part.name == SETTINGS_FILE)
    for part in parts:
        part.rename(home / part.name)


def furnish(settings: Settings, database: Database, *, as_demo: bool) -> dict[str, int]:
    """Make the station's own sounds, and the demo's members and theirs; returns counts."""
    # The demo loads numpy, which no other command should wait for.
    import media.worker
    from mweya import demo

    progress("Making the station's own sounds …")
    with media.worker.Worker.of(settings, database) as worker:
        made = worker.shelf.stock(datetime.now(UTC))
    if not as_demo:
        return {"fill": made}
    return {"fill": made, **demo.furnish(settings, database)}
