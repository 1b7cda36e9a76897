"""The commands answer with files, exit codes and JSON that mean what they say."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler import cli, plan, problem_file, week_cli
from scheduler.check import check
from scheduler.problem import Place
from station.grid import Grid, ReservedBlock
from station.ledger import root_hash
from station.trail import Deed
from tests.scheduler.weeks import request, week

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"```json\n(.*?)```", re.DOTALL)


@pytest.fixture
def run(monkeypatch, settings):
    """Runs a command in the station; answers its exit code and its JSON."""
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))

    def invoke(command, *arguments, code=0):
        words = [str(argument) for argument in arguments]
        ended = CliRunner().invoke(command, [*words, "--json"])
        assert ended.exit_code == code, ended.output
        return json.loads(ended.stdout)

    return invoke


@pytest.fixture
def written(tmp_path):
    """Writes a problem file; answers it and where a plan may go."""

    def write(problem):
        file = tmp_path / "problem.json"
        file.write_bytes(problem_file.dump(problem))
        return file, tmp_path / "plan.json"

    return write


def test_a_solved_problem_satisfies_check(run, written):
    problem, out = written(week(request("a"), request("b")))
    facts = run(cli.solve, problem, "--out", out)
    assert (facts["status"], facts["placed"], facts["gap"]) == ("optimal", 2, 0)
    assert run(cli.check, problem, out) == {"violations": []}


def test_a_plan_was_made_although_somebody_was_bumped(run, written):
    full = week(request("a", allowed=[(0, 1, 0)]), request("b", allowed=[(0, 1, 0)]))
    problem, out = written(full)
    facts = run(cli.solve, problem, "--out", out)
    assert [bump["id"] for bump in facts["bumped"]] in (["a"], ["b"])


def test_a_broken_plan_makes_check_exit_1(run, written):
    problem, out = written(week(request("a"), request("b")))
    run(cli.solve, problem, "--out", out)
    sound = json.loads(out.read_text())
    sound["placements"][0] |= {"channel": 0, "start": 0}
    sound["placements"][1] |= {"channel": 0, "start": 0}
    out.write_text(json.dumps(sound))
    found = run(cli.check, problem, out, code=1)
    assert found["violations"][0]["rule"] == "one-a-slot"


def test_an_impossible_week_exits_1_and_names_the_clash(run, written):
    problem, out = written(week(request("a", pin=Place(0, 5)), reserved=[(0, 5, 1)]))
    facts = run(cli.solve, problem, "--out", out, code=1)
    assert facts["status"] == "infeasible"
    assert "a" in facts["conflict"][0]
    assert json.loads(out.read_text())["conflict"][0]["ids"] == ["a"]
    assert run(cli.check, problem, out, code=1)["violations"][0]["rule"] == "no-plan"


@pytest.mark.parametrize("text", ["", "{}", '{"format": "mweya-problem/1", "colour": 1}'])
def test_a_broken_file_exits_2_and_writes_nothing(run, tmp_path, text):
    problem = tmp_path / "problem.json"
    problem.write_text(text)
    facts = run(cli.solve, problem, "--out", tmp_path / "plan.json", code=2)
    assert str(problem) in facts["sentence"]
    assert not (tmp_path / "plan.json").exists()


def test_files_that_are_missing_or_not_writable_are_named(run, written, tmp_path):
    problem, out = written(week(request("a")))
    assert run(cli.check, problem, out, code=2)["error"] == "file-missing"
    nowhere = tmp_path / "no" / "plan.json"
    assert run(cli.solve, problem, "--out", nowhere, code=3)["error"] == "file-unwritable"


def test_the_documented_example_is_solved_and_its_plan_is_the_documented_one(run, tmp_path):
    text = (ROOT / "docs" / "problem-format.md").read_text()
    problem, documented = EXAMPLE.findall(text)
    file, out = tmp_path / "problem.json", tmp_path / "plan.json"
    file.write_text(problem)
    run(cli.solve, file, "--out", out)
    assert run(cli.check, file, out) == {"violations": []}
    assert check(problem_file.read(file), plan.parse(documented.encode())) == []
    ours, theirs = (json.loads(one) for one in (out.read_text(), documented))
    assert {**ours, "seconds": 0} == {**theirs, "seconds": 0}


def test_no_command_loads_the_solver_before_it_solves():
    modules = "scheduler.cli, scheduler.week_cli, scheduler.sim.cli, scheduler.worker"
    code = f"import sys, {modules}; print('ortools' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "False"


def test_a_week_goes_from_build_to_rollback_by_commands(run, ask, admit_member, database):
    number = ask(admit_member("Ada"))
    built = run(week_cli.week, "build", "2026-W48")
    assert (built["version"], built["placed"], built["status"]) == (1, 1, "optimal")
    assert run(week_cli.week, "diff", "2026-W48")["moves"][0]["before"] is None
    assert run(week_cli.week, "show", "2026-W48")["root_hash"] is None
    assert run(week_cli.week, "publish", "2026-W48")["state"] == "published"
    shown = run(week_cli.week, "show", "2026-W48")
    with database.reading() as session:
        assert shown["root_hash"] == root_hash(session)
    assert [one["request"] for one in shown["placements"]] == [number]
    assert run(week_cli.week, "explain", "2026-W48")["bumped"] == []
    later = ask(admit_member("Ben"))
    run(week_cli.week, "build", "2026-W48")
    assert len(run(week_cli.week, "publish", "2026-W48")["moves"]) == 1
    rolled = run(week_cli.week, "rollback", "2026-W48", "--reason", "Ben was built too early")
    assert (rolled["version"], rolled["certificate"]["of_version"]) == (3, 1)
    with database.reading() as session:
        assert session.query(Grid).filter_by(version=3).one().reason == "Ben was built too early"
        deed = session.query(Deed).filter_by(act="week.rollback").one()
        assert (deed.account_id, deed.subject) == (None, "2026-W48, version 3")
        assert deed.reason == "Ben was built too early"
    assert run(week_cli.week, "explain", "2026-W48")["bumped"][0]["request"] == later


def test_a_late_change_is_repaired_and_explained_by_commands(run, ask, admit_member, database):
    numbers = [ask(admit_member(name)) for name in ("Ada", "Ben")]
    assert run(week_cli.week, "repair", "2026-W48", code=3)["error"] == "nothing-published"
    run(week_cli.week, "build", "2026-W48")
    run(week_cli.week, "publish", "2026-W48")
    assert run(week_cli.week, "repair", "2026-W48")["version"] is None
    with database.writing() as session:
        # Only one slot is left of the whole week.
        session.add_all(
            ReservedBlock(week="2026-W48", channel=n, start=0, length=2016 - (n == 2), label="Fair")
            for n in range(3)
        )
    mended = run(week_cli.week, "repair", "2026-W48")
    assert (mended["version"], mended["moved"], len(mended["bumped"])) == (2, 2, 1)
    (bump,) = run(week_cli.week, "explain", "2026-W48")["bumped"]
    assert bump["request"] in numbers
    assert bump["change"] == "give-back-block"
    assert "gave the block “Fair” of Monday 23 November 2026, 00:00 back" in bump["way_out"]
    (hurried,) = run(week_cli.week, "explain", "2026-W48", "--time-limit", 0)["bumped"]
    assert hurried["way_out"] is None


def test_commands_about_an_unknown_week_exit_2(run, database):
    assert run(week_cli.week, "build", "soon", code=2)["error"] == "week-unknown"
    assert run(week_cli.week, "show", "2026-W48", code=3)["error"] == "nothing-built"
    del database
