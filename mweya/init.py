"""`mweya init` makes a station that can go on air: settings, secrets, database, fill."""

from datetime import UTC, datetime

import click

from mweya.logs import keep_in
from station.command import Answer, answers, progress
from station.db import Database
from station.opening import open_new
from station.settings import Settings, home_folder


@click.command()
@click.option("--demo", "as_demo", is_flag=True, help="Fill it with members and real sound.")
@click.option("--name", default="Mweya", show_default=True, help="The station's name.")
@click.option("--zone", default="Africa/Johannesburg", show_default=True, help="An IANA zone.")
@answers
def init(as_demo: bool, name: str, zone: str) -> Answer:
    """Make a station in MWEYA_HOME."""
    home = home_folder()
    settings, database = open_new(home, demo=as_demo, name=name, zone=zone)
    keep_in(settings.run_folder / "log" / "init.log")
    try:
        filled = furnish(settings, database, as_demo=as_demo)
    finally:
        database.close()
    return Answer(
        facts={"home": str(home), "demo": as_demo, **filled},
        lines=[f"There is a station in {home}."],
        next_command="mweya up" if as_demo else "mweya member import members.csv",
    )


def furnish(settings: Settings, database: Database, *, as_demo: bool) -> dict[str, int]:
    """Make the station's own sounds, and the demo's members and theirs; returns counts."""
    # Audio work loads numpy, which no other command should wait for.
    import media.worker
    from mweya import demo

    progress("Making the station's own sounds …")
    made = media.worker.Worker(settings, database).stock(datetime.now(UTC))
    if not as_demo:
        return {"fill": made}
    return {"fill": made, **demo.furnish(settings, database)}
