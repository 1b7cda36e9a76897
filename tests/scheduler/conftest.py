"""Stations with requests that are ready to be built, and files for the solver alone."""

import pytest
from click.testing import CliRunner

from scheduler import cli
from scheduler.problem_file import dump
from station.recordings import Master, MasterKind, keep_master
from station.rights import Request, RequestKind
from tests.scheduler.weeks import request, week

WEEK = "2026-W48"


@pytest.fixture
def ask(database, right_of, now):
    """Lets a person's right ask for a finished segment, or for what is said otherwise."""

    def asked(person, week=WEEK, **more):
        right = right_of(person, week)
        facts = {
            "kind": RequestKind.SEGMENT,
            "title": f"{person.name} speaks",
            "master_sha256": "f" * 64,
            **more,
        }
        with database.writing() as session:
            finished = Master(
                sha256="f" * 64,
                kind=MasterKind.SEGMENT,
                duration_ms=300_000,
                preview_sha256=None,
                facts={},
                made_at=now,
            )
            keep_master(session, finished)
            request = Request(
                right_id=right.id, account_id=person.account_id, week=week, asked_at=now, **facts
            )
            session.add(request)
            session.flush()
            return request.id

    return asked


@pytest.fixture
def files(tmp_path):
    """Where a problem, a plan and an answer may be."""
    return tmp_path / "problem.json", tmp_path / "plan.json", tmp_path / "answer.json"


@pytest.fixture
def run():
    """Runs a command; answers its exit code and all it says. Only SystemExit may leave it."""

    def invoke(command, *arguments):
        ended = CliRunner().invoke(command, [str(one) for one in arguments])
        assert isinstance(ended.exception, SystemExit | None), ended.exception
        return ended.exit_code, ended.output

    return invoke


@pytest.fixture
def solved(run, files):
    """Solves a problem's text; answers the exit code and what is said."""
    problem, _, answer = files

    def solve(text, *options):
        problem.write_bytes(text if isinstance(text, bytes) else text.encode())
        return run(cli.solve, problem, "--out", answer, "--time-limit", 5, *options)

    return solve


@pytest.fixture
def checked(run, files):
    """Holds a plan's text against the sound problem; answers the exit code and what is said."""
    problem, plan, _ = files

    def check(text):
        problem.write_bytes(dump(week(request("r17"), request("r18"))))
        plan.write_text(text)
        return run(cli.check, problem, plan)

    return check
