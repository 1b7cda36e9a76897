"""The worker does what was promised: audio, silences, builds, letters, and the cut-off."""

import signal
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import click
import structlog
from sqlalchemy.orm import Session

import scheduler.worker
from station import closing, jobs, letters, makegoods, posts
from station.cli import opened
from station.command import Answer, answers
from station.db import Database
from station.membership import upkeep
from station.settings import Settings

IDLE_SECONDS = 0.5
CHORES_EVERY = timedelta(minutes=1)

Chore = Callable[[Session], int]

logger = structlog.get_logger()


def duties(settings: Settings, database: Database) -> dict[jobs.JobKind, jobs.Duty]:
    """Who does which kind of job."""
    # Audio work loads numpy, which no other command should wait for.
    import media.worker

    return {
        **media.worker.Worker(settings, database).duties(),
        **scheduler.worker.duties(settings, database),
        jobs.JobKind.LETTER: letters.sender(database, settings, click.echo),
    }


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
        "ended": lambda session: closing.end_weeks(session, settings, now),
        "made_good": lambda session: makegoods.issue(session, settings, now),
        "looked_after": lambda session: upkeep.look_after(session, settings, now),
        "forms_forgotten": lambda session: posts.clear_old(session, now),
    }


def run(settings: Settings, database: Database, stopped: Callable[[float], bool]) -> None:
    """Work until `stopped(seconds)`, which waits that long at most, says so.

    A chore that fails is logged and tried again at its next time; jobs keep their own count.
    """
    known = duties(settings, database)
    chores_due = clock()
    while True:
        worked = False
        try:
            if clock() >= chores_due:
                chores_due = clock() + CHORES_EVERY
                chores(settings, database, clock())
            worked = jobs.work_once(database, known, clock)
        except Exception:
            # The database may be away for a while: go on when it is back.
            logger.exception("work-failed")
        if stopped(0.0 if worked else IDLE_SECONDS):
            return


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
