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

from playout.attempts import Attempts
from playout.mounts import WATCH_AGENT
from playout.watch import sounding, turned_away
from playout.watch.quiet import LEVEL_MS, Level
from playout.watch.tape import RATE_HZ, Tape
from station.errors import Fault

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
        # When we could last not listen, through a fault that was not the mount's; Unix time.
        self.failed_at = float("-inf")
        self._attempts = Attempts()
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
            if not self._attempts.attempt(f"receiving {self.place.path}", self._receive):
                self.failed_at = time.time()
            self._ending.wait(AGAIN_SECONDS)

    def _receive(self) -> None:
        """Listen until the mount is lost. Raises Fault when it sends and we can't receive it."""
        self.tape.connect()
        url = self._address() + self.place.path
        self._process = subprocess.Popen(command(url, self.place.codec), stdout=subprocess.PIPE)
        try:
            received = self._read(self._process)
        finally:
            self._process.kill()
            self._process.wait()
        if received or self._ending.is_set():
            return
        if sounding(url) or turned_away(url):
            raise Fault(f"{url} may send, and the watch can't receive it", permanent=False)

    def _read(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.stdout is not None  # noqa: S101  it is a pipe
        rest, received = b"", False
        with process.stdout as pcm:
            while read := os.read(pcm.fileno(), LONGEST_READ):
                came, received = time.time(), True
                whole = len(rest + read) // 2 * 2
                samples = np.frombuffer((rest + read)[:whole], "<i2")
                rest = (rest + read)[whole:]
                self.tape.add(samples, came - DELAY_SECONDS[self.place.codec])
                self._note_levels(samples, came)
        return received

    def _note_levels(self, samples: NDArray[np.int16], came: float) -> None:
        waiting = np.concatenate([self._waiting, samples])
        count = len(waiting) // LEVEL_SAMPLES
        for number, part in enumerate(
            waiting[: count * LEVEL_SAMPLES].reshape(count, LEVEL_SAMPLES)
        ):
            at_ms = round(came * 1000) - LEVEL_MS * (count - number)
            self._levels.append(Level(at_ms, loudness_dbfs(part)))
        self._waiting = waiting[count * LEVEL_SAMPLES :]


def loudness_dbfs(samples: NDArray[np.int16]) -> float:
    """The root mean square of some samples, in dB below full scale."""
    power = float((samples.astype(np.float64) ** 2).mean()) / 32768**2 if len(samples) else 0.0
    return max(10 * math.log10(power), FLOOR_DBFS) if power > 0 else FLOOR_DBFS


def command(url: str, codec: str) -> list[str]:
    """The ffmpeg that gives a mount as mono samples at 8 kHz, as soon as they come."""
    heard = ffmpeg.input(
        url,
        f=FORMATS[codec],
        icy=0,
        user_agent=WATCH_AGENT,
        rw_timeout=LOST_MICROSECONDS,
        fflags="nobuffer",
        probesize=32,
        analyzeduration=0,
    )
    pcm = heard.output("pipe:", f="s16le", ac=1, ar=RATE_HZ, flush_packets=1)
    return [*WITH_US, *pcm.global_args("-nostdin", "-v", "quiet", "-threads", "1").compile()]
