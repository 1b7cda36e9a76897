"""Dead air is found, told and kept by threads of their own: none waits for another.

What is found needs nothing but levels and playout's own disk. A mail server, a webhook or a
database that is away is tried again, and what waits for them survives a restart.
"""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import structlog
from msgspec.structs import replace

from playout.alarms import book as alarms_book
from playout.alarms import deciding, telling
from playout.alarms.book import Book, Trouble
from playout.alarms.deciding import TEST_MOUNT, Heards, Instant
from playout.attempts import Attempts
from playout.mounts import mounts
from playout.programme import Reader
from playout.watch import quiet
from playout.watch.quiet import LEVEL_MS, Level
from station import alarms as table
from station.alarms import AlarmKind, Raised
from station.db import Database
from station.errors import Fault
from station.schema import open_station
from station.settings import Settings

ROUND_SECONDS = 0.5
KEEP_SECONDS = 2.0
LEAVE_SECONDS = 2.0
MADE_DBFS = -90.0  # the quiet of a test, as a silence has it
AWAY_SECONDS = 3.0  # who did not run for so long has heard nothing, and blames no mount

logger = structlog.get_logger()


class Alarms:
    """Raises and ends the station's alarms; told of what is heard by whoever listens."""

    def __init__(self, settings: Settings) -> None:
        """The book of last time is read; nothing is raised before `start`."""
        self.settings = settings
        self.ways = telling.ways(settings)
        now = _now()
        self.book = alarms_book.only(alarms_book.read(settings.air_folder), self.ways)
        self._heard: Heards = {
            (mount.channel, mount.quality): quiet.begin(now.monotonic) for mount in mounts(settings)
        }
        self._programme = Reader(settings.air_folder)
        self._went_round_at = now.monotonic
        self._unwritten = self._agreed = False
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._attempts = Attempts()
        self._database: Database | None = None
        self._threads = [
            self._thread("watch", self.round, ROUND_SECONDS),
            self._thread("keep", self._keep, KEEP_SECONDS),
            *(self._thread(way, partial(self._tell, way), ROUND_SECONDS) for way in self.ways),
        ]

    def start(self) -> None:
        """Begin to watch, and come back at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; what was not told is told by the next one."""
        self._ending.set()
        for thread in self._threads:
            # One may wait for a mail server; what it carries is in the book.
            thread.join(LEAVE_SECONDS)
        if self._database is not None:
            self._database.close()

    def hear(self, channel: int, quality: str, levels: Sequence[Level]) -> None:
        """Take what was just heard of a mount."""
        with self._lock:
            before = self._heard.get((channel, quality))
            if before is not None:
                now = quiet.hear(before, levels, self._planned(channel), time.monotonic())
                self._heard = {**self._heard, (channel, quality): now}

    def hear_test(self) -> None:
        """Take a level of the quiet that a test makes, as long as one goes on.

        Whoever tells what is heard of the mounts tells this, so that a test is heard as they are.
        """
        at_ms = time.time_ns() // 1_000_000 - LEVEL_MS
        self.hear(*TEST_MOUNT, [Level(at_ms, MADE_DBFS)])

    def round(self) -> None:
        """Look once at everything that was heard; raise and end what is due."""
        now, chosen = _now(), self.settings.alarms
        at = datetime.fromtimestamp(now.unix_ms / 1000, UTC)
        with self._lock:
            self._forgive(now.monotonic)
            before = self.book
            self._test(now, deciding.wants_test(before, at, self.settings.zone, chosen.test_hour))
            due = deciding.due(self.book, self._heard, now, chosen.after_seconds)
            self._note(self.book, due, now)
            if self.book != before or self._unwritten:
                self._write()

    def _test(self, now: Instant, wanted: bool) -> None:
        if wanted and TEST_MOUNT not in self._heard:
            self._heard = deciding.begin_test(self._heard, now)
        found = deciding.found_by_test(self._heard, now, self.settings.alarms.after_seconds)
        if found is not None:
            self._heard = {
                mount: heard for mount, heard in self._heard.items() if mount != TEST_MOUNT
            }
            self._note(replace(self.book, tested_ms=now.unix_ms), [found], now)

    def _planned(self, channel: int) -> Callable[[int], bool]:
        programme, slots = self._programme.now(), self.settings.slots

        def planned(unix_ms: int) -> bool:
            line = programme.line(channel, unix_ms // 1000 // slots.seconds)
            return line is not None and line.silence

        return planned

    def _forgive(self, monotonic: float) -> None:
        gone_by = monotonic - self._went_round_at
        if gone_by > AWAY_SECONDS:
            self._heard = {
                mount: quiet.forgive(heard, gone_by, monotonic)
                for mount, heard in self._heard.items()
            }
        self._went_round_at = monotonic

    def _note(self, book: Book, troubles: Sequence[Trouble], now: Instant) -> None:
        self.book = alarms_book.noted(book, troubles, self.ways, now.unix_ms)
        for trouble in troubles:
            words = telling.sentence(self.settings, trouble)
            if trouble.ended_ms is not None:
                logger.warning("alarm-ended", kind=trouble.kind, says=words)
            elif trouble.kind == AlarmKind.TEST and not trouble.problem:
                logger.warning("alarm-test", says=words)
            else:
                logger.error("alarm", kind=trouble.kind, says=words)

    def _tell(self, way: str) -> None:
        now = _now()
        with self._lock:
            queue = self.book.queue(way)
        if not alarms_book.is_due(queue, now.unix_ms):
            return
        try:
            telling.tell(self.settings, way, queue.waiting)
        except Exception as fault:  # noqa: BLE001  whatever it is, this way did not work
            problem = str(fault) if isinstance(fault, Fault) else type(fault).__name__
            logger.warning("alarm-not-told", way=way, problem=problem, tries=queue.tries + 1)
            self._change(lambda book: alarms_book.failed(book, way, problem, now.unix_ms))
        else:
            self._change(lambda book: alarms_book.sent(book, way, queue.waiting))

    def _keep(self) -> None:
        """Bring the table what it lacks, and learn from it who has taken something on."""
        with self._lock:
            unkept, going_on = self.book.unkept, self.book.open
        if self._agreed and not unkept and not going_on:
            return
        if self._database is None:
            self._database = open_station(self.settings)
        if unkept:
            with self._database.writing() as session:
                for trouble in unkept:
                    table.keep(session, _raised(trouble))
            self._change(lambda book: alarms_book.kept(book, unkept))
        with self._database.reading() as session:
            rows = table.going_on(session)
        on = [_named(alarm) for alarm in rows if alarm.acknowledged_at]
        self._change(lambda book: alarms_book.taken(book, on))
        self._end_forgotten(self._database, rows)
        self._agreed = True

    def _end_forgotten(self, database: Database, rows: Sequence[table.Alarm]) -> None:
        """End what goes on in the table alone: its book was lost, or could not be written."""
        with self._lock:
            known = {alarms_book.name(one) for one in (*self.book.open, *self.book.unkept)}
        forgotten = [alarm.id for alarm in rows if _named(alarm) not in known]
        if forgotten:
            with database.writing() as session:
                table.end(session, forgotten, datetime.now(UTC))

    def _change(self, change: Callable[[Book], Book]) -> None:
        with self._lock:
            before, self.book = self.book, change(self.book)
            if self.book != before:
                self._write()

    def _write(self) -> None:
        try:
            alarms_book.write(self.settings.air_folder, self.book)
        except OSError as problem:
            # Alarms go out from memory when the disk is full, too; each round tries again.
            if not self._unwritten:
                logger.warning("alarms-not-on-disk", problem=str(problem))
            self._unwritten = True
        else:
            self._unwritten = False

    def _thread(self, name: str, step: Callable[[], None], seconds: float) -> threading.Thread:
        def keep_going() -> None:
            while not self._ending.is_set():
                self._attempts.attempt(f"alarms: {name}", step)
                self._ending.wait(seconds)

        return threading.Thread(target=keep_going, daemon=True)


def _now() -> Instant:
    return Instant(time.monotonic(), time.time_ns() // 1_000_000)


def _named(alarm: table.Alarm) -> tuple[str, int | None, str, int]:
    return alarm.kind, alarm.channel, alarm.quality, round(alarm.began_at.timestamp() * 1000)


def _raised(trouble: Trouble) -> Raised:
    return Raised(
        kind=trouble.kind,
        channel=trouble.channel,
        quality=trouble.quality,
        began_at=telling.instant(trouble.began_ms),
        raised_at=telling.instant(trouble.raised_ms),
        ended_at=None if trouble.ended_ms is None else telling.instant(trouble.ended_ms),
        detail={"problem": trouble.problem} if trouble.problem else {},
    )
