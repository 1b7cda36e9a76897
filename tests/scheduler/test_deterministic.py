"""The same seed and limit make the same plan, however fast or busy the machine is."""

import os
import subprocess
import threading

import msgspec

from scheduler import plan, problem_file
from scheduler.check import check
from scheduler.solve import solve
from tests.scheduler.terminal import ROOT, SOLVE
from tests.scheduler.test_sizes import station
from tests.scheduler.weeks import crowd

CUT_SHORT = 3


def without_seconds(found):
    return msgspec.structs.replace(found, seconds=0)


def test_a_steady_solve_that_is_cut_short_is_repeated_exactly_on_a_busy_machine():
    problem = crowd()
    first = solve(problem, seconds=CUT_SHORT, steady=True)
    busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(os.cpu_count())]
    try:
        second = solve(problem, seconds=CUT_SHORT, steady=True)
    finally:
        for one in busy:
            one.kill()
            one.wait()
    assert first.status == "feasible"
    assert without_seconds(first) == without_seconds(second)
    assert check(problem, first) == []


def test_the_command_makes_the_same_plan_in_two_processes(tmp_path):
    problem = tmp_path / "problem.json"
    problem.write_bytes(problem_file.dump(station(600)))
    outs = [tmp_path / "first.json", tmp_path / "second.json"]
    for out in outs:
        command = [*SOLVE, str(problem), "--out", str(out), "--deterministic", "--time-limit", "2"]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    first, second = (without_seconds(plan.read(out)) for out in outs)
    assert plan.dump(first) == plan.dump(second)


def test_a_steady_solve_can_be_stopped_too():
    stopped = threading.Event()
    found = solve(
        station(2000),
        seconds=1000,
        steady=True,
        told=lambda _: stopped.set(),
        stopped=stopped.is_set,
    )
    assert found.has_grid
