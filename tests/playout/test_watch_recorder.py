"""What went out is kept a file a slot, joined from what came, and deleted when it is old."""

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
