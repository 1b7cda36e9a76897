"""The solver is measured beside a plain model, a greedy fill and a bound, on the same weeks.

Each way runs in a process of its own, so that its peak of memory is its own too.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from time import perf_counter, process_time

from bench.plain import assignment_bound, by_greed, plainly
from bench.stations import FULL, HARD, Demand, station
from scheduler.check import check
from scheduler.plan import gap_of
from scheduler.problem import Problem
from scheduler.solve import solve

SIZES = {
    "day": replace(FULL, slots=285, channels=1, starts=288, reserved_hours=0, together=0, pins=3),
    "channel": replace(FULL, slots=1_750, channels=1, together=0, pins=8),
    "full": FULL,
    "hard": HARD,
    "spring": replace(FULL, slots=5_960, starts=2_004),
    "autumn": replace(FULL, slots=6_030, starts=2_028),
    "oversubscribed": replace(FULL, channels=1, together=0, pins=8, waiting=0.5),
    "ten": replace(FULL, slots=20_000, channels=10, together=20, pins=60),
    "thirty": replace(FULL, slots=60_000, channels=30, together=60, pins=200),
}
KIBI = 1024


@dataclass(frozen=True, slots=True)
class Found:
    """What one way reached: no score where it found no plan, no bound where it proved none."""

    placed: int | None = None
    bumped_weight: int | None = None
    score: int | None = None
    bound: int | None = None
    first_seconds: float | None = None
    wrong: int = 0


def ours(problem: Problem, seconds: float, seed: int) -> Found:
    """`scheduler.solve`, held against the checker."""
    began, first = perf_counter(), []
    plan = solve(
        problem, seconds=seconds, seed=seed, told=lambda _: first.append(perf_counter() - began)
    )
    wrong = len(check(problem, plan))
    return Found(len(plan.placements), plan.bumped_weight, plan.score, plan.bound, first[0], wrong)


def plain(problem: Problem, seconds: float, seed: int) -> Found:
    """One CP-SAT model with a boolean for each request and start."""
    return Found(*plainly(problem, seconds, seed))


def greedy(problem: Problem, _seconds: float, _seed: int) -> Found:
    """Each request in turn takes the best place that the rules leave."""
    return Found(*by_greed(problem))


def assigned(problem: Problem, _seconds: float, _seed: int) -> Found:
    """The bound of an assignment of requests to slots that knows no other rule."""
    return Found(bound=assignment_bound(problem))


WAYS: dict[str, Callable[[Problem, float, int], Found]] = {
    "ours": ours,
    "plain CP-SAT": plain,
    "greedy": greedy,
    "assignment": assigned,
}


def measured(way: str, demand: Demand, seconds: float, seed: int) -> dict[str, object]:
    """One run in this process: what it found, and what that took."""
    problem = station(demand, seed)
    began, cpu_began = perf_counter(), process_time()
    found = WAYS[way](problem, seconds, seed)
    return {
        **asdict(found),
        "requests": len(problem.requests),
        "seconds": round(perf_counter() - began, 1),
        "cpu_seconds": round(process_time() - cpu_began, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIBI,
    }


def in_a_process(way: str, size: str, seconds: float, seed: int) -> dict[str, object]:
    """The same in a process of its own."""
    words = [sys.executable, "-m", "bench.solver", size, "--way", way, "--only"]
    options = ["--seconds", str(seconds), "--seeds", str(seed)]
    ended = subprocess.run([*words, *options], capture_output=True, text=True, check=False)
    if ended.returncode:
        return {"failed": ended.stderr.strip().splitlines()[-1:]}
    facts: dict[str, object] = json.loads(ended.stdout)
    return facts


def row(size: str, seed: int, way: str, facts: dict[str, object]) -> str:
    """One line of the table."""
    if "failed" in facts:
        return f"| {size} | {seed} | {way} | {facts['failed']} |"
    score, bound = facts["score"], facts["bound"]
    known = isinstance(score, int) and isinstance(bound, int)
    gap = f"{gap_of(score, bound):.3%}" if known else "-"  # type: ignore[arg-type]
    shown = ("placed", "bumped_weight", "score", "bound")
    figures = ["-" if facts[key] is None else str(facts[key]) for key in shown]
    first = facts["first_seconds"]
    took = ["-" if first is None else f"{first:.1f}", facts["seconds"], facts["cpu_seconds"]]
    cells = [size, seed, way, *figures, gap, *took, facts["peak_mb"], facts["wrong"]]
    return f"| {' | '.join(map(str, cells))} |"


HEAD = (
    "| week | seed | way | placed | bumped weight | score | proven bound | gap "
    "| first plan s | s | CPU s | peak MB | rules broken |\n" + "|---" * 13 + "|"
)


def main() -> None:
    """Measure the chosen weeks and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("sizes", nargs="*", choices=[*SIZES, []], default=["day", "channel", "full"])
    asked.add_argument("--seconds", type=float, default=60, help="how long each may search")
    asked.add_argument("--seeds", type=int, nargs="+", default=[1])
    asked.add_argument("--way", choices=list(WAYS), action="append", help="by default all")
    asked.add_argument("--only", action="store_true", help="one run here, told as JSON")
    chosen = asked.parse_args()
    ways = chosen.way or list(WAYS)
    if chosen.only:
        size, seed = SIZES[chosen.sizes[0]], chosen.seeds[0]
        print(json.dumps(measured(ways[0], size, chosen.seconds, seed)), flush=True)
        # A linear programme that was cut short would still be waited for, and break the exit.
        os._exit(0)
    print(HEAD, flush=True)
    for size in chosen.sizes:
        for seed in chosen.seeds:
            for way in ways:
                facts = in_a_process(way, size, chosen.seconds, seed)
                print(row(size, seed, way, facts), flush=True)


if __name__ == "__main__":
    main()
