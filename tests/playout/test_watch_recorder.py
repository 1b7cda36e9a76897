"""What went out is kept a file a slot, joined from what came, and deleted when it is old."""

import errno
import shutil
from pathlib import Path

import pytest

from playout.watch.receiver import Place
from playout.watch.recorder import Recorder
from station.recordings import recording_of

SLOT_SECONDS = 300
SLOT = 5_984_420
STARTS = SLOT * SLOT_SECONDS
DAY = 86_400


@pytest.fixture
def recorder(tmp_path):
    folder = tmp_path / "recordings"
    (folder / "1").mkdir(parents=True)
    place = Place(1, "low", "opus", "/1-low.opus")
    return Recorder(place, lambda: "http://127.0.0.1:1", folder, SLOT_SECONDS)


def came(recorder, seconds, content):
    """A part that began some seconds after the slot's start."""
    (recorder.folder / "1" / f"{STARTS + seconds}.part.opus").write_bytes(content)


def kept(recorder):
    file = recording_of(recorder.folder, 1, SLOT)
    return file and file.read_bytes()


def test_the_parts_of_a_slot_that_is_over_are_joined_in_their_order(recorder):
    for seconds, content in ((120, b"two "), (0, b"one "), (299, b"three"), (300, b"next")):
        came(recorder, seconds, content)
    recorder.tidy(STARTS + 302, DAY)
    assert kept(recorder) is None
    recorder.tidy(STARTS + 304, DAY)
    assert kept(recorder) == b"one two three"
    assert len(list((recorder.folder / "1").iterdir())) == 2


def test_what_is_older_than_is_kept_is_deleted(recorder):
    came(recorder, 0, b"one")
    recorder.tidy(STARTS + DAY, DAY)
    assert kept(recorder) == b"one"
    recorder.tidy(STARTS + DAY + 1, DAY)
    assert kept(recorder) is None


def test_before_anything_was_recorded_nothing_is_tidied(recorder):
    (recorder.folder / "1").rmdir()
    recorder.tidy(STARTS, DAY)
    assert kept(recorder) is None


class KilledError(BaseException):
    """Stands for the end of a process."""


@pytest.mark.parametrize("step", [("replace", 1), ("unlink", 2), ("unlink", 4), ("replace", 2)])
@pytest.mark.parametrize("after", [False, True])
def test_whoever_is_killed_while_joining_loses_and_doubles_nothing(
    recorder, monkeypatch, step, after
):
    for seconds, content in ((0, b"one "), (120, b"two "), (200, b"three")):
        came(recorder, seconds, content)
    name, times = step
    real, calls = getattr(Path, name), []

    def killed(file, *given, **named):
        calls.append(file)
        if len(calls) < times or after:
            real(file, *given, **named)
        if len(calls) == times:
            raise KilledError

    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(Path, name, killed)
        recorder.tidy(STARTS + 304, DAY)
    recorder.tidy(STARTS + 305, DAY)
    assert kept(recorder) == b"one two three"
    assert len(list((recorder.folder / "1").iterdir())) == 1


def test_what_comes_for_a_slot_again_stands_after_what_was_kept(recorder):
    came(recorder, 0, b"one ")
    recorder.tidy(STARTS + 304, DAY)
    came(recorder, 50, b"two")
    recorder.tidy(STARTS + 305, DAY)
    assert kept(recorder) == b"one two"


def test_on_a_full_disk_what_is_old_makes_room_and_what_came_is_left_as_it_is(
    recorder, monkeypatch
):
    def full(source, target):
        target.write(source.read(1))
        raise OSError(errno.ENOSPC, "No space left on device")

    old = recorder.folder / "1" / f"{SLOT - 1000}.opus"
    old.write_bytes(b"old")
    for seconds, content in ((0, b"one "), (120, b"two")):
        came(recorder, seconds, content)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", full)
        with pytest.raises(OSError, match="No space"):
            recorder.tidy(STARTS + 304, DAY)
    assert not old.exists()
    recorder.tidy(STARTS + 305, DAY)
    assert kept(recorder) == b"one two"
