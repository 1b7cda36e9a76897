"""An operator sees what the worker has before it, in hand, and given up."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from mweya.cli import mweya
from station import jobs
from station.errors import Fault
from station.jobs import JobKind


@pytest.fixture
def seen(settings, database, monkeypatch):
    """What `mweya jobs` says as JSON, and its exit code."""
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))

    def run():
        ended = CliRunner().invoke(mweya, ["jobs", "--json"])
        return json.loads(ended.stdout), ended.exit_code

    return run


def broken(_, __):
    raise Fault("The upload of recording 1 is gone.", permanent=True)


def test_what_waits_runs_and_failed_is_told(seen, database):
    now = datetime.now(UTC)
    with database.writing() as session:
        for subject in (1, 2, 3):
            jobs.promise(session, JobKind.INGEST, subject, now)
    jobs.work_once(database, {JobKind.INGEST: broken}, lambda: now)
    with database.writing() as session:
        jobs.claim(session, {JobKind.INGEST: None}, now)
        jobs.tell(session, JobKind.INGEST, "2", "mastering")

    told, code = seen()

    assert code == 1
    assert told["waiting"] == {"ingest": 1}
    assert [(one["subject"], one["step"]) for one in told["running"]] == [("2", "mastering")]
    assert [one["answer"] for one in told["failed"]] == ["The upload of recording 1 is gone."]


def test_what_failed_long_ago_is_told_no_more(seen, database):
    before = datetime.now(UTC) - timedelta(days=1, minutes=1)
    with database.writing() as session:
        jobs.promise(session, JobKind.INGEST, 1, before)
    jobs.work_once(database, {JobKind.INGEST: broken}, lambda: before)
    told, code = seen()
    assert (told["failed"], code) == ([], 0)


def test_nothing_to_do_is_said(seen):
    told, code = seen()
    assert (told["waiting"], told["running"], told["failed"], code) == ({}, [], [], 0)
