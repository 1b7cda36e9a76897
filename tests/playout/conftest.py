"""A real station on air for a while: Icecast, Liquidsoap and master control, with short slots."""

import json
import shutil
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from playout.cli import playout as playout_command
from playout.liquidsoap import client
from playout.mounts import LOW, STANDARD, base_url
from playout.run import Playout
from playout.supervise import channel_socket
from playout.watch import record
from station import asrun, grid, schema
from station.airtime import Week
from station.db import Database, connect
from station.grid import Place
from station.ledger import held
from station.members import Applicant, admit, open_station_accounts
from station.membership import years
from station.recordings import Master, MasterKind, master_at
from station.rights import Request, RequestKind
from station.settings import Settings, load, write_new
from tests.playout import tones
from tests.playout.listening import Listener, Stalls
from tests.playout.shown import TitleListener

SLOT_SECONDS = 3
PLANNED_SLOTS = 14
HEAD_START_SLOTS = 6  # control brings a new grid in a second, on a busy machine in eight
STEADY, TROUBLED, KILLED = range(3)

# What is odd about slots of the troubled channel, counted from the first planned one.
UNMASTERED, SHORT, SILENT, LOST, DEAD, TAKEN = 2, 4, 6, 8, 10, 12
TAKEN_AFTER = 0.7
HOSTILE_TITLE = "#{exit(1)}\"';\n\u202e$(touch pwned)"


@dataclass
class Broadcast:
    """A station that was on air: what was planned from slot `first` on, and what was heard."""

    settings: Settings
    database: Database
    week: Week
    first: int = 0
    listeners: list[Listener] = field(default_factory=list)
    low: Listener | None = None
    titles: list[TitleListener] = field(default_factory=list)
    stalls: Stalls | None = None
    killed_at: float = 0
    taken_at: float = 0
    status: dict[str, object] = field(default_factory=dict)
    status_slots: tuple[int, int] = (0, 0)
    recorded: Path | None = None
    taken_over: bool = False

    def starts_at(self, offset):
        """The Unix time at which the planned slot of that offset begins."""
        return (self.first + offset) * SLOT_SECONDS

    def runs(self, channel):
        """What a listener heard on a channel: sounds, and from when until when in Unix time."""
        listener = self.listeners[channel]
        began = listener.began_at()
        return [(run.sound, began + run.start, began + run.end) for run in listener.runs]

    def wait_until(self, offset, seconds):
        time.sleep(max(0, self.starts_at(offset) + seconds - time.time()))

    def slot_now(self):
        """The number of the slot that is on air."""
        return self.settings.slots.number(datetime.now(UTC))

    def is_decided(self):
        """Whether every planned slot has its outcome: on a busy machine that takes a while."""
        with self.database.reading() as session:
            decided = asrun.outcomes_of(session, str(self.week))
        return len(decided) == PLANNED_SLOTS * self.settings.channels


@pytest.fixture(scope="session")
def broadcast(tmp_path_factory):
    """Fourteen slots on three channels; an engine is killed, and control is away for a while."""
    home = tmp_path_factory.mktemp("broadcast") / "station"
    write_new(home, f'[station]\nslot_seconds = {SLOT_SECONDS}\nzone = "{_quiet_zone()}"\n')
    settings = load(home, environment={})
    database = connect(settings.database_url)
    schema.upgrade(database)
    found = Broadcast(settings, database, Week.of(datetime.now(UTC), settings.zone))
    masters = Masters(settings, tmp_path_factory.mktemp("masters"))
    with database.writing() as session:
        open_station_accounts(session)
        masters.keep(session, MasterKind.FILL, tones.FILL_HZ)
        masters.keep(session, MasterKind.EMERGENCY, tones.EMERGENCY_HZ)
        asked = _ask_for_pieces(session, found.week, masters)
    playout = Playout(settings)
    playout.start()
    try:
        assert playout.wait_until_on_air(seconds=60)
        assert _comes_true(lambda: playout.air.fallback.on_air, seconds=30)
        _broadcast(found, playout, asked)
    finally:
        playout.stop()
        database.close()
    return found


def _broadcast(found, playout, asked):
    base = base_url(found.settings)
    found.listeners = [Listener(url=base + STANDARD.path(channel)) for channel in range(3)]
    found.stalls = Stalls()
    found.low = Listener(url=base + LOW.path(TROUBLED))
    found.titles = [TitleListener(base + STANDARD.path(channel)) for channel in range(3)]
    _publish(found, asked)
    found.wait_until(3, seconds=0.5)
    playout.air.channels[KILLED].running.signal(signal.SIGKILL)
    found.killed_at = time.time()
    found.wait_until(8, seconds=1)
    recording = found.settings.home / "low.wav"
    found.recorded = record(base + LOW.path(STEADY), 1.5, recording)
    _leave_and_take_over(found, playout)
    for listener in (*found.listeners, found.low, *found.titles, found.stalls):
        listener.stop()


def _leave_and_take_over(found, playout):
    """Control goes away, and another comes; nobody who listens may notice."""
    pids = _pids(playout)
    playout.leave()
    found.wait_until(10, seconds=1)
    another = Playout(found.settings)
    another.start()
    found.wait_until(TAKEN, seconds=TAKEN_AFTER)
    client.takedown(channel_socket(found.settings, TROUBLED), found.first + TAKEN)
    found.taken_at = time.time()
    asked_in = found.slot_now()
    found.status = _status(found.settings.home)
    found.status_slots = asked_in, found.slot_now()
    found.wait_until(PLANNED_SLOTS, seconds=3)
    assert _comes_true(found.is_decided, seconds=60)
    found.taken_over = pids == _pids(another)
    another.leave()


def _pids(playout):
    return [engine.running and engine.running.pid for engine in playout.air.channels]


def _status(home):
    ran = CliRunner().invoke(playout_command, ["status", "--json"], env={"MWEYA_HOME": str(home)})
    return json.loads(ran.output) | {"exit_code": ran.exit_code}


def _comes_true(says, seconds):
    deadline = time.monotonic() + seconds
    while not says() and time.monotonic() < deadline:
        time.sleep(0.1)
    return says()


def _quiet_zone():
    """A zone in which no week ends while the tests run."""
    now = datetime.now(UTC)
    utc = ZoneInfo("UTC")
    ends_soon = Week.of(now, utc) != Week.of(now + timedelta(minutes=10), utc)
    return "Asia/Tokyo" if ends_soon else "UTC"


def _ask_for_pieces(session, week, masters):
    """A request for each planned slot of each channel, as (request id, channel, offset)."""
    now = datetime.now(UTC)
    asked = []
    for channel in range(masters.settings.channels):
        for offset in range(PLANNED_SLOTS):
            sha256, kind = masters.piece(session, offset, odd=channel == TROUBLED)
            name = f"M{channel}-{offset}"
            person = admit(session, Applicant(name, f"{name.lower()}@example.org"), now)
            years.begin(session, [years.NewYear(person, week)], now, 1)
            request = Request(
                right_id=held(session, person.account_id, str(week))[0].id,
                account_id=person.account_id,
                week=str(week),
                kind=kind,
                title=HOSTILE_TITLE,
                master_sha256=sha256,
                asked_at=now,
            )
            session.add(request)
            session.flush()
            asked.append((request.id, channel, offset))
    return asked


def _publish(found, asked):
    """Publish a grid that begins soon."""
    now = datetime.now(UTC)
    found.first = found.settings.slots.number(now) + HEAD_START_SLOTS
    start = found.first - found.week.first_slot(found.settings.slots)
    places = [Place(request, channel, start + offset) for request, channel, offset in asked]
    with found.database.writing() as session:
        grid.put_on_air(session, grid.draft(session, found.week, places, [], {}, now), "0", now)


@dataclass
class Masters:
    """Makes masters, stores them as the media room does, and breaks some."""

    settings: Settings
    folder: Path

    def piece(self, session, offset, odd):
        """The hash and the kind of request for a planned slot."""
        oddity = offset if odd else None
        kind = RequestKind.SILENCE if oddity == SILENT else RequestKind.SEGMENT
        if oddity == UNMASTERED:
            return None, kind
        if oddity == SILENT:
            return self.keep(session, MasterKind.SILENCE, tones.QUIET_HZ), kind
        if oddity == DEAD:
            return self.keep(session, MasterKind.SEGMENT, tones.HUSHED_HZ), kind
        if oddity == SHORT:
            return self.keep(session, MasterKind.SEGMENT, 777, SLOT_SECONDS - 1), kind
        if oddity == LOST:
            sha256 = self.keep(session, MasterKind.SEGMENT, 888)
            master_at(self.settings.media_folder, sha256).unlink()
            return sha256, kind
        file = tones.slot_master(self.folder, offset, SLOT_SECONDS)
        return self.store(session, MasterKind.SEGMENT, file), kind

    def keep(self, session: Session, kind, hertz, seconds=SLOT_SECONDS):
        """Make and store a master of one tone."""
        return self.store(session, kind, tones.own_master(self.folder, hertz, seconds))

    def store(self, session, kind, file):
        sha256 = tones.sha256_of(file)
        if session.get(Master, sha256) is None:
            target = master_at(self.settings.media_folder, sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            session.add(
                Master(
                    sha256=sha256,
                    kind=kind,
                    duration_ms=SLOT_SECONDS * 1000,
                    facts={},
                    made_at=datetime.now(UTC),
                )
            )
            session.flush()
        return sha256
