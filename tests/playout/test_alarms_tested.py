"""The alarms' own test goes through the threads that hear the mounts, and can fail."""

import threading
import time

from playout.alarms.run import Alarms
from playout.watch.recorder import Recorder
from playout.watch.run import Watch
from station.alarms import AlarmKind


class Held(Recorder):
    """A recorder whose disk does not answer."""

    answers = threading.Event()

    def keep(self):
        self.answers.wait()


def test_a_disk_that_does_not_answer_keeps_nobody_from_hearing(make_settings):
    watch = Watch(make_settings("[alarms]\nafter_seconds = 5\n"))
    recorder = watch.recorders[0]
    held = Held(recorder.place, recorder._address, recorder.folder, recorder.slot_seconds)
    watch.recorders = [held]
    watch.start()
    try:
        assert problem_found(watch.alarms) == ""
    finally:
        held.answers.set()
        watch.stop()


def test_a_test_fails_when_nobody_hears_the_mounts(make_settings):
    settings = make_settings("[alarms]\nafter_seconds = 1.1\n")
    settings.air_folder.mkdir()
    alarms = Alarms(settings)
    alarms.start()
    try:
        assert problem_found(alarms) == "nobody heard the quiet that was made"
    finally:
        alarms.stop()


def problem_found(alarms):
    """What the test that begins with the alarms finds wrong."""
    deadline = time.monotonic() + 30
    while not (tests := [one for one in alarms.book.unkept if one.kind == AlarmKind.TEST]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return tests[0].problem
