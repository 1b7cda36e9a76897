"""The scheduler's commands about files: solve a problem, and check a plan.

OR-Tools is imported when a solve starts, and not before: every other command stays fast.
"""

import errno
import math
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler import plan as plans
from scheduler import problem_file, tell
from scheduler.change_words import NO_TIME, Names, sentence
from scheduler.check import check as violations_of
from scheduler.plan import Plan, Status
from scheduler.problem import Problem
from station.command import Answer, answers, progress
from station.errors import Refusal, WrongInput

if TYPE_CHECKING:
    from scheduler.grid import Best

FILE = click.Path(path_type=Path, dir_okay=False)


class Seconds(click.FloatRange):
    """Seconds from 0 on; what is no number at all ("nan") is not in any range."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read what was typed, or end with what is wrong about it."""
        seconds = float(super().convert(value, param, ctx))
        if math.isnan(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


SECONDS = Seconds(min=0)
STOPPING = b"Ending with the best so far. Ctrl-C again ends at once and keeps nothing.\n"


@click.command()
@click.argument("problem", type=FILE)
@click.option("--out", type=FILE, required=True, help="Where to write the plan.")
@click.option(
    "--time-limit",
    type=SECONDS,
    default=60,
    show_default=True,
    help="Seconds to search for something better.",
)
@click.option("--seed", type=click.IntRange(min=0, max=1_000_000), default=1, show_default=True)
@click.option(
    "--deterministic",
    is_flag=True,
    help="Count the seconds in work done, not by the clock: the same seed, the same plan.",
)
@click.option(
    "--explain",
    type=SECONDS,
    default=0,
    show_default=True,
    help="Seconds to look then for the cheapest change that would place each bumped request.",
)
@answers
def solve(
    problem: Path, out: Path, time_limit: float, seed: int, deterministic: bool, explain: float
) -> Answer:
    """Place PROBLEM's requests and write the plan, with a proven bound.

    Ctrl-C keeps the best plan found so far, a second Ctrl-C nothing. Exits 1 when the week is
    proven impossible, and 3 when nothing is known yet.
    """
    with until_ctrl_c() as stopped:
        week = problem_file.read(problem)
        require_writable(out, problem)
        with signal_waits():
            from scheduler.solve import solve as solve_problem
        plan = solve_problem(
            week,
            seconds=time_limit,
            seed=seed,
            told=teller(),
            stopped=stopped,
            steady=deterministic,
        )
        write(out, plans.dump(plan))
        bumps, lines = _explained(week, plan, explain, stopped)
    if plan.status == Status.UNKNOWN:
        raise Refusal("plan-unknown", out=out)
    facts = {"plan": str(out), "requests": len(week.requests), **tell.plan_facts(plan)}
    return Answer(
        {**facts, "bumped": bumps},
        [*tell.plan_lines(week, plan), *lines, f"The plan is in {out}."],
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


def _explained(
    week: Problem, plan: Plan, seconds: float, stopped: Callable[[], bool]
) -> tuple[list[dict[str, object]], list[str]]:
    """Who was bumped and why; and when there are seconds for it, what would place each."""
    facts: list[dict[str, object]] = [
        {"id": bump.id, "reason": bump.reason} for bump in plan.bumped
    ]
    if not seconds or not facts:
        return facts, [f"Bumped: {bump.id}. {bump.reason}" for bump in plan.bumped]
    from scheduler.advice import changes_for

    found, lines = changes_for(week, plan, seconds=seconds, stopped=stopped), []
    for bump, fact in zip(plan.bumped, facts, strict=True):
        change, known = found.get(bump.id), bump.id in found
        said = sentence(change, Names()) if known else NO_TIME.format(option="--explain")
        fact |= {"change": change and change.kind, "way_out": said}
        lines.append(f"Bumped: {bump.id}. {bump.reason} {said}")
    return facts, lines


def require_writable(file: Path, problem: Path | None = None) -> None:
    """See before the work that its answer can be kept.

    Raises Refusal `file-unwritable`, or WrongInput `plan-over-problem`.
    """
    try:
        there = file.exists()
        over_problem = problem is not None and there and file.samefile(problem)
    except OSError as error:
        raise _unwritable(file, error.errno) from None
    if over_problem:
        raise WrongInput("plan-over-problem", file=problem)
    if not file.parent.is_dir():
        raise _unwritable(file, errno.ENOENT)
    if not os.access(file if there else file.parent, os.W_OK):
        raise _unwritable(file, errno.EACCES)


def write(file: Path, content: bytes) -> None:
    """Write a file. Raises Refusal `file-unwritable`."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise _unwritable(file, error.errno) from None


def _unwritable(file: Path, number: int | None) -> Refusal:
    return Refusal("file-unwritable", file=file, problem=os.strerror(number or errno.EIO))


def teller() -> "Callable[[Best], None]":
    """Tells a person at a terminal of each better grid."""

    def tell_of(best: "Best") -> None:
        weight = f"bumped weight {best.weight}, " if best.weight else ""
        gap = plans.gap_of(best.score, best.bound)
        progress(f"{weight}score {best.score}, at most {best.bound} (gap {gap:.2%})")

    return tell_of


@contextmanager
def signal_waits() -> Iterator[None]:
    """Meanwhile Ctrl-C waits its turn: a library whose loading is broken off is a broken one."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def until_ctrl_c() -> Iterator[Callable[[], bool]]:
    """Meanwhile the first Ctrl-C asks for the best so far; a second one ends everything.

    Raises Refusal `stopped` then.
    """
    pressed = threading.Event()

    def press(*_: object) -> None:
        if pressed.is_set():
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            raise KeyboardInterrupt
        pressed.set()
        if sys.stderr.isatty():
            # Not by `progress`: the signal may have come while that was writing.
            os.write(sys.stderr.fileno(), STOPPING)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed.is_set
    except KeyboardInterrupt:
        raise Refusal("stopped") from None
    finally:
        signal.signal(signal.SIGINT, before)
