"""An engine that dies or hangs is started again, at once at first and then with patience."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from playout.care import Care, Seen, care_for, pause_after
from playout.disk import AirFolder
from playout.events import MUCH_BYTES, EngineEvent, EventKind, events_read, keep_read, read_from
from playout.processes import Recipe, Running, found, start, stop_all
from playout.supervise import Engine, channel_recipe
from station.errors import Fault


@pytest.mark.parametrize(
    ("seen", "care"),
    [
        (Seen(alive=False, started_at=0, moved_at=None, start_after=100), Care.START),
        (Seen(alive=False, started_at=0, moved_at=None, start_after=101), Care.NOTHING),
        (Seen(alive=True, started_at=11, moved_at=None, start_after=0), Care.NOTHING),
        (Seen(alive=True, started_at=9, moved_at=None, start_after=0), Care.KILL),
        (Seen(alive=True, started_at=0, moved_at=95, start_after=0), Care.NOTHING),
        (Seen(alive=True, started_at=0, moved_at=93, start_after=0), Care.KILL),
    ],
)
def test_an_engine_gets_what_it_needs(seen, care):
    assert care_for(seen, now=100) is care


def test_an_engine_that_lived_is_started_at_once():
    assert pause_after(lived_seconds=3600, pause_seconds=8) == 0


def test_an_engine_that_keeps_dying_is_started_ever_later_up_to_a_limit():
    pauses = [0.0]
    for _ in range(7):
        pauses.append(pause_after(lived_seconds=1, pause_seconds=pauses[-1]))
    assert pauses == [0, 0.5, 1, 2, 4, 8, 10, 10]


@pytest.fixture
def sleeper(tmp_path):
    return Recipe("sleeper", ("sleep", "60"), {"PATH": os.defpath}, tmp_path)


def test_a_process_is_found_again_by_the_next_playout(sleeper):
    started = start(sleeper)
    assert found(sleeper) == started
    started.stop()
    assert found(sleeper) is None


def test_a_reused_process_id_is_not_taken_for_ours(sleeper):
    started = start(sleeper)
    text = sleeper.pid_file.read_text()
    sleeper.pid_file.write_text(text.replace(str(started.started), "1"))
    assert found(sleeper) is None
    started.stop()


def test_a_recipe_that_is_told_something_else_has_another_fingerprint(sleeper, tmp_path):
    other = Recipe("sleeper", ("sleep", "60"), {"PATH": os.defpath, "MORE": "1"}, tmp_path)
    assert sleeper.fingerprint != other.fingerprint


def test_a_process_that_will_not_end_is_ended_within_some_seconds(tmp_path):
    stubborn = Recipe(
        "stubborn",
        ("sh", "-c", "trap '' TERM; sleep 60 & wait; sleep 60"),
        {"PATH": os.defpath},
        tmp_path,
    )
    started = start(stubborn)
    time.sleep(0.2)
    began = time.monotonic()
    stop_all([started])
    assert not started.alive
    assert time.monotonic() - began < 20  # it would have gone on for a minute


def test_nobody_waits_for_ever_for_a_process_that_nothing_ends():
    # It leads no group, so that no signal reaches it: one that hangs in the kernel is like that.
    child = subprocess.Popen(["sleep", "60"])
    try:
        stat = Path(f"/proc/{child.pid}/stat").read_text()
        started = int(stat.rpartition(")")[2].split()[19])
        stuck = Running(child.pid, started, "")
        began = time.monotonic()
        stuck.stop(seconds=0.1)
        assert stuck.alive
        assert time.monotonic() - began < 10
    finally:
        child.kill()
        child.wait()


def test_a_process_that_was_killed_is_seen_to_be_gone(sleeper):
    started = start(sleeper)
    started.signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while started.alive and time.monotonic() < until:
        time.sleep(0.01)
    assert not started.alive


def test_a_program_that_is_missing_is_named(tmp_path):
    with pytest.raises(Fault, match="no-such-program is not installed"):
        start(Recipe("none", ("no-such-program",), {}, tmp_path))


def test_an_engine_that_ended_unseen_is_down_since_its_last_sound(settings):
    folder = AirFolder.of(settings)
    settings.run_folder.mkdir()
    folder.make()
    events_file = folder.events("channel-0")
    engine = Engine(lambda: channel_recipe(settings, folder, 0), events_file)
    beat = settings.run_folder / "channel-0.beat"
    for file, at in ((events_file, 1000), (beat, 1002.5)):
        file.touch()
        os.utime(file, (at, at))
    engine.look_back()
    engine.look_back()
    assert read_from(events_file, 0)[0] == [EngineEvent(EventKind.DOWN, 1_002_500, -1, 0)]


def test_an_engine_that_ended_leaves_no_more_events_than_are_still_to_be_read(settings):
    folder = AirFolder.of(settings)
    settings.run_folder.mkdir()
    folder.make()
    events_file = folder.events("channel-0")
    events_file.write_bytes(b"\n" * MUCH_BYTES)
    keep_read(events_file, MUCH_BYTES)
    (settings.run_folder / "channel-0.beat").touch()
    Engine(lambda: channel_recipe(settings, folder, 0), events_file).look_back()
    assert events_file.stat().st_size < 200
    (down,) = read_from(events_file, events_read(events_file))[0]
    assert down.event is EventKind.DOWN
