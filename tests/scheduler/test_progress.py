"""A terminal is told of each better plan, its bound and its gap; whatever is no terminal is not."""

import re
import subprocess

import pytest

from scheduler import plan, problem_file
from scheduler.plan import gap_of
from tests.scheduler.terminal import ROOT, SOLVE, Solving
from tests.scheduler.test_sizes import station

TOLD = re.compile(r"score (-?\d+), at most (-?\d+) \(gap (\d+\.\d\d)%\)")


@pytest.fixture
def asked(files):
    problem, _, answer = files
    problem.write_bytes(problem_file.dump(station(600)))
    return problem, answer


def test_a_terminal_is_told_the_plan_the_bound_and_the_gap(asked):
    _, answer = asked
    solving = Solving(*asked)
    try:
        assert solving.ended() == 0
    finally:
        solving.close()
    told = [(int(score), int(bound), gap) for score, bound, gap in TOLD.findall(solving.said)]
    assert all(gap == f"{gap_of(score, bound):.2%}"[:-1] for score, bound, gap in told)
    assert [score for score, *_ in told] == sorted(score for score, *_ in told)
    assert [-bound for _, bound, _ in told] == sorted(-bound for _, bound, _ in told)
    found = plan.read(answer)
    assert told[-1][0] == found.score
    assert told[-1][1] >= found.bound >= found.score
    assert "which is proven the best" in solving.said


def test_a_program_hears_nothing_but_the_answer(asked):
    problem, answer = asked
    ended = subprocess.run(
        [*SOLVE, str(problem), "--out", str(answer), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == ""
    assert ended.stdout.count("\n") == 1
