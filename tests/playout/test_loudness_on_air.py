"""Mono, dual-mono and stereo copies of one clip leave Liquidsoap equally loud."""

import itertools
import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from media import ingest, loudness
from media.samples import RATE_HZ, Samples, samples_in
from media.speech import spoken
from media.wanted import Wanted
from playout.supervise import SCRIPT
from tests.media import sounds
from tests.playout import tones

SLOT_SECONDS = 5
CLIP_SECONDS = 4.4
# A master must lie there so long before its slot.
AHEAD_SECONDS = 1.5
START_SECONDS = 30
SENT = re.compile(r"output\.icecast\(format,.*?sound\)", re.DOTALL)


@pytest.fixture(scope="module")
def masters(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The masters of one clip that was sent as mono, with two equal channels, and to one side."""
    clip = spoken("Good morning, this is Janet from Harare, with five minutes.", "en-gb")
    clip = clip[: samples_in(CLIP_SECONDS)]
    sent = {
        "mono": clip,
        "dual-mono": sounds.stereo(clip, clip),
        "stereo": sounds.stereo(clip, clip * np.float32(0.88)),
    }
    return {
        layout: _master(sent[layout], tmp_path_factory.mktemp(layout), layout) for layout in sent
    }


def _master(sound: Samples, folder: Path, layout: str) -> Path:
    made = ingest.render(sounds.saved(sound, folder / "upload"), folder, Wanted(SLOT_SECONDS))
    assert made.report.layout == layout
    assert made.master is not None
    return made.master.file


@dataclass(frozen=True)
class Station:
    """One channel of a station that has nothing to play, until masters are laid into a folder."""

    folder: Path

    def play(self, masters: list[Path]) -> dict[str, Path]:
        """Play masters in slots that follow one another; the files that the encoders wrote."""
        engine = self._started()
        try:
            self._wait_for_its_clock()
            first = int((time.time() + AHEAD_SECONDS) // SLOT_SECONDS) + 1
            for place, master in enumerate(masters):
                (self.folder / "slots" / f"{first + place}.flac").hardlink_to(master)
            time.sleep((first + len(masters)) * SLOT_SECONDS + 1 - time.time())
        finally:
            engine.terminate()
            engine.wait(10)
        return {out.stem: out for out in (self.folder / "out").iterdir()}

    def _started(self) -> subprocess.Popen[bytes]:
        for name in ("slots", "fill", "out"):
            (self.folder / name).mkdir()
        quiet = tones.own_master(self.folder, tones.QUIET_HZ, SLOT_SECONDS)
        script = self.folder / "channel.liq"
        script.write_text(_into_files(SCRIPT.read_text(), self.folder / "out"))
        for part in SCRIPT.parent.glob("*.liq"):
            if part != SCRIPT:
                (self.folder / part.name).symlink_to(part)
        settings = {
            "MWEYA_ALLOW_ROOT": "1" if os.geteuid() == 0 else "0",
            "MWEYA_SOCKET": str(self.folder / "engine.sock"),
            "MWEYA_SLOT_SECONDS": str(SLOT_SECONDS),
            "MWEYA_SLOTS_FOLDER": str(self.folder / "slots"),
            "MWEYA_FILL_FOLDER": str(self.folder / "fill"),
            "MWEYA_EMERGENCY_FILE": str(quiet),
            "MWEYA_EVENTS_FILE": str(self.folder / "events"),
            "MWEYA_BEAT_FILE": str(self.folder / "beat"),
            "MWEYA_AIRED_FILE": str(self.folder / "aired"),
            "MWEYA_ICECAST_PORT": "0",
            "MWEYA_MOUNTS": "mp3-128=/standard opus-32=/low",
        }
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen(
                ["liquidsoap", str(script)], env=os.environ | settings, stdout=said, stderr=said
            )

    def _wait_for_its_clock(self) -> None:
        events, deadline = self.folder / "events", time.monotonic() + START_SECONDS
        while not (events.exists() and '"clock"' in events.read_text()):
            assert time.monotonic() < deadline, (self.folder / "said").read_text()
            time.sleep(0.1)


def _into_files(script: str, folder: Path) -> str:
    """The station's script, whose encoders write into files, and its sound as they are given it.

    Icecast passes on what it is sent: that is another test's business.
    """
    written = f'output.file(fallible=true, format, "{folder}#{{mount}}", sound)'
    plain = 'send(%wav(stereo=true, samplesize=24), "/plain", channel)'
    filed, replaced = SENT.subn(written, script)
    assert replaced == 1
    return f"{filed}\n{plain}\n"


def _loudness_of_each(recorded: Path, masters: list[Samples]) -> list[float]:
    """How loud each master came out, once they were found in a recording one after another."""
    plain = recorded.with_suffix(".wav")
    sounds.run("ffmpeg", "-i", recorded, "-ar", str(RATE_HZ), "-c:a", "pcm_f32le", plain)
    heard: Samples = soundfile.read(plain, dtype="float32", always_2d=True)[0]
    wanted = np.concatenate(masters)
    start = int(signal.correlate(heard[:, 0], wanted[:, 0], "valid", "fft").argmax())
    ends = start + np.cumsum([0, *(len(master) for master in masters)])
    return [loudness.integrated(heard[a:b]) for a, b in itertools.pairwise(ends)]


def test_copies_of_one_clip_leave_liquidsoap_equally_loud(
    masters: Mapping[str, Path], tmp_path: Path
):
    recorded = Station(tmp_path).play(list(masters.values()))

    sent = [sounds.decoded(master) for master in masters.values()]
    heard = {name: _loudness_of_each(file, sent) for name, file in recorded.items()}
    assert heard.keys() == {"standard", "low", "plain"}
    assert heard["plain"] == pytest.approx([-16.0] * 3, abs=0.1)
    for each in heard.values():
        assert max(each) - min(each) < 0.1
