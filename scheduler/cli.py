"""The scheduler's commands: solve and check files; build, read and publish a station's weeks.

OR-Tools is imported when a solve starts, and not before: every other command stays fast.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler import plan as plans
from scheduler import problem_file
from scheduler.check import check
from scheduler.plan import Plan, Status
from scheduler.problem import Problem
from station.command import Answer, answers, progress
from station.errors import Refusal

if TYPE_CHECKING:
    from scheduler.grid import Best

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("solve")
@click.argument("problem", type=FILE)
@click.option("--out", type=FILE, required=True, help="Where to write the plan.")
@click.option("--time-limit", type=click.FloatRange(min=0), default=60, show_default=True)
@click.option("--seed", type=click.IntRange(min=0, max=1_000_000), default=1, show_default=True)
@answers
def solve_command(problem: Path, out: Path, time_limit: float, seed: int) -> Answer:
    """Place a problem file's requests and write the plan, with its proven bound.

    Ctrl-C keeps the best plan found so far.
    """
    week = problem_file.read(problem)
    plan = solved(week, time_limit, seed)
    try:
        out.write_bytes(plans.dump(plan))
    except OSError as error:
        raise Refusal("file-unwritable", file=out, problem=error.strerror) from None
    if plan.status == Status.UNKNOWN:
        raise Refusal("plan-unknown", out=out)
    return Answer(
        {"plan": str(out), **certificate(plan), "requests": len(week.requests)},
        [*told(week, plan), f"The plan is in {out}."],
        f"mweya check {problem} {out}" if plan.has_grid else None,
        found_problems=plan.status == Status.INFEASIBLE,
    )


@click.command("check")
@click.argument("problem", type=FILE)
@click.argument("plan", type=FILE)
@answers
def check_command(problem: Path, plan: Path) -> Answer:
    """Hold a plan against its problem again, without a solver."""
    found = check(problem_file.read(problem), plans.read(plan))
    lines = [violation.sentence for violation in found] or ["The plan keeps every rule."]
    facts = [{"rule": one.rule, "sentence": one.sentence, "ids": one.ids} for one in found]
    return Answer({"violations": facts}, lines, found_problems=bool(found))


def solved(problem: Problem, seconds: float, seed: int) -> Plan:
    """Solve, and tell a person at a terminal how it goes."""
    from scheduler.solve import solve

    def tell(best: "Best") -> None:
        progress(f"bumped weight {best.weight}, score {best.score}, bound {best.bound}")

    return solve(problem, seconds=seconds, seed=seed, told=tell)


def certificate(plan: Plan) -> dict[str, object]:
    """What a plan proves, in the plan file's own words."""
    return {
        "status": plan.status,
        "placed": len(plan.placements),
        "bumped": [{"id": bump.id, "reason": bump.reason} for bump in plan.bumped],
        "bumped_weight": plan.bumped_weight,
        "score": plan.score,
        "bound": plan.bound,
        "gap": plan.gap,
        "seconds": plan.seconds,
        "seed": plan.seed,
        "conflict": [clash.sentence for clash in plan.conflict],
    }


def told(problem: Problem, plan: Plan) -> list[str]:
    """A plan for people: what is placed, how good that is, and who was bumped."""
    if plan.status == Status.INFEASIBLE:
        return ["This week is impossible.", *(clash.sentence for clash in plan.conflict)]
    proven = "proven best" if plan.status == Status.OPTIMAL else f"within {plan.gap:.2%} of best"
    return [
        f"{len(plan.placements)} of {len(problem.requests)} requests are placed.",
        f"They score {plan.score}, {proven} ({plan.seconds:.1f} s).",
        *(f"Bumped: {bump.id}. {bump.reason}" for bump in plan.bumped),
    ]
