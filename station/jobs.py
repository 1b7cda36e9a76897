"""Slow work is promised in the transaction that needs it, and done at least once.

A worker claims a job by compare-and-set and holds it under a lease; when the worker dies,
the lease runs out and another claims it. What a job does must therefore bear being done twice.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import STRICT, Base, Database, compare_and_set
from station.errors import Fault, Refusal
from station.languages import marked

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)
MOST_DOUBLINGS = 10  # 5 s have become more than an hour by then

logger = structlog.get_logger()


class JobKind(StrEnum):
    """What can be promised."""

    INGEST = "ingest"  # subject: a recording's id
    SILENCE = "silence"  # subject: a request's id
    BUILD = "build"  # subject: a week
    REPAIR = "repair"  # subject: a week
    EXPLAIN = "explain"  # subject: a grid's id
    WHAT_IF = "what-if"  # subject: a what-if's id
    LETTER = "letter"  # subject: a letter's id
    REMIND = "remind"  # subject: a week, and how far those are who are reminded
    MESSAGE = "message"  # subject: a message's id
    STOCK = "stock"  # subject: "fill"
    WEBHOOK = "webhook"  # subject: a webhook's id


# A mail server may be away for a day or two: then the last attempts are an hour apart.
PATIENCE = {JobKind.LETTER: 60, JobKind.WEBHOOK: 60}


class JobState(StrEnum):
    """Where a job stands; `failed` is for good."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


RUNNING = (JobState.WAITING, JobState.CLAIMED)
NEVER_BEGUN = marked("It was stopped before it began.")


class Job(Base):
    """One piece of promised work; while it waits or runs, a subject has one of a kind."""

    __tablename__ = "jobs"
    __table_args__ = (
        sa.Index("ix_jobs_state_due_at", "state", "due_at"),
        sa.Index("ix_jobs_kind_subject", "kind", "subject"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default=JobState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime]  # when waiting: not before; when claimed: the lease's end
    answer: Mapped[str] = mapped_column(default="")
    step: Mapped[str] = mapped_column(default="")  # what is being done just now
    progress: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # what was found so far
    stop_asked_at: Mapped[datetime | None]

    @property
    def running(self) -> bool:
        """Whether it waits or is being done."""
        return self.state in RUNNING


# What a worker does about one kind of job: it takes the subject and the time, opens its own
# transactions, and returns a sentence.
Duty = Callable[[str, datetime], str]


def promise(session: Session, kind: JobKind, subject: object, now: datetime) -> Job:
    """Promise a job; the one already waiting for the same subject is returned instead."""
    waiting = sa.select(Job).where(
        Job.kind == kind, Job.subject == str(subject), Job.state == JobState.WAITING
    )
    job = session.scalars(waiting).first()
    if job is None:
        job = Job(kind=kind, subject=str(subject), promised_at=now, due_at=now)
        session.add(job)
        session.flush()
    return job


def newest(session: Session, kind: JobKind, subject: object) -> Job | None:
    """The job promised last for a subject."""
    query = sa.select(Job).where(Job.kind == kind, Job.subject == str(subject))
    return session.scalars(query.order_by(Job.id.desc())).first()


def waiting(session: Session) -> dict[str, int]:
    """How many jobs of each kind wait to be claimed."""
    counted = sa.select(Job.kind, sa.func.count()).where(Job.state == JobState.WAITING)
    found = session.execute(counted.group_by(Job.kind).order_by(Job.kind)).all()
    return {kind: count for kind, count in found}  # noqa: C416  typed


def in_state(session: Session, state: JobState) -> list[Job]:
    """The jobs in a state, in the order they were promised."""
    return list(session.scalars(sa.select(Job).where(Job.state == state).order_by(Job.id)))


def claim(session: Session, kinds: Mapping[JobKind, Any], now: datetime) -> Job | None:
    """Take the job that is due longest, or none. A job whose lease ran out is due again."""
    due = (
        sa.select(Job.id, Job.state, Job.attempts)
        .where(
            Job.kind.in_(list(kinds)),
            Job.state.in_([JobState.WAITING, JobState.CLAIMED]),
            Job.due_at <= now,
        )
        .order_by(Job.due_at, Job.id)
        .limit(10)
    )
    for job_id, state, attempts in session.execute(due).all():
        if compare_and_set(
            session,
            Job,
            Job.id == job_id,
            Job.state == state,
            Job.attempts == attempts,
            state=JobState.CLAIMED,
            attempts=attempts + 1,
            due_at=now + LEASE,
        ):
            return session.get_one(Job, job_id, populate_existing=True)
    return None


def tell(session: Session, kind: JobKind, subject: str, step: str) -> None:
    """Say which step of a claimed job is being done."""
    session.execute(
        sa.update(Job)
        .where(Job.kind == kind, Job.subject == subject, Job.state == JobState.CLAIMED)
        .values(step=step)
    )


def go_on(
    session: Session,
    kind: JobKind,
    subject: str,
    progress: Sequence[Mapping[str, Any]],
    now: datetime,
) -> bool:
    """Keep what a claimed job has found so far, and its lease; False once it is to stop."""
    asked = session.scalars(
        sa.update(Job)
        .where(Job.kind == kind, Job.subject == subject, Job.state == JobState.CLAIMED)
        .values(progress=list(progress), due_at=now + LEASE)
        .returning(Job.stop_asked_at)
    )
    return not any(asked)


def stop(session: Session, kind: JobKind, subject: object, now: datetime) -> bool:
    """Ask a subject's job to end with what it has; one that waits ends at once.

    False when there was nothing to stop. Whoever does the job hears of it from `go_on`.
    """
    mine = (Job.kind == kind, Job.subject == str(subject))
    ended = {"state": JobState.DONE, "answer": NEVER_BEGUN, "stop_asked_at": now, "due_at": now}
    waited = compare_and_set(session, Job, *mine, Job.state == JobState.WAITING, **ended)
    claimed = (*mine, Job.state == JobState.CLAIMED, Job.stop_asked_at.is_(None))
    return compare_and_set(session, Job, *claimed, stop_asked_at=now) or waited


def settle(session: Session, job: Job, state: JobState, answer: str, due_at: datetime) -> bool:
    """Say how a claimed job ended. False when another worker has claimed it since."""
    return compare_and_set(
        session,
        Job,
        Job.id == job.id,
        Job.state == JobState.CLAIMED,
        Job.attempts == job.attempts,
        state=state,
        answer=answer,
        step="",
        due_at=due_at,
    )


def work_once(
    database: Database, duties: Mapping[JobKind, Duty], clock: Callable[[], datetime]
) -> bool:
    """Claim one job and do it. False when none was due.

    A refusal or a permanent fault ends the job for good; anything else is tried again, each
    time later, and given up after `MOST_ATTEMPTS`, or those that its kind has in `PATIENCE`.
    """
    job = database.do(lambda session: claim(session, duties, clock()))
    if job is None:
        return False
    bound = logger.bind(job=job.id, kind=job.kind, subject=job.subject, attempt=job.attempts)
    if job.attempts > _most_attempts(job):
        state, answer, due = JobState.FAILED, "given up: each attempt was cut short", clock()
    else:
        state, answer, due = _attempt(duties[JobKind(job.kind)], job, clock, bound)
    database.do(lambda session: settle(session, job, state, answer, due))
    bound.info("job-ended", state=state, answer=answer)
    return True


def _attempt(
    duty: Duty, job: Job, clock: Callable[[], datetime], bound: Any
) -> tuple[JobState, str, datetime]:
    try:
        return JobState.DONE, duty(job.subject, clock()), clock()
    except Refusal as refusal:
        return JobState.FAILED, refusal.sentence, clock()
    except Exception as error:  # noqa: BLE001  one poisoned job must not stop the others
        bound.exception("job-attempt-failed")
        for_good = isinstance(error, Fault) and error.permanent
        if for_good or job.attempts >= _most_attempts(job):
            return JobState.FAILED, str(error), clock()
        return JobState.WAITING, str(error), clock() + _pause_after(job.attempts)


def _most_attempts(job: Job) -> int:
    return PATIENCE.get(JobKind(job.kind), MOST_ATTEMPTS)


def _pause_after(attempts: int) -> timedelta:
    """Twice as long each time, up to an hour."""
    doublings = min(attempts - 1, MOST_DOUBLINGS)
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)
