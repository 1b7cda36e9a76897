"""The command about promised work: what waits, what is being done just now, what failed."""

from datetime import UTC, datetime, timedelta

import click

from station import jobs
from station.cli import opened
from station.command import Answer, answers
from station.jobs import Job, JobState

SHOWN = 20
# What failed before was seen, or is past help.
RECENT = timedelta(days=1)


@click.command("jobs")
@answers
def jobs_command() -> Answer:
    """Say what waits, what is being worked on, and what failed today.

    Exits 1 when something failed within a day.
    """
    now = datetime.now(UTC)
    with opened() as (_, database), database.reading() as session:
        waiting = jobs.waiting(session)
        running = jobs.in_state(session, JobState.CLAIMED)
        failed = [
            job for job in jobs.in_state(session, JobState.FAILED) if job.due_at > now - RECENT
        ]
    facts = {
        "waiting": waiting,
        "running": [{**_facts(job), "step": job.step} for job in running],
        "failed": [{**_facts(job), "answer": job.answer} for job in failed],
    }
    lines = [f"{count} {kind} waiting" for kind, count in waiting.items()]
    lines += [f"{_named(job)}: {job.step or 'begun'}, attempt {job.attempts}" for job in running]
    lines += [f"{_named(job)} failed: {job.answer}" for job in failed[-SHOWN:]]
    idle = [f"Nothing is waiting at {now:%H:%M} UTC."]
    return Answer(facts, lines or idle, "mweya up", found_problems=bool(failed))


def _named(job: Job) -> str:
    return f"{job.kind} {job.subject}"


def _facts(job: Job) -> dict[str, object]:
    return {
        "job": job.id,
        "kind": job.kind,
        "subject": job.subject,
        "attempts": job.attempts,
        "promised_at": job.promised_at.isoformat(),
    }
