"""The watch hears what real mounts send, whatever the plan or an engine says; with no database."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

from playout.air import Air
from playout.compose import Line
from playout.disk import AirFolder
from playout.moves import SlotFile
from playout.programme import Programme, write
from playout.watch import finding
from playout.watch.finding import Finding
from station.recordings import recording_of
from station.settings import Settings
from tests.playout.listening import Stalls
from tests.playout.sounds import MASTER_HZ, as_watched, hiss, quiet, tune
from tests.playout.tones import sha256_of

SLOT_SECONDS = 4
WHOLE_MS = SLOT_SECONDS * 1000
SETTINGS = f'[station]\nslot_seconds = {SLOT_SECONDS}\nchannels = ["One"]\n'
QUALITIES = {"standard", "low"}
# What each slot is planned to carry, and what lies on disk for it.
PLAN = [("speech", "speech"), ("music", "music"), ("speech", "other"), ("music", None)]
PLAN += [("silence", "silence"), ("music", "music")]
SPEECH, MUSIC, SWAPPED, LOST, SILENCE, LAST = range(len(PLAN))
# The way through encoder, Icecast and decoder, on a busy machine.
ON_THE_WAY_MS = 250
LEAD_MS = 60  # an engine sends so much sooner, since the coder takes it
JUDGED_SECONDS = 40
HEAD_START_SLOTS = 3


@dataclass
class Heard:
    """What the watch found of each planned slot, by quality, and what it kept."""

    settings: Settings
    first: int = 0
    findings: dict[int, dict[str, Finding]] = field(default_factory=dict)
    stalled_ms: float = 0
    started: int = 0
    left: list[int] = field(default_factory=list)

    def read(self):
        """Whether every planned slot was judged."""
        found, _ = finding.read_from(AirFolder.of(self.settings).events(finding.FILE), 0)
        for one in found:
            self.findings.setdefault(one.slot - self.first, {})[one.quality] = one
        return all(self.findings.get(n, {}).keys() == QUALITIES for n in range(len(PLAN)))


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """Six slots of one channel that a watch listened to until it was killed."""
    from station.settings import load, write_new

    home = tmp_path_factory.mktemp("watched") / "station"
    write_new(home, SETTINGS)
    settings = load(home, environment={})
    folder = AirFolder.of(settings)
    folder.make()
    masters = _masters(folder, tmp_path_factory.mktemp("masters"))
    air, ending, stalls = Air(settings, folder), threading.Event(), Stalls()
    keeper = threading.Thread(target=_keep, args=(air, ending))
    keeper.start()
    watch = _watch(home)
    found = Heard(settings)
    try:
        _until(lambda: list(settings.recordings_folder.glob("0/*.opus")), 90)
        found.first = int(time.time()) // SLOT_SECONDS + HEAD_START_SLOTS
        _plan(folder, masters, found.first)
        _until(found.read, len(PLAN) * SLOT_SECONDS + JUDGED_SECONDS)
        children = _children(watch.pid)
        watch.kill()
        watch.wait()
        time.sleep(1)
        found.started, found.left = len(children), [pid for pid in children if _runs(pid)]
    finally:
        watch.kill()
        watch.wait()
        ending.set()
        keeper.join()
        air.stop()
        stalls.stop()
    # An engine that was kept waiting may go astray for as long: the watch hears it do so.
    found.stalled_ms = 1000 * sum(woken - due for due, woken in stalls.lost)
    return found


def _masters(folder, made):
    """A master of each sound on playout's disk, by name."""
    sounds = {
        "speech": hiss(SLOT_SECONDS),
        "other": hiss(SLOT_SECONDS, seed=7),
        "music": tune(SLOT_SECONDS),
        "silence": quiet(SLOT_SECONDS),
        "fill": hiss(SLOT_SECONDS, seed=8),
    }
    kept = {}
    for name, samples in sounds.items():
        stereo = np.repeat((np.clip(samples, -1, 1) * 32767).astype(np.int16)[:, None], 2, axis=1)
        file = made / f"{name}.flac"
        soundfile.write(file, stereo, MASTER_HZ)
        kept[name] = sha256_of(file)
        folder.fetch(file, kept[name])
    folder.keep_own([kept["fill"]], [])
    return kept


def _plan(folder, masters, first):
    lines = []
    for slot, (planned, there) in enumerate(PLAN, first):
        silent = planned == "silence"
        kind = "silence" if silent else "segment"
        lines.append(Line(0, slot, kind, 1, masters[planned], silent, "A title", "Thandi"))
        if there is not None:
            folder.place(SlotFile(slot, 0, masters[there], silent))
    write(folder.root, Programme(tuple(lines)))


def _keep(air, ending):
    while not ending.wait(0.25):
        air.round()


def _watch(home):
    command = [sys.executable, "-m", "mweya", "playout", "watch"]
    log = (home / "watch.log").open("w")
    with log:
        environment = {**os.environ, "MWEYA_HOME": str(home)}
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def _children(pid):
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _until(true, seconds):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.2)


@pytest.mark.parametrize("offset", [SPEECH, MUSIC, LAST])
def test_a_piece_that_went_out_is_heard_whole_on_every_mount(heard, offset):
    for one in heard.findings[offset].values():
        assert one.heard_ms >= WHOLE_MS - heard.stalled_ms
        assert one.similarity > 0.8 or heard.stalled_ms > WHOLE_MS
        assert one.start_error_ms + heard.stalled_ms >= -LEAD_MS
        assert one.start_error_ms - heard.stalled_ms < ON_THE_WAY_MS


def test_all_starts_of_a_mount_are_as_late_as_its_way_is_long(heard):
    for quality in QUALITIES:
        errors = [heard.findings[n][quality].start_error_ms for n in (SPEECH, MUSIC, LAST)]
        assert max(errors) - min(errors) <= 10 + heard.stalled_ms


@pytest.mark.parametrize("offset", [SWAPPED, LOST])
def test_another_sound_in_its_slot_is_not_taken_for_the_piece(heard, offset):
    for one in heard.findings[offset].values():
        assert (one.heard_ms, one.start_error_ms) == (0, None)
        assert one.similarity < 0.2


def test_a_planned_silence_is_heard_as_quiet(heard):
    for one in heard.findings[SILENCE].values():
        assert one.heard_ms >= WHOLE_MS - heard.stalled_ms


def test_what_went_out_is_kept_slot_by_slot(heard):
    kept = recording_of(heard.settings.recordings_folder, 0, heard.first + MUSIC)
    command = ["ffmpeg", "-v", "error", "-i", str(kept), "-f", "s16le", "-ac", "1", "-ar", "8000"]
    pcm = subprocess.run([*command, "-"], capture_output=True, check=True).stdout
    sound = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    # The low mount comes in pages of up to a second: a file is cut as roughly.
    assert len(sound) / 8000 == pytest.approx(SLOT_SECONDS, abs=1.5)
    middle = as_watched(tune(SLOT_SECONDS))[12_000:16_000]
    likeness = np.correlate(sound, middle) / np.sqrt(
        (middle**2).sum() * np.convolve(sound**2, np.ones(len(middle)), "valid")
    )
    assert likeness.max() > 0.9


def test_nothing_that_a_killed_watch_started_outlives_it(heard):
    assert heard.started > len(QUALITIES)  # a receiver each, and what is kept
    assert heard.left == []
