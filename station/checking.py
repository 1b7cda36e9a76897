"""When a verdict will come is told from the queue as it is, and from how fast it went lately."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.jobs import Job, JobKind, JobState

# What is done by the same hands.
AUDIO = (JobKind.INGEST, JobKind.SILENCE, JobKind.STOCK)
LATELY = 20
# Until a station has checked anything: a voice note of five minutes on one slow core.
UNKNOWN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Done:
    """A job that came to its end: when it was promised, and when it ended."""

    promised_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Lately:
    """The last jobs that ended, earliest end first, and since when the first in line waits."""

    done: tuple[Done, ...]
    first_promised_at: datetime | None


def verdict_in(ahead: int, lately: Lately, now: datetime) -> timedelta:
    """How long it takes until a job is done that has so many others ahead of it."""
    return (ahead + 1) * _pace(lately, now)


def lately(session: Session) -> Lately:
    """How the audio work went lately."""
    ended = sa.select(Job).where(Job.kind.in_(AUDIO), Job.state == JobState.DONE)
    newest = session.scalars(ended.order_by(Job.due_at.desc(), Job.id.desc()).limit(LATELY))
    done = tuple(Done(job.promised_at, job.due_at) for job in newest)
    first = sa.select(sa.func.min(Job.promised_at)).where(
        Job.kind.in_(AUDIO), Job.state.in_([JobState.WAITING, JobState.CLAIMED])
    )
    return Lately(done[::-1], session.scalars(first).one())


def ahead_of(session: Session, job: Job) -> int:
    """How many jobs are done before one that waits, those being done included."""
    sooner = sa.or_(Job.due_at < job.due_at, sa.and_(Job.due_at == job.due_at, Job.id < job.id))
    waits = sa.and_(Job.state == JobState.WAITING, sooner)
    before = sa.or_(Job.state == JobState.CLAIMED, waits)
    query = sa.select(sa.func.count()).select_from(Job).where(Job.kind.in_(AUDIO), before)
    return session.scalars(query).one()


def _pace(lately: Lately, now: datetime) -> timedelta:
    """How long one job keeps all hands: its time from the end before it, or its own promise."""
    pace = timedelta(seconds=statistics.median(_seconds(lately.done)))
    if lately.first_promised_at is None:
        return pace
    # While nothing comes to its end, it goes no faster than that.
    last = lately.done[-1].ended_at if lately.done else lately.first_promised_at
    return max(pace, now - max(last, lately.first_promised_at))


def _seconds(done: Sequence[Done]) -> list[float]:
    kept = [
        (after.ended_at - max(before.ended_at, after.promised_at)).total_seconds()
        for before, after in pairwise(done)
    ]
    return kept or [UNKNOWN.total_seconds()]
