"""What the worker solves for a week is watched, stopped and asked about; questions keep no grid."""

import json

import pytest
from click.testing import CliRunner

from scheduler import change_names, promised_cli, worker
from scheduler.build import build
from scheduler.grid import Best
from scheduler.problem import Place, Rules
from scheduler.progress import MOST_KEPT, Progress
from scheduler.what_if import changed
from station import grid, jobs, what_ifs
from station.airtime import Week
from station.errors import WrongInput
from station.jobs import JobKind
from station.recordings import Master
from station.what_ifs import Change, Dropped, Figures, WhatIf
from tests.scheduler.weeks import request
from tests.scheduler.weeks import week as small_week

WEEK = "2026-W48"
BEST = Best({"r1": Place(0, 3)}, weight=2, score=90, bound=100, least_weight=False)


@pytest.fixture
def week(settings):
    return Week.parse(WEEK, settings.zone)


@pytest.fixture
def crowded(ask, admit_member, database, settings, week, now):
    """A week with three starts and four pieces, built: one of them is bumped."""
    for name in ("Ada", "Ben", "Cleo", "Dan"):
        ask(admit_member(name))
    with database.writing() as session:
        session.add_all(
            grid.ReservedBlock(week=WEEK, channel=number, start=0, length=2015, label="Fair")
            for number in range(3)
        )
    build(database, settings, week, now)


@pytest.fixture
def answered(database, settings, week, now, crowded):
    """Asks a what-if and lets the worker answer it."""

    def answer(**change):
        with database.writing() as session:
            asked = what_ifs.ask(session, settings, week, Change(**change), now)
            jobs.promise(session, JobKind.WHAT_IF, asked.id, now)
        questions = worker.questions(settings, database)
        assert jobs.work_once(database, {JobKind.WHAT_IF: questions[JobKind.WHAT_IF]}, lambda: now)
        with database.reading() as session:
            ((asked, job), *_) = what_ifs.newest(session, week)
            assert job.state == jobs.JobState.DONE, job.answer
            return asked

    return answer


def test_a_solve_keeps_how_far_it_is_and_hears_that_it_is_to_stop(database, week, now):
    with database.writing() as session:
        jobs.promise(session, JobKind.BUILD, week, now)
        jobs.claim(session, {JobKind.BUILD: None}, now)
    heard = Progress(database, JobKind.BUILD, WEEK, now)
    assert not heard.stopped()
    heard.told(BEST)
    heard.keep()
    with database.writing() as session:
        first, last = jobs.newest(session, JobKind.BUILD, week).progress
        assert list(first) == ["seconds"]
        assert (last["placed"], last["score"], last["gap"]) == (1, 90, 0.1)
        assert jobs.stop(session, JobKind.BUILD, week, now)
        assert not jobs.stop(session, JobKind.BUILD, week, now)
    for _ in range(MOST_KEPT):
        heard.keep()
    assert heard.stopped()
    with database.reading() as session:
        assert len(jobs.newest(session, JobKind.BUILD, week).progress) <= MOST_KEPT


def test_after_a_build_the_worker_keeps_what_would_place_whom_it_bumped(
    database, settings, week, now, crowded
):
    assert jobs.work_once(database, worker.questions(settings, database), lambda: now)
    with database.reading() as session:
        draft = grid.newest_draft(session, week)
        ((number, way_out),) = change_names.kept(session, settings, week, draft).items()
        assert [bump.request_id for bump in draft.bumps] == [number]
        assert way_out == (
            "It would have a place if the station gave the block “Fair” of "
            "Monday 23 November 2026, 00:00 back."
        )


def test_of_a_version_that_was_overtaken_nothing_is_looked_for(
    database, settings, week, now, crowded
):
    build(database, settings, week, now)
    questions = worker.questions(settings, database)
    assert all(jobs.work_once(database, questions, lambda: now) for _ in range(2))
    with database.reading() as session:
        known = [
            bump.way_out is not None
            for version in grid.versions(session, week)
            for bump in version.bumps
        ]
    assert known == [False, True]


def test_a_what_if_keeps_its_figures_and_no_grid(answered, database, week):
    with_one_more = answered(channels=4)
    assert (with_one_more.figures.placed, with_one_more.figures.bumped) == (4, 0)
    assert answered(without=(Dropped.BLOCKS,)).figures.bumped == 0
    assert answered(without=(Dropped.HOLDER_GAP, Dropped.SOLD_PER_HOUR)).figures.bumped == 1
    with database.reading() as session:
        assert [version.version for version in grid.versions(session, week)] == [1]
        reached = what_ifs.reached(session, grid.newest_draft(session, week))
    assert (reached.placed, reached.bumped) == (3, 1)


def test_a_what_if_changes_what_it_says_and_nothing_else():
    today = small_week(
        request("a"), reserved=[(0, 4, 2)], holder_gap=4, sold_per_hour=2, silence_gap=3
    )
    asked = WhatIf(channels=3, without=list(map(str, Dropped)))
    then = changed(today, asked, {"a": 1})
    assert then.rules == Rules(0, today.starts_per_hour, 0)
    assert (then.reserved, then.value[2], then.request["a"].length) == ((), today.value[1], 2)
    assert changed(today, WhatIf(channels=2, without=[]), {}) == today


def test_a_longer_ident_costs_a_start_of_each_piece_that_no_longer_fits(answered, database):
    with database.writing() as session:
        (master,) = session.query(Master)
        master.facts = {"piece_ms": 292_000, "ident_ms": 0}
    assert answered(ident_seconds=8).longer == 0
    longer = answered(ident_seconds=9)
    assert (longer.longer, longer.figures.placed, longer.figures.bumped) == (4, 0, 4)


def test_a_what_if_asks_for_something_else_than_today(database, settings, week, now):
    asked = {
        "what-if-same": Change(channels=3),
        "what-if-channels": Change(channels=2),
        "what-if-ident": Change(ident_seconds=61),
    }
    for code, change in asked.items():
        with database.writing() as session, pytest.raises(WrongInput) as refused:
            what_ifs.ask(session, settings, week, change, now)
        assert refused.value.code == code


def test_the_console_promises_watches_stops_and_asks(monkeypatch, settings, crowded):
    monkeypatch.setenv("MWEYA_HOME", str(settings.home))
    promise, progress, stop, what_if = promised_cli.COMMANDS

    def run(command, *options, code=0):
        ended = CliRunner().invoke(command, [WEEK, *options, "--json"])
        assert ended.exit_code == code, ended.output
        return json.loads(ended.stdout)

    assert run(progress)["kind"] is None
    assert run(promise, "--repair", code=3)["error"] == "nothing-published"
    assert run(promise)["kind"] == "build"
    assert run(progress)["state"] == "waiting"
    assert run(stop)["stopped"] == ["build"]
    assert run(progress)["answer"] == jobs.NEVER_BEGUN
    assert run(stop, code=3)["error"] == "nothing-to-stop"
    found = run(what_if, "--channels", "4")
    assert (found["today"]["bumped"], found["bumped"], found["problem"]) == (1, 0, "")
    assert Figures(**found["today"]).placed == 3
