"""A receiver listens to one mount as a listener's player does, and comes back when it is lost."""

import math
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from playout.watch.quiet import LEVEL_MS, Level
from playout.watch.tape import RATE_HZ, Tape

# ffmpeg's names, and how long after its time a sound stands in what the decoder gives:
# 1105 samples at 48 kHz of LAME and the decoder. Opus says its own, and it is left out.
FORMATS = {"mp3": "mp3", "opus": "ogg"}
DELAY_SECONDS = {"mp3": 1105 / 48_000, "opus": 0.0}
LEVEL_SAMPLES = RATE_HZ * LEVEL_MS // 1000
LOST_MICROSECONDS = 5_000_000
AGAIN_SECONDS = 0.5
FLOOR_DBFS = -120.0
# Whatever ffmpeg we start ends with us, however we end.
WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mount is: its channel, its quality's name, its codec (mp3, opus) and its address."""

    channel: int
    quality: str
    codec: str
    url: str


class Receiver:
    """Keeps a mount's last minutes on a tape, and its levels until somebody takes them."""

    def __init__(self, place: Place, seconds: float) -> None:
        """Nothing is received before `start`."""
        self.place = place
        self.tape = Tape(seconds)
        self._levels: deque[Level] = deque(maxlen=round(60_000 / LEVEL_MS))
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep_receiving, daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._ending.set()
        if self._process is not None:
            self._process.kill()
        self._thread.join()

    def take_levels(self) -> list[Level]:
        """The levels that came since they were last taken."""
        return [self._levels.popleft() for _ in range(len(self._levels))]

    def _keep_receiving(self) -> None:
        while not self._ending.is_set():
            self._process = subprocess.Popen(command(self.place), stdout=subprocess.PIPE)
            self._receive(self._process)
            self._process.kill()
            self._process.wait()
            self._ending.wait(AGAIN_SECONDS)

    def _receive(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101  it is a pipe
        self.tape.connect()
        with process.stdout as pcm:
            while block := pcm.read(LEVEL_SAMPLES * 2):
                came = time.time()
                samples = np.frombuffer(block[: len(block) // 2 * 2], "<i2")
                self.tape.add(samples, came - DELAY_SECONDS[self.place.codec])
                self._levels.append(Level(round(came * 1000) - LEVEL_MS, loudness_dbfs(samples)))


def loudness_dbfs(samples: NDArray[np.int16]) -> float:
    """The root mean square of some samples, in dB below full scale."""
    power = float((samples.astype(np.float64) ** 2).mean()) / 32768**2 if len(samples) else 0.0
    return max(10 * math.log10(power), FLOOR_DBFS) if power > 0 else FLOOR_DBFS


def command(place: Place) -> list[str]:
    """The ffmpeg that gives a mount as mono samples at 8 kHz, as soon as they come."""
    heard = ffmpeg.input(
        place.url,
        f=FORMATS[place.codec],
        icy=0,
        rw_timeout=LOST_MICROSECONDS,
        fflags="nobuffer",
        probesize=32,
        analyzeduration=0,
    )
    pcm = heard.output("pipe:", f="s16le", ac=1, ar=RATE_HZ, flush_packets=1)
    return [*WITH_US, *pcm.global_args("-nostdin", "-v", "quiet", "-threads", "1").compile()]
