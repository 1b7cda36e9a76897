"""The worker does what was promised: audio, silences, builds, letters, and the cut-off."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import click
import structlog
from sqlalchemy.orm import Session

import scheduler.worker
from media import store
from media.sweep import sweep, sweep_arrivals
from station import (
    arrivals,
    attempts,
    closing,
    codes,
    jobs,
    letters,
    makegoods,
    messages,
    postcards,
    posts,
    reminders,
    webhook_posts,
    webhooks,
    went_out,
)
from station.cli import opened
from station.command import Answer, answers
from station.db import Database
from station.jobs import Duty, JobKind
from station.membership import upkeep
from station.settings import Settings

IDLE_SECONDS = 0.5
CHORES_EVERY = timedelta(minutes=1)
SWEEP_EVERY = timedelta(days=1)
# What is being done when the worker is stopped may go on for so long.
LAST_SECONDS = 5.0

Chore = Callable[[Session], int]
Duties = Mapping[JobKind, Duty]

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Lane:
    """Work that waits for no other lane's; `begin` gives the duties of one of its `hands`."""

    name: str
    hands: int
    begin: Callable[[], AbstractContextManager[Duties]]


def lanes(settings: Settings, database: Database) -> list[Lane]:
    """Who does which kind of job.

    A letter never waits for a build, nor a build for sound or for what is only asked.
    """
    import media.worker

    @contextmanager
    def at_audio() -> Iterator[Duties]:
        with media.worker.Worker.of(settings, database) as worker:
            yield worker.duties()

    letter = letters.sender(database, settings, click.echo)
    reminder = reminders.writer(database, settings)
    message = messages.sender(database, settings)
    webhook = webhook_posts.teller(database, settings)
    return [
        Lane("audio", settings.audio.workers or os.cpu_count() or 1, at_audio),
        Lane("builds", 1, lambda: nullcontext(scheduler.worker.duties(settings, database))),
        Lane("questions", 1, lambda: nullcontext(scheduler.worker.questions(settings, database))),
        Lane("letters", 1, lambda: nullcontext({JobKind.LETTER: letter, JobKind.REMIND: reminder})),
        Lane("messages", 1, lambda: nullcontext({JobKind.MESSAGE: message})),
        Lane("webhooks", 1, lambda: nullcontext({JobKind.WEBHOOK: webhook})),
    ]


def chores(settings: Settings, database: Database, now: datetime) -> None:
    """What is due by the clock alone. A demo station's members act before a week closes."""
    if settings.station.demo:
        from mweya import demo

        demo.try_to_live_on(settings, database, now)
    do_each(database, due_by_the_clock(settings, now))


def do_each(database: Database, due: Mapping[str, Chore]) -> None:
    """Do each chore in a transaction of its own; one that fails keeps no other from being done."""
    done = {}
    for name, chore in due.items():
        try:
            done[name] = database.do(chore)
        except Exception:
            logger.exception("chore-failed", chore=name)
    if any(done.values()):
        logger.info("chores-done", **done)


def due_by_the_clock(settings: Settings, now: datetime) -> dict[str, Chore]:
    """What is done each time, in order; each counts what it did."""
    return {
        "unchecked": lambda session: closing.tell_unchecked(session, now),
        "settled": lambda session: closing.settle_aired(session, now),
        "pooled": lambda session: closing.close_weeks(session, settings, now),
        "told": lambda session: went_out.tell(session, settings, now),
        "ended": lambda session: closing.end_weeks(session, settings, now),
        "made_good": lambda session: makegoods.issue(session, settings, now),
        "looked_after": lambda session: upkeep.look_after(session, settings, now),
        "codes_forgotten": lambda session: codes.clear_old(session, now),
        "attempts_forgotten": lambda session: attempts.clear_old(session, now),
        "happenings_forgotten": lambda session: webhooks.clear_old(session, now),
        "postcards_forgotten": lambda session: postcards.clear_old(session, now),
        "forms_forgotten": lambda session: posts.clear_old(session, now),
        "arrivals_forgotten": lambda session: arrivals.clear_old(session, now),
        "arrivals_swept": lambda session: sweep_arrivals(session, settings.media_folder),
        "work_cleared": lambda _: store.clear_stale(settings.media_folder),
    }


def run(settings: Settings, database: Database, stopped: Callable[[float], bool]) -> None:
    """Work until `stopped(seconds)`, which waits that long at most, says so.

    What is being done then is given a moment to end; what is cut short is claimed again later.
    """
    hands = [
        threading.Thread(
            target=_work, args=(database, lane, stopped), name=f"{lane.name}-{hand}", daemon=True
        )
        for lane in lanes(settings, database)
        for hand in range(lane.hands)
    ]
    for hand in hands:
        hand.start()
    sweep_due = clock()
    while not stopped(0):
        try:
            chores(settings, database, clock())
            if clock() >= sweep_due:
                sweep_due = clock() + SWEEP_EVERY
                with database.reading() as session:
                    logger.info("swept", files=sweep(session, settings.media_folder))
        except Exception:
            # The database may be away for a while: go on when it is back.
            logger.exception("work-failed")
        stopped(CHORES_EVERY.total_seconds())
    ends = time.monotonic() + LAST_SECONDS
    for hand in hands:
        hand.join(max(0.0, ends - time.monotonic()))


def _work(database: Database, lane: Lane, stopped: Callable[[float], bool]) -> None:
    """Do one lane's jobs, one after another; jobs keep their own count of failures."""
    while not stopped(0):
        try:
            with lane.begin() as duties:
                while not stopped(0):
                    if not jobs.work_once(database, duties, clock):
                        stopped(IDLE_SECONDS)
        except Exception:
            # The database may be away for a while: go on when it is back.
            logger.exception("work-failed", lane=lane.name)
            stopped(IDLE_SECONDS)


def clock() -> datetime:
    """The time, read at the edge and handed in everywhere else."""
    return datetime.now(UTC)


@click.command()
@answers
def worker() -> Answer:
    """Do promised work in the foreground, until stopped."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened() as (settings, database):
        run(settings, database, stop.wait)
    return Answer({"stopped": True})
