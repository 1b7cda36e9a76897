import os
import signal
import threading
import time
from pathlib import Path

import pytest

from mweya import processes
from mweya.processes import Process, keep_running
from tests.journeys.house import wait_until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture
def command(tmp_path, monkeypatch):
    """A process whose `python -m mweya` is a small program of the test's own."""
    monkeypatch.chdir(tmp_path)

    def made(program):
        (tmp_path / "mweya").mkdir(exist_ok=True)
        (tmp_path / "mweya" / "__main__.py").write_text(program)
        environment = dict(os.environ)
        return Process("test", [], environment, tmp_path / "log" / "test.log")

    return made


def run_until(kept, look, tick_seconds=0.02):
    """Keep a process until a look at it is done; the look runs beside."""
    done = threading.Event()
    seen = []

    def looking():
        try:
            seen.append(look())
        finally:
            done.set()

    threading.Thread(target=looking, daemon=True).start()
    keep_running([kept], done.is_set, tick_seconds)
    assert seen, "the look failed"
    return seen[0]


def alive(pid):
    return Path(f"/proc/{pid}").exists()


def test_a_process_that_is_killed_is_started_again(command):
    kept = command("import time; time.sleep(60)")

    def look():
        wait_until(lambda: kept.running, 5)
        first = kept.running.pid
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: kept.running and kept.running.pid != first, 10)
        return first, kept.running.pid

    first, second = run_until(kept, look)
    assert not alive(first)
    assert not alive(second)


def test_one_that_ends_at_once_is_not_started_in_a_frenzy(command, tmp_path):
    kept = command("open('starts.txt', 'a').write('x')")

    def look():
        time.sleep(4)
        return (tmp_path / "starts.txt").read_text()

    # At once, after 2 s, then after 4 s more.
    assert run_until(kept, look) == "xx"


def test_one_that_does_not_want_to_stop_is_ended_by_force(command, monkeypatch):
    monkeypatch.setattr(processes, "STOP_SECONDS", 1.0)
    kept = command(STUBBORN)

    def look():
        wait_until(lambda: kept.running, 5)
        time.sleep(0.5)
        return kept.running.pid

    assert not alive(run_until(kept, look))


def test_what_a_process_says_is_kept_in_its_log(command):
    kept = command("import sys, time; print('hello', file=sys.stderr, flush=True); time.sleep(60)")

    def look():
        wait_until(lambda: kept.log_file.exists() and "hello" in kept.log_file.read_text(), 5)
        return True

    assert run_until(kept, look)
