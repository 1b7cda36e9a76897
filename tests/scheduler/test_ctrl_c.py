"""Ctrl-C ends a solve with the best so far, twice ends it at once, and never shows a traceback."""

import os
import re
import signal
import threading
from contextlib import contextmanager

import pytest

from scheduler import plan, problem_file
from scheduler.check import check
from tests.scheduler.terminal import Solving
from tests.scheduler.test_sizes import station
from tests.scheduler.weeks import crowd

HEARD = "Ending with the best so far"


@pytest.fixture
def solving(tmp_path):
    """Starts a solve whose problem comes through a pipe, so that it can be kept waiting."""
    pipe, out = tmp_path / "problem.json", tmp_path / "plan.json"
    os.mkfifo(pipe)

    @contextmanager
    def begin():
        solve = Solving(pipe, out)
        try:
            # Opening waits until the other side reads.
            with pipe.open("wb") as file:
                yield solve, file
        finally:
            solve.close()

    return begin, out


def hand(file, problem):
    file.write(problem_file.dump(problem))
    file.close()


def test_pressed_in_the_search_the_best_so_far_is_kept(solving):
    begin, out = solving
    problem = crowd()
    with begin() as (solve, file):
        hand(file, problem)
        solve.hears("score ")
        solve.press()
        assert solve.ended() == 0
    found = plan.read(out)
    assert found.status == "feasible"
    assert check(problem, found) == []


def test_pressed_while_it_reads_the_first_grid_is_finished_and_kept(solving):
    begin, out = solving
    with begin() as (solve, file):
        solve.press()
        solve.hears(HEARD)
        hand(file, station(600))
        assert solve.ended() == 0
        assert len(re.findall("score .*, at most", solve.said)) == 1
    assert check(station(600), plan.read(out)) == []


def test_pressed_twice_while_it_reads_it_ends_at_once_and_keeps_nothing(solving):
    begin, out = solving
    with begin() as (solve, _):
        solve.press()
        solve.hears(HEARD)
        solve.press()
        assert solve.ended() == 3
        assert "Stopped at once, and nothing was kept." in solve.said
    assert not out.exists()


def test_pressed_twice_before_the_first_grid_nothing_is_known_and_nothing_called_impossible(
    solving,
):
    begin, out = solving
    with begin() as (solve, file):
        solve.press()
        solve.hears(HEARD)
        hand(file, station(5976))
        # Once the solver is loaded, the first grid takes it some seconds more.
        solve.loads("libortools")
        threading.Event().wait(0.8)
        solve.press()
        assert solve.ended() == 3
        assert "It is not known whether the week is possible" in solve.said.replace("\r\n", " ")
    assert plan.read(out).status == "unknown"
    assert plan.read(out).conflict == ()


def test_pressed_twice_in_the_search_it_ends_at_once(solving):
    begin, out = solving
    with begin() as (solve, file):
        hand(file, station(600))
        solve.hears("score ")
        solve.press()
        solve.press()
        # The first press may have ended it already, with the best so far.
        assert solve.ended() in {0, 3, -signal.SIGINT}
    assert not out.exists() or check(station(600), plan.read(out)) == []
