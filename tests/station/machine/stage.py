"""A station's database for many examples: each begins with an empty station, a copy of one file."""

import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from station import schema
from station.db import Database, connect
from station.members import open_station_accounts
from station.recordings import Master, MasterKind
from station.settings import Settings, load, write_new
from tests.conftest import NOW
from tests.station.model.things import Rules

MASTER = "cd" * 32


class Stage:
    """One engine for all examples, so that what SQLAlchemy prepared is prepared once."""

    def __init__(self, folder: Path) -> None:
        self.presses: Counter[tuple[str, str]] = Counter()
        self._empty, self._file = folder / "empty.db", folder / "station.db"
        write_new(folder / "home", "[station]\nslot_seconds = 300\n")
        self._settings = load(folder / "home", environment={})
        made = connect(f"sqlite:///{self._empty}")
        schema.upgrade(made)
        with made.writing() as session:
            open_station_accounts(session)
            session.add(_master(self._settings))
        made.close()
        self.database: Database = connect(f"sqlite:///{self._file}")
        # Nobody pulls the plug on a proof, and nobody waits for the disk.
        sa.event.listen(
            self.database.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous = OFF")
        )

    def begin(self) -> sqlite3.Connection:
        """Empty the station; returns a way to look at what is really in it."""
        self.database.close()
        for suffix in ("-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._empty, self._file)
        from pysqlite3 import dbapi2

        looking: Any = dbapi2.connect(str(self._file), isolation_level=None)
        return looking  # type: ignore[no-any-return]

    def settings(self, rules: Rules) -> Settings:
        """The settings that say what the model's rules say."""
        market = msgspec.structs.replace(
            self._settings.market,
            most_rights_per_week=rules.most_rights_per_week,
            cooling_off_hours=rules.cooling_off.total_seconds() / 3600,
            receivers="members" if rules.only_members else "anyone",
        )
        of_makegoods = msgspec.structs.replace(
            self._settings.rules, makegood_weeks=rules.makegood_weeks
        )
        return msgspec.structs.replace(self._settings, market=market, rules=of_makegoods)

    def close(self) -> None:
        """Leave nothing open."""
        self.database.close()


def _master(settings: Settings) -> Master:
    return Master(
        sha256=MASTER,
        kind=MasterKind.SEGMENT,
        duration_ms=settings.station.slot_seconds * 1000,
        preview_sha256=None,
        facts={},
        made_at=NOW,
    )
