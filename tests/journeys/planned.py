"""A station whose next slots are planned, so that something can be done to it at its moment."""

import itertools
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from playout.disk import AirFolder
from playout.processes import Running
from station import asrun, grid
from station.airtime import Week
from station.db import Database
from station.grid import Place
from station.ledger import held
from station.members import Applicant, admit, open_station_accounts
from station.membership import years
from station.recordings import MasterKind
from station.rights import Request, RequestKind
from station.settings import Settings
from tests.journeys.house import wait_until
from tests.playout import tones
from tests.playout.conftest import Masters

SLOT_SECONDS = 3
HEAD_START_SLOTS = 6

# A slot counted from the first planned one, and seconds from its start.
Moment = tuple[int, float]


@dataclass
class Planned:
    """A station, the first of its planned slots, and when something was done to it."""

    settings: Settings
    database: Database
    slots: int
    first: int = 0
    done_at: dict[Moment, float] = field(default_factory=dict)
    asked: list[tuple[int, int, int]] = field(default_factory=list)
    outcomes: dict[tuple[int, int], asrun.Outcome] = field(default_factory=dict)

    def __post_init__(self):
        self.week = Week.of(datetime.now(UTC), self.settings.zone)

    def starts_at(self, offset):
        """The Unix time at which the planned slot of that offset begins."""
        return (self.first + offset) * SLOT_SECONDS

    def at(self, moment, *does, once=lambda: True):
        """Do something at its moment, or once something holds, and note when."""
        offset, seconds = moment
        time.sleep(max(0, self.starts_at(offset) + seconds - time.time()))
        wait_until(once, 60)
        self.done_at[moment] = time.time()
        for do in does:
            do()

    def running(self, name):
        """A process of playout's, by the name of its recipe."""
        file = self.settings.run_folder / f"{name}.pid"
        return msgspec.json.decode(file.read_bytes(), type=Running)

    def kill(self, name):
        """End a process of playout's as the kernel would."""
        self.running(name).signal(signal.SIGKILL)

    def ask(self, folder, master: Callable[..., str]):
        """Make the station's own pieces, and one for each slot to come; `master` makes theirs."""
        masters = Masters(self.settings, folder)
        with self.database.writing() as session:
            open_station_accounts(session)
            masters.keep(session, MasterKind.FILL, tones.FILL_HZ)
            masters.keep(session, MasterKind.EMERGENCY, tones.EMERGENCY_HZ)
            for channel, offset in itertools.product(
                range(self.settings.channels), range(self.slots)
            ):
                sha256 = master(session, masters, channel, offset)
                request = self._request(session, f"M{channel}-{offset}", sha256)
                self.asked.append((request.id, channel, offset))

    def publish_in_time(self, placed):
        """Publish until so many slots lie on playout's disk before the first begins."""
        self.publish()
        while self.placed() < placed:
            time.sleep(0.2)
            if time.time() > self.starts_at(0) - 1:  # a busy machine takes its time
                self.publish()

    def publish(self):
        """Publish a grid that begins soon."""
        now = datetime.now(UTC)
        self.first = self.settings.slots.number(now) + HEAD_START_SLOTS
        start = self.first - self.week.first_slot(self.settings.slots)
        places = [
            Place(request, channel, start + offset) for request, channel, offset in self.asked
        ]
        with self.database.writing() as session:
            drafted = grid.draft(session, self.week, places, [], {}, now)
            grid.put_on_air(session, drafted, "0", now)

    def placed(self):
        """How many of the planned slots lie on playout's disk."""
        folder = AirFolder(self.settings.air_folder, self.settings.channels, SLOT_SECONDS)
        planned = range(self.first, self.first + self.slots)
        return sum(file.slot in planned for file in folder.placed())

    def is_decided(self):
        """Whether every planned slot has its outcome."""
        with self.database.reading() as session:
            found = asrun.outcomes_of(session, str(self.week))
        self.outcomes = {(one.channel, one.slot_number - self.first): one for one in found}
        return sum(offset >= 0 for _, offset in self.outcomes) == len(self.asked)

    def outcome(self, channel, offset):
        """How a planned slot ended."""
        return self.outcomes[channel, offset].kind

    def _request(self, session, name, sha256):
        now = datetime.now(UTC)
        person = admit(session, Applicant(name, f"{name.lower()}@example.org"), now)
        years.begin(session, [years.NewYear(person, self.week)], now, 1)
        request = Request(
            right_id=held(session, person.account_id, str(self.week))[0].id,
            account_id=person.account_id,
            week=str(self.week),
            kind=RequestKind.SEGMENT,
            title=f"The slot of {name}",
            master_sha256=sha256,
            asked_at=now,
        )
        session.add(request)
        session.flush()
        return request
