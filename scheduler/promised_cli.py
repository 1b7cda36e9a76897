"""The commands about what the worker solves for a week: promise it, watch it, stop it, ask what if.

OR-Tools is imported when a solve starts, and not before: every other command stays fast.
"""

from dataclasses import asdict
from datetime import UTC, datetime

import click

from scheduler.cli import teller, until_ctrl_c
from station import grid, jobs, trail, what_ifs
from station.airtime import Week
from station.cli import opened
from station.command import Answer, answers
from station.errors import Refusal
from station.jobs import Job, JobKind
from station.what_ifs import Change, Dropped, Figures, WhatIf

KINDS = (JobKind.BUILD, JobKind.REPAIR)


@click.command("promise")
@click.argument("week")
@click.option("--repair", is_flag=True, help="Repair the published version instead.")
@answers
def promise_week(week: str, repair: bool) -> Answer:
    """Let the worker build WEEK, as the desk does: `mweya up` and `mweya worker` run it."""
    kind = JobKind.REPAIR if repair else JobKind.BUILD
    with opened() as (settings, database), database.writing() as session:
        chosen = Week.parse(week, settings.zone)
        if repair and grid.published(session, chosen) is None:
            raise Refusal("nothing-published", week=chosen)
        now = _now()
        job = jobs.promise(session, kind, chosen, now)
        trail.write(session, None, f"week.{kind}", now, subject=week)
    said = f"The {kind} of {week} is promised."
    return Answer(
        {"week": week, "kind": kind, "job": job.id}, [said], f"mweya week progress {week}"
    )


@click.command("progress")
@click.argument("week")
@answers
def week_progress(week: str) -> Answer:
    """Say how far the worker is with WEEK: what is placed, the score, its bound and the gap."""
    with opened() as (settings, database), database.reading() as session:
        chosen = Week.parse(week, settings.zone)
        found = [job for kind in KINDS if (job := jobs.newest(session, kind, chosen))]
    if not found:
        never = f"Nothing was promised for {week}."
        return Answer({"week": week, "kind": None}, [never], f"mweya week promise {week}")
    job = max(found, key=lambda one: (one.running, one.id))
    facts = {
        "week": week,
        "kind": job.kind,
        "state": job.state,
        "stopping": job.running and job.stop_asked_at is not None,
        "answer": job.answer,
        "steps": job.progress,
    }
    lines = [f"The {job.kind} of {week}: {job.state}. {job.answer}".strip(), *_last(job)]
    return Answer(facts, lines, f"mweya week {'stop' if job.running else 'show'} {week}")


@click.command("stop")
@click.argument("week")
@answers
def stop_week(week: str) -> Answer:
    """Let the worker's build or repair of WEEK end with the best so far, as Ctrl-C does."""
    with opened() as (settings, database), database.writing() as session:
        chosen, now = Week.parse(week, settings.zone), _now()
        stopped = [kind for kind in KINDS if jobs.stop(session, kind, chosen, now)]
        if not stopped:
            raise Refusal("nothing-to-stop", week=chosen)
        trail.write(session, None, "week.stop", now, subject=week)
    lines = [f"The {kind} of {week} ends with the best so far." for kind in stopped]
    return Answer({"week": week, "stopped": stopped}, lines, f"mweya week progress {week}")


@click.command("whatif")
@click.argument("week")
@click.option("--channels", type=int, help="So many channels; each more is worth what the last is.")
@click.option(
    "--without", multiple=True, type=click.Choice(list(map(str, Dropped))), help="A rule."
)
@click.option("--ident", type=int, help="Seconds of ident before each piece.")
@answers
def what_if(week: str, channels: int | None, without: tuple[str, ...], ident: int | None) -> Answer:
    """Build WEEK with something else than today, and keep the figures alone."""
    from scheduler.what_if import answer

    change = Change(channels, tuple(map(Dropped, without)), ident)
    with opened() as (settings, database):
        chosen = Week.parse(week, settings.zone)
        with database.writing() as session:
            number = what_ifs.ask(session, settings, chosen, change, _now()).id
        with until_ctrl_c() as stopped:
            asked = answer(database, settings, number, _now(), teller(), stopped)
        with database.reading() as session:
            shown = grid.newest_draft(session, chosen) or grid.published(session, chosen)
            today = None if shown is None else what_ifs.reached(session, shown)
    facts = {"week": week, "today": today and asdict(today), **asdict(asked.figures)}
    facts |= {"status": asked.status, "longer": asked.longer, "problem": asked.problem}
    return Answer(facts, _beside(asked, today), found_problems=bool(asked.problem))


def _beside(asked: WhatIf, today: Figures | None) -> list[str]:
    lines = [asked.problem or f"Then: {_figures(asked.figures)}"]
    if asked.longer:
        lines.append(f"Pieces take {asked.longer} starts more.")
    return [*lines, f"Today: {'not built' if today is None else _figures(today)}"]


def _figures(reached: Figures) -> str:
    gap = "no proven gap" if reached.gap is None else f"gap {reached.gap:.2%}"
    return f"{reached.placed} placed, {reached.bumped} bumped, score {reached.score}, {gap}."


def _last(job: Job) -> list[str]:
    """The last figures of a job, in the words of a build at a terminal."""
    found = job.progress[-1] if job.progress else {}
    if "score" not in found:
        return []
    weight = f"bumped weight {found['bumped_weight']}, " if found["bumped_weight"] else ""
    score = f"score {found['score']}, at most {found['bound']} (gap {found['gap']:.2%})"
    return [f"{found['seconds']:.0f} s: {found['placed']} placed, {weight}{score}"]


def _now() -> datetime:
    return datetime.now(UTC)


COMMANDS = (promise_week, week_progress, stop_week, what_if)
