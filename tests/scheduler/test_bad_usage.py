"""Options out of range and files that are none are wrong usage, told before anything is solved."""

import json

import pytest

from scheduler import cli
from scheduler.plan import dump as dump_plan
from scheduler.problem_file import dump
from tests.scheduler.weeks import planned, request, week

PROBLEM = week(request("r17"), request("r18"))
SOUND = json.loads(dump(PROBLEM))
PLAN = json.loads(dump_plan(planned(PROBLEM, r17=(0, 3), r18=(1, 4))))


@pytest.mark.parametrize(
    "options",
    [
        ("--time-limit", "nan"),
        ("--time-limit", "-1"),
        ("--time-limit", "soon"),
        ("--seed", "-1"),
        ("--seed", "1.5"),
        ("--seed", str(10**30)),
    ],
)
def test_an_option_out_of_range_is_wrong_usage(solved, files, options):
    code, said = solved(json.dumps(SOUND), *options)
    assert code == 2
    assert f"Invalid value for '{options[0]}'" in said
    assert not files[2].exists()


@pytest.mark.parametrize("seconds", ["0", "inf", "1e-300", "1e300"])
def test_any_time_there_is_will_do(solved, seconds):
    assert solved(json.dumps(SOUND), "--time-limit", seconds)[0] == 0


def test_where_no_plan_can_be_written_nothing_is_solved(run, files, tmp_path):
    problem, plan, _ = files
    problem.write_text(json.dumps(SOUND))
    folder = tmp_path / "folder"
    folder.mkdir()
    assert run(cli.solve, problem, "--out", folder)[0] == 2
    for nowhere in (tmp_path / "no" / "plan.json", problem / "plan", tmp_path / ("x" * 300)):
        code, said = run(cli.solve, problem, "--out", nowhere)
        assert code == 3
        assert "can't be written" in said
    assert run(cli.solve, problem, "--out", "/dev/full") == (
        3,
        "/dev/full can't be written: No space left on device.\n",
    )
    assert not plan.exists()


def test_a_plan_never_replaces_its_problem(run, files):
    problem, *_ = files
    problem.write_text(json.dumps(SOUND))
    code, said = run(cli.solve, problem, "--out", problem)
    assert code == 2
    assert "would replace the problem" in said
    assert json.loads(problem.read_text()) == SOUND


def test_what_is_no_file_is_named(run, files, tmp_path):
    problem, plan, answer = files
    plan.write_text(json.dumps(PLAN))
    for nothing in (problem, tmp_path, tmp_path / ("x" * 300), "/proc/self/mem"):
        for command in ((cli.solve, nothing, "--out", answer), (cli.check, nothing, plan)):
            code, said = run(*command)
            assert code == 2
            assert str(nothing) in said


def test_a_hundred_megabytes_of_nothing_are_refused_in_a_moment(solved):
    assert solved(b" " * 100_000_000)[0] == 2
