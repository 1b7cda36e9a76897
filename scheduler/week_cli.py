"""The scheduler's commands about a station's week: build it, look at it, repair and publish it.

OR-Tools is imported when a solve starts, and not before: every other command stays fast.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from scheduler import plan as plans
from scheduler import problem_file, tell
from scheduler import publish as publishing
from scheduler.cli import FILE, SECONDS, require_writable, teller, until_ctrl_c, write
from scheduler.way_out import ways_out
from station import grid, reminders, trail
from station.airtime import Week
from station.cli import opened
from station.command import Answer, answers
from station.differences import differences
from station.readiness import Readiness

REASON = click.option("--reason", default="", help="Why, for the trail and the version.")
VERSION = click.option("--version", type=int, help="By default the draft, else the published one.")


@click.group()
def week() -> None:
    """A week: build it, look at it, publish it. WEEK is like 2026-W48."""


@week.command("build")
@click.argument("week")
@click.option("--problem", "problem_out", type=FILE, help="Keep what was asked, to replay it.")
@click.option("--plan", "plan_out", type=FILE, help="Keep what was answered, for `mweya check`.")
@answers
def build_week(week: str, problem_out: Path | None, plan_out: Path | None) -> Answer:
    """Place WEEK's requests on the grid and keep the result as a draft."""
    from scheduler.build import build

    for kept in filter(None, (problem_out, plan_out)):
        require_writable(kept)
    with opened() as (settings, database):
        chosen = Week.parse(week, settings.zone)
        with until_ctrl_c() as stopped:
            problem, plan, version = build(database, settings, chosen, _now(), teller(), stopped)
        with database.writing() as session:
            draft = grid.require_version(session, chosen, version)
            bumps, lines = tell.bumped(session, draft)
            trail.write(session, None, "week.build", _now(), subject=f"{week}, {version}")
    if problem_out is not None:
        write(problem_out, problem_file.dump(problem))
    if plan_out is not None:
        write(plan_out, plans.dump(plan))
    return Answer(
        {"week": week, "version": version, **tell.plan_facts(plan), "bumped": bumps},
        [f"Version {version} of {week}.", *tell.plan_lines(problem, plan), *lines],
        f"mweya week publish {week}",
    )


@week.command("repair")
@click.argument("week")
@answers
def repair_week(week: str) -> Answer:
    """Repair WEEK's published version after late changes, moving as few people as possible.

    The result is a draft. Publishing it tells everybody whom it moves.
    """
    from scheduler.build import proof_of_repair, repair

    with opened() as (settings, database):
        chosen = Week.parse(week, settings.zone)
        with until_ctrl_c() as stopped:
            repaired, version = repair(database, settings, chosen, _now(), stopped)
        with database.writing() as session:
            shown = grid.require_version(session, chosen, version)
            if version is not None:
                trail.write(session, None, "week.repair", _now(), subject=f"{week}, {version}")
            before = grid.published(session, chosen)
            changes = differences(before, shown)
            moves, lines = tell.moved(session, settings, chosen, changes)
            bumps, bump_lines = tell.bumped(session, shown)
    facts = {"week": week, "version": version, **proof_of_repair(repaired)}
    facts |= {"moves": moves, "bumped": bumps}
    if version is None:
        return Answer(facts, [f"The published version of {week} fits as it is."])
    few = ", which is proven to be the fewest" if repaired.least else ""
    head = f"Version {version} of {week}: {len(repaired.moved)} of those on show move{few}."
    return Answer(facts, [head, *lines, *bump_lines], f"mweya week publish {week}")


@week.command("show")
@click.argument("week")
@VERSION
@answers
def show_week(week: str, version: int | None) -> Answer:
    """List who airs when in WEEK."""
    with opened() as (settings, database), database.reading() as session:
        chosen = Week.parse(week, settings.zone)
        shown = grid.require_version(session, chosen, version)
        places, lines = tell.placed(session, settings, chosen, shown)
        bumps, bump_lines = tell.bumped(session, shown)
        facts = {**tell.version_facts(shown), "placements": places, "bumped": bumps}
    head = f"Version {shown.version} of {week}, {shown.state}: {len(places)} placed."
    # Whoever keeps this line can tell later whether anything before it was changed.
    proof = [f"The ledger's root hash then: {shown.root_hash}."] if shown.root_hash else []
    return Answer(facts, [head, *lines, *bump_lines, *proof])


@week.command("diff")
@click.argument("week")
@click.option("--from", "older", type=int, help="By default the published version.")
@click.option("--to", "newer", type=int, help="By default the draft, else the published one.")
@answers
def diff_week(week: str, older: int | None, newer: int | None) -> Answer:
    """Say what changes for whom between two versions of WEEK."""
    with opened() as (settings, database), database.reading() as session:
        chosen = Week.parse(week, settings.zone)
        after = grid.require_version(session, chosen, newer)
        before = (
            grid.published(session, chosen)
            if older is None
            else grid.require_version(session, chosen, older)
        )
        moves, lines = tell.moved(session, settings, chosen, differences(before, after))
    compared = {"from": before.version if before else None, "to": after.version}
    return Answer({"week": week, **compared, "moves": moves}, lines or ["Nothing changes."])


@week.command("explain")
@click.argument("week")
@VERSION
@click.option(
    "--time-limit",
    type=SECONDS,
    default=20,
    show_default=True,
    help="Seconds to look for changes; 0 tells the reasons alone.",
)
@answers
def explain_week(week: str, version: int | None, time_limit: float) -> Answer:
    """Say who was bumped from WEEK, why, and what the cheapest change would be that places them.

    Each change is tried by solving the week again; nothing is kept.
    """
    with opened() as (settings, database):
        chosen = Week.parse(week, settings.zone)
        with database.reading() as session:
            shown = grid.require_version(session, chosen, version)
            bumps, lines = tell.bumped(session, shown)
            facts = tell.version_facts(shown)
            number = shown.version
        found = ways_out(database, settings, chosen, number, _now(), time_limit)
    for position, bump in enumerate(bumps):
        way = found.get(int(str(bump["request"])))
        bump["change"] = None if way is None or way.change is None else way.change.kind
        bump["way_out"] = None if way is None else way.sentence
        lines[position] += "" if way is None else f" {way.sentence}"
    return Answer({**facts, "bumped": bumps}, lines or ["Nobody was bumped."])


@week.command("publish")
@click.argument("week")
@REASON
@answers
def publish_week(week: str, reason: str) -> Answer:
    """Check WEEK's draft again and put it on show instead of the version before."""
    return _put_on_show(week, "publish", reason, publishing.publish)


@week.command("rollback")
@click.argument("week")
@REASON
@answers
def rollback_week(week: str, reason: str) -> Answer:
    """Put WEEK's version before the published one on show again, as a new version."""
    return _put_on_show(week, "rollback", reason, publishing.rollback)


@week.command("remind")
@click.argument("week")
@click.option(
    "--who",
    type=click.Choice([str(one) for one in reminders.REMINDED]),
    default=str(Readiness.MISSING),
    show_default=True,
    help="Who sent nothing, or whose recording can't air.",
)
@answers
def remind_week(week: str, who: str) -> Answer:
    """Promise a letter to everybody who sent nothing for WEEK, at most one a day."""
    with opened() as (settings, database):
        chosen = Week.parse(week, settings.zone)
        with database.writing() as session:
            found = reminders.promise_letters(session, settings, chosen, Readiness(who), _now())
            said = reminders.sentence(found)
            trail.write(session, None, "week.remind", _now(), subject=f"{week}, {who}", said=said)
    return Answer({"week": week, "who": who, **asdict(found)}, [said], f"mweya week status {week}")


def _put_on_show(label: str, verb: str, reason: str, act: Callable[..., grid.Grid]) -> Answer:
    reason = reason.strip()
    with opened() as (settings, database):
        chosen = Week.parse(label, settings.zone)
        with database.writing() as session:
            before = grid.published(session, chosen)
            shown = act(session, settings, chosen, _now(), reason)
            changes = differences(before, shown)
            moves, lines = tell.moved(session, settings, chosen, changes)
            facts = {**tell.version_facts(shown), "moves": moves}
            head = f"Version {shown.version} of {label} is published: {len(moves)} changes."
            about = f"{label}, version {shown.version}"
            trail.write(
                session, None, f"week.{verb}", _now(), subject=about, reason=reason, said=head
            )
    return Answer(facts, [head, *(lines if before else ())], "mweya up")


def _now() -> datetime:
    return datetime.now(UTC)
