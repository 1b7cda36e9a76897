"""A receiver listens to one mount as a listener's player does, and comes back when it is lost."""

import math
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
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
LONGEST_READ = 65_536
FLOOR_DBFS = -120.0
# Whatever ffmpeg we start ends with us, however we end.
WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mount is: its channel, its quality's name, its codec (mp3, opus) and its path."""

    channel: int
    quality: str
    codec: str
    path: str


class Receiver:
    """Keeps a mount's last minutes on a tape, and its levels until somebody takes them."""

    def __init__(self, place: Place, address: Callable[[], str], seconds: float) -> None:
        """Nothing is received before `start`; Icecast's address is asked for each time."""
        self.place = place
        self._address = address
        self.tape = Tape(seconds)
        self._levels: deque[Level] = deque(maxlen=round(60_000 / LEVEL_MS))
        self._waiting = np.empty(0, np.int16)
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
            self._process = subprocess.Popen(
                command(self.place, self._address()), stdout=subprocess.PIPE
            )
            self._receive(self._process)
            self._process.kill()
            self._process.wait()
            self._ending.wait(AGAIN_SECONDS)

    def _receive(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101  it is a pipe
        self.tape.connect()
        rest = b""
        with process.stdout as pcm:
            while read := os.read(pcm.fileno(), LONGEST_READ):
                came = time.time()
                whole = len(rest + read) // 2 * 2
                samples = np.frombuffer((rest + read)[:whole], "<i2")
                rest = (rest + read)[whole:]
                self.tape.add(samples, came - DELAY_SECONDS[self.place.codec])
                self._note_levels(samples, came)

    def _note_levels(self, samples: NDArray[np.int16], came: float) -> None:
        waiting = np.concatenate([self._waiting, samples])
        count = len(waiting) // LEVEL_SAMPLES
        for number, part in enumerate(waiting[: count * LEVEL_SAMPLES].reshape(count, -1)):
            at_ms = round(came * 1000) - LEVEL_MS * (count - number)
            self._levels.append(Level(at_ms, loudness_dbfs(part)))
        self._waiting = waiting[count * LEVEL_SAMPLES :]


def loudness_dbfs(samples: NDArray[np.int16]) -> float:
    """The root mean square of some samples, in dB below full scale."""
    power = float((samples.astype(np.float64) ** 2).mean()) / 32768**2 if len(samples) else 0.0
    return max(10 * math.log10(power), FLOOR_DBFS) if power > 0 else FLOOR_DBFS


def command(place: Place, address: str) -> list[str]:
    """The ffmpeg that gives a mount as mono samples at 8 kHz, as soon as they come."""
    heard = ffmpeg.input(
        address + place.path,
        f=FORMATS[place.codec],
        icy=0,
        rw_timeout=LOST_MICROSECONDS,
        fflags="nobuffer",
        probesize=32,
        analyzeduration=0,
    )
    pcm = heard.output("pipe:", f="s16le", ac=1, ar=RATE_HZ, flush_packets=1)
    return [*WITH_US, *pcm.global_args("-nostdin", "-v", "quiet", "-threads", "1").compile()]
