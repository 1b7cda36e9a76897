"""The scheduler's commands: solve and check files; build, read and publish a station's weeks.

OR-Tools is imported when a solve starts, and not before: every other command stays fast.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler import plan as plans
from scheduler import problem_file, tell
from scheduler import publish as publishing
from scheduler.check import check as violations_of
from scheduler.plan import Status
from station import grid
from station.airtime import Week
from station.cli import opened
from station.command import Answer, answers, progress
from station.errors import Refusal

if TYPE_CHECKING:
    from scheduler.grid import Best

FILE = click.Path(path_type=Path, dir_okay=False)
VERSION = click.option("--version", type=int, help="By default the draft, else the published one.")


@click.command()
@click.argument("problem", type=FILE)
@click.option("--out", type=FILE, required=True, help="Where to write the plan.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0),
    default=60,
    show_default=True,
    help="Seconds to search for something better.",
)
@click.option("--seed", type=click.IntRange(min=0, max=1_000_000), default=1, show_default=True)
@answers
def solve(problem: Path, out: Path, time_limit: float, seed: int) -> Answer:
    """Place PROBLEM's requests and write the plan, with a proven bound.

    Ctrl-C keeps the best plan found so far. Exits 1 when the week is proven impossible, and
    3 when nothing is known yet.
    """
    week = problem_file.read(problem)
    from scheduler.solve import solve as solve_problem

    with _until_ctrl_c() as stopped:
        plan = solve_problem(week, seconds=time_limit, seed=seed, told=_teller(), stopped=stopped)
    _write(out, plans.dump(plan))
    if plan.status == Status.UNKNOWN:
        raise Refusal("plan-unknown", out=out)
    bumps = [f"Bumped: {bump.id}. {bump.reason}" for bump in plan.bumped]
    return Answer(
        {"plan": str(out), "requests": len(week.requests), **tell.plan_facts(plan)},
        [*tell.plan_lines(week, plan), *bumps, f"The plan is in {out}."],
        f"mweya check {problem} {out}" if plan.has_grid else None,
        found_problems=plan.status == Status.INFEASIBLE,
    )


@click.command()
@click.argument("problem", type=FILE)
@click.argument("plan", type=FILE)
@answers
def check(problem: Path, plan: Path) -> Answer:
    """Hold PLAN against PROBLEM again, without a solver. Exits 1 when it breaks anything."""
    found = violations_of(problem_file.read(problem), plans.read(plan))
    lines = [violation.sentence for violation in found] or ["The plan keeps every rule."]
    facts = [{"rule": one.rule, "sentence": one.sentence, "ids": one.ids} for one in found]
    return Answer({"violations": facts}, lines, found_problems=bool(found))


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

    with opened() as (settings, database):
        chosen = Week.parse(week, settings.zone)
        with _until_ctrl_c() as stopped:
            problem, plan, version = build(database, settings, chosen, _now(), _teller(), stopped)
        with database.reading() as session:
            draft = grid.require_version(session, chosen, version)
            bumps, lines = tell.bumped(session, draft)
    if problem_out is not None:
        _write(problem_out, problem_file.dump(problem))
    if plan_out is not None:
        _write(plan_out, plans.dump(plan))
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
        with _until_ctrl_c() as stopped:
            repaired, version = repair(database, settings, chosen, _now(), stopped)
        with database.reading() as session:
            shown = grid.require_version(session, chosen, version)
            before = grid.published(session, chosen)
            changes = grid.differences(before, shown)
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
        moves, lines = tell.moved(session, settings, chosen, grid.differences(before, after))
    compared = {"from": before.version if before else None, "to": after.version}
    return Answer({"week": week, **compared, "moves": moves}, lines or ["Nothing changes."])


@week.command("explain")
@click.argument("week")
@VERSION
@answers
def explain_week(week: str, version: int | None) -> Answer:
    """Say who was bumped from WEEK and why, in words for them."""
    with opened() as (settings, database), database.reading() as session:
        shown = grid.require_version(session, Week.parse(week, settings.zone), version)
        bumps, lines = tell.bumped(session, shown)
    facts = {**tell.version_facts(shown), "bumped": bumps}
    return Answer(facts, lines or ["Nobody was bumped."])


@week.command("publish")
@click.argument("week")
@answers
def publish_week(week: str) -> Answer:
    """Check WEEK's draft again and put it on show instead of the version before."""
    return _put_on_show(week, publishing.publish)


@week.command("rollback")
@click.argument("week")
@answers
def rollback_week(week: str) -> Answer:
    """Put WEEK's version before the published one on show again, as a new version."""
    return _put_on_show(week, publishing.rollback)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Refusal("file-unwritable", file=file, problem=error.strerror) from None


def _put_on_show(label: str, act: Callable[..., grid.Grid]) -> Answer:
    with opened() as (settings, database):
        chosen = Week.parse(label, settings.zone)
        with database.writing() as session:
            before = grid.published(session, chosen)
            shown = act(session, settings, chosen, _now())
            changes = grid.differences(before, shown)
            moves, lines = tell.moved(session, settings, chosen, changes)
            facts = {**tell.version_facts(shown), "moves": moves}
    head = f"Version {shown.version} of {label} is published: {len(moves)} changes."
    return Answer(facts, [head, *(lines if before else ())], "mweya up")


def _teller() -> "Callable[[Best], None]":
    """Tells a person at a terminal of each better grid."""

    def tell_of(best: "Best") -> None:
        weight = f"bumped weight {best.weight}, " if best.weight else ""
        gap = plans.gap_of(best.score, best.bound)
        progress(f"{weight}score {best.score}, at most {best.bound} (gap {gap:.2%})")

    return tell_of


@contextmanager
def _until_ctrl_c() -> Iterator[Callable[[], bool]]:
    """Meanwhile the first Ctrl-C asks for the best so far; a second one ends everything."""
    pressed = threading.Event()

    def press(*_: object) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def _now() -> datetime:
    return datetime.now(UTC)
