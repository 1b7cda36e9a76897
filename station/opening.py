"""A station is made once: its folder, its secrets, its database and its own accounts."""

import json
from pathlib import Path

from station.db import Database, connect
from station.members import open_station_accounts
from station.schema import upgrade
from station.settings import Settings, load, write_new

NEW_STATION = """\
# This station's settings. Every setting, with its default, is in docs/settings.md.
# An environment variable MWEYA_<SECTION>_<KEY> wins over this file.

[station]
name = {name}
zone = {zone}            # an IANA name; weeks begin at Monday's midnight there
slot_seconds = 300                     # how long one right is
channels = ["One", "Two", "Three"]     # parallel programmes
demo = {demo}
"""


def open_new(
    home: Path, *, demo: bool, name: str = "Mweya", zone: str = "Africa/Johannesburg"
) -> tuple[Settings, Database]:
    """Make a station and open it. Raises Refusal `station-exists`, WrongInput `setting-wrong`."""
    # A JSON string, with its quotes and escapes, is a TOML string too.
    quoted = {"name": json.dumps(name, ensure_ascii=False), "zone": json.dumps(zone)}
    write_new(home, NEW_STATION.format(**quoted, demo=json.dumps(demo)))
    settings = load(home)
    database = connect(settings.database_url)
    upgrade(database)
    with database.writing() as session:
        open_station_accounts(session)
    return settings, database
