"""Master control brings the published week to the playout host's disk, and the as-run back.

Each round is a few steps of their own. While the database is away, nothing is taken from the
disk but what is over, and what was sent waits in the engines' event files.
"""

import time
from datetime import datetime, timedelta
from functools import partial

import structlog

from playout import live, plan, programme, record, takedown
from playout.air import Air
from playout.attempts import Attempts
from playout.disk import AirFolder
from playout.events import events_read, keep_read, read_from
from playout.liquidsoap import client
from playout.moves import (
    KEPT_SLOTS,
    Fetch,
    Forget,
    LoadAgain,
    Move,
    Observed,
    Place,
    Remove,
    SlotFile,
    due,
)
from playout.only_one import WATCH, is_held
from playout.watch import finding
from station.db import Database
from station.errors import Fault
from station.recordings import master_at
from station.schema import open_station
from station.settings import Settings

PLAN_SECONDS = 10.0  # the plan is read again when a grid is published, and this often anyway
FETCH_SECONDS = 1.0  # at most so long a round for bringing masters
REFUSED_AGAIN = timedelta(seconds=30)
# Engines load a master ten seconds before its slot.
LOOKED_AT_AHEAD = timedelta(seconds=30)

logger = structlog.get_logger()


class Control:
    """What goes between the station's tables, the air folder and the engines."""

    def __init__(self, settings: Settings, folder: AirFolder, air: Air) -> None:
        """The database is opened by the first round that can."""
        self.settings = settings
        self.folder = folder
        self.air = air
        self._database: Database | None = None
        self._due: plan.Due | None = None
        self._planned_at = float("-inf")
        self._published_at: datetime | None = None
        self._on_air = -1
        self._concluded = (-1, -1, 0)
        self._heard_until = 0
        self._unfinished = True
        self._taken_down: dict[takedown.Place, takedown.Marker] = {}
        self._looked_at: set[SlotFile] = set()
        self._refused: dict[str, datetime] = {}
        self._attempts = Attempts()

    def round(self, now: datetime, *, clock_is_sure: bool = True) -> None:
        """Go round once; what costs much is done only when there is a reason.

        While the clock is not sure, nothing is taken for over: no slot is concluded, and nothing
        is taken from the disk.
        """
        self._attempts.attempt("plan", lambda: self._read_plan(now))
        self._attempts.attempt("takedowns", lambda: self._take_down(now))
        self._let_go()
        on_air = self.settings.slots.number(now)
        if self._unfinished or on_air != self._on_air:
            self._attempts.attempt("disk", lambda: self._bring(now, clock_is_sure))
        # A slot whose events were not read must not be taken for one that never aired.
        if self._attempts.attempt("as-run", self._write_events) and clock_is_sure:
            self._attempts.attempt("outcomes", lambda: self._conclude(now))
        self._on_air = on_air

    def close(self) -> None:
        """Give the database back."""
        if self._database is not None:
            self._database.close()

    def _open(self) -> Database:
        if self._database is None:
            self._database = open_station(self.settings)
        return self._database

    def _read_plan(self, now: datetime) -> None:
        database = self._open()
        with database.reading() as session:
            published_at = plan.changed_at(session)
        rested = time.monotonic() - self._planned_at
        if published_at == self._published_at and rested < PLAN_SECONDS:
            return
        with database.writing() as session:
            changed = plan.write_air_log(session, self.settings, now)
        with database.reading() as session:
            self._due = plan.due(session, self.settings, now)
            said = plan.programme(session, self.settings, now)
            passwords = live.due(session, self.settings, self._slots_kept(now))
        self._planned_at, self._published_at = time.monotonic(), published_at
        self._unfinished = True
        if changed:
            logger.info("air-log-written", weeks=changed)
        # Each for itself: a full disk may refuse one of them.
        self._attempts.attempt("programme", lambda: programme.write(self.folder.root, said))
        self._attempts.attempt("live", lambda: live.keep(self.folder, passwords))
        self._attempts.attempt("told takedowns", lambda: self._tell_takedowns(now))

    def _tell_takedowns(self, now: datetime) -> None:
        with self._open().writing() as session:
            takedown.to_tables(session, self.folder)
        # Only what is kept in the tables by now is taken from the disk.
        takedown.clear_before(self.folder, self._first_kept(now))

    def _take_down(self, now: datetime) -> None:
        with self._open().reading() as session:
            self._taken_down = takedown.ordered(session, self._first_kept(now))
        for place, marker in self._taken_down.items():
            takedown.mark(self.folder, place, marker)

    def _let_go(self) -> None:
        """An engine that loaded a slot before it was taken off air lets go of it."""
        for channel, engine in enumerate(self.air.channels):
            for slot in engine.status.loaded if engine.status else ():
                place = channel, slot
                if place in self._taken_down or takedown.is_marked(self.folder, place):
                    self._attempts.attempt(f"takedown {channel}", partial(engine.let_go, slot))

    def _slots_kept(self, now: datetime) -> range:
        ahead = plan.slots_ahead(self.settings)
        return range(self._first_kept(now), self.settings.slots.number(now) + ahead)

    def _first_kept(self, now: datetime) -> int:
        return self.settings.slots.number(now) - KEPT_SLOTS

    def _bring(self, now: datetime, clock_is_sure: bool) -> None:
        # Whatever fails on the way is begun again in the next round.
        self._unfinished = True
        self._look_again(now)
        observed = self._observe(now)
        if self._due is None:
            wanted, own = observed.files, tuple(observed.masters)
        else:
            wanted, own = self._due.files, (*self._due.fills, *self._due.emergencies)
        moves = due(wanted, own, observed)
        if not clock_is_sure:
            moves = [move for move in moves if not isinstance(move, Remove | Forget)]
        self._unfinished = not self._carry_out(moves, now)
        if self._due is not None:
            self.folder.keep_own(self._due.fills, self._due.emergencies)

    def _look_again(self, now: datetime) -> None:
        """A master that went bad on this disk is fetched anew before an engine loads it."""
        on_air = self.settings.slots.number(now)
        last = self.settings.slots.number(now + LOOKED_AT_AHEAD)
        files = self._due.files if self._due is not None else self.folder.placed()
        coming = {file for file in files if on_air < file.slot <= last + 1}
        held = self.folder.held()
        for file in sorted(coming - self._looked_at):
            if file.sha256 in held and not self.folder.is_whole(file.sha256):
                logger.warning("master-went-bad", sha256=file.sha256, slot=file.slot)
                self.folder.forget(file.sha256)
        self._looked_at = coming

    def _observe(self, now: datetime) -> Observed:
        loaded = {
            (channel, slot)
            for channel, engine in enumerate(self.air.channels)
            if (status := engine.status) is not None
            for slot in status.loaded
        }
        return Observed(
            files=self.folder.placed(),
            masters=self.folder.held(),
            loaded=frozenset(loaded),
            now_slot=self.settings.slots.number(now),
        )

    def _carry_out(self, moves: list[Move], now: datetime) -> bool:
        """Do what there is time for; whether there was time for all of it."""
        deadline = time.monotonic() + FETCH_SECONDS
        absent: set[str] = set()
        for move in moves:
            match move:
                case Fetch(sha256):
                    if time.monotonic() > deadline or not self._fetch(sha256, now):
                        absent.add(sha256)
                case Place(file) if file.sha256 in absent:
                    # What was planned here before must not air in its stead.
                    self.folder.remove(file)
                case Place(file):
                    self.folder.place(file)
                case Remove(file):
                    self.folder.remove(file)
                case LoadAgain(channel, slot):
                    client.again(self.air.channels[channel].socket, slot)
                case Forget(sha256):
                    self.folder.forget(sha256)
        return time.monotonic() <= deadline

    def _fetch(self, sha256: str, now: datetime) -> bool:
        """Bring a master here, unless it was refused a moment ago; whether it is here now."""
        again = self._refused.get(sha256)
        if again is not None and now < again:
            return False
        try:
            self.folder.fetch(master_at(self.settings.media_folder, sha256), sha256)
        except Fault as fault:
            logger.warning("master-refused", sha256=sha256, problem=str(fault))
            self._refused[sha256] = now + REFUSED_AGAIN
            return False
        return True

    def _write_events(self) -> None:
        for channel, engine in enumerate(self.air.channels):
            file = engine.events_file
            events, after = read_from(file, events_read(file))
            if events:
                with self._open().writing() as session:
                    record.append_events(session, channel, events)
            keep_read(file, after)
        self._write_findings()

    def _write_findings(self) -> None:
        file = self.folder.events(finding.FILE)
        findings, after = finding.read_from(file, events_read(file))
        if findings:
            with self._open().writing() as session:
                record.append_findings(session, self.settings, findings)
        keep_read(file, after)
        self._heard_until = after

    def _conclude(self, now: datetime) -> None:
        over = record.last_over(self.settings, now)
        waited = record.last_over(self.settings, now - record.WATCH_MAY_TAKE)
        reached = over, waited, self._heard_until
        if reached == self._concluded:
            return
        watched = is_held(self.settings, WATCH)
        with self._open().writing() as session:
            takedown.to_tables(session, self.folder)
            record.conclude(session, self.settings, now, watched)
        self._concluded = reached
