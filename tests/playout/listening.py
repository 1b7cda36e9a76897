"""A listener who notes when each byte came, and can tell the tones apart afterwards."""

import http.client
import subprocess
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

import numpy as np

from tests.playout.tones import EMERGENCY_HZ, FILL_HZ, ODD_HZ, RATE_HZ, TONES, hertz_of

BYTES_A_SECOND = 16_000  # MP3 at a constant 128 kbit/s
WINDOW = 960  # 20 ms
STEP = 240  # 5 ms
QUIET = 0.02
WINK = 0.05  # seconds; somebody who wakes up to twice as late was not kept waiting
AUDIBLE = 0.25  # seconds; a start is late beyond this
MADE_UP_FOR = 3  # seconds after which a stall has no effect any more
# What the decoder cuts away and the encoder put before: 1105 samples of LAME's, at 48 kHz.
MP3_DELAY_SECONDS = 1105 / RATE_HZ


@dataclass(frozen=True)
class Run:
    """One sound from a second of the recording to another."""

    sound: str
    start: float
    end: float


@dataclass
class Recording:
    """What came over one connection to a standard mount: how many bytes were there, and when."""

    received: bytearray = field(default_factory=bytearray)
    arrivals: list[tuple[int, float]] = field(default_factory=list)

    def receive(self, chunk):
        self.received += chunk
        self.arrivals.append((len(self.received), time.time()))

    @cached_property
    def runs(self):
        """What was heard, one sound after another; scraps under 30 ms are edges."""
        return _runs(_sounds(_decoded(bytes(self.received))))

    def began_at(self):
        """The Unix time at which the recording's second 0 would have come, had it come live.

        The burst at the start came late, and so did every byte that waited; none came early.
        """
        return min(at - count / BYTES_A_SECOND for count, at in self.arrivals)


@dataclass
class Listener(Recording):
    """Listens to a standard mount until told to stop, over one connection."""

    url: str = ""
    ended_by_server: bool = False

    def __post_init__(self):
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join()

    def _listen(self):
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
        connection.request("GET", where.path)
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        while not self._stop.is_set():
            chunk = answer.read1(4096)
            if not chunk:
                self.ended_by_server = True
                break
            self.receive(chunk)
        connection.close()


class Stalls:
    """How long this machine ran nobody, found by a sleeper who is woken too late.

    The engines go before everybody else, so they were kept waiting no longer than that.
    """

    def __init__(self):
        self.lost = []  # from when until when, in Unix time
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sleep_and_wake, daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join()

    def allowed(self, planned, error):
        """Whether a start was as exact as this machine let it be: never early, not late for long.

        An engine makes up for what it could not make in time, but not at once.
        """
        start, end = planned - MADE_UP_FOR, planned + error
        lost = sum(woken - due for due, woken in self.lost if due < end and woken > start)
        return -AUDIBLE <= error <= AUDIBLE + lost

    def _sleep_and_wake(self):
        due = time.time() + WINK
        while not self._stop.wait(WINK):
            woken = time.time()
            if woken - due > WINK:
                self.lost.append((due, woken))
            due = woken + WINK


def _decoded(mp3):
    command = ["ffmpeg", "-v", "quiet", "-f", "mp3", "-i", "-"]
    command += ["-f", "s16le", "-ac", "1", "-ar", str(RATE_HZ), "-"]
    pcm = subprocess.run(command, input=mp3, capture_output=True, check=True).stdout
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768


def _sounds(samples):
    """For each step the name of the sound: `slot 3 first`, `fill`, `emergency`, `quiet`."""
    names = [f"{tone} {half}" for tone in range(TONES) for half in ("first", "second")]
    hertz = [each for tone in range(TONES) for each in hertz_of(tone)]
    names += ["fill", "emergency", "odd", "chord"]
    hertz += [FILL_HZ, EMERGENCY_HZ, ODD_HZ, 262]
    seconds = np.arange(WINDOW) / RATE_HZ
    probes = np.exp(-2j * np.pi * np.outer(hertz, seconds)) * np.hanning(WINDOW)
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::STEP]
    loud = np.sqrt((frames**2).mean(axis=1))
    likeliest = np.abs(frames @ probes.T.astype(np.complex64)).argmax(axis=1)
    return [
        names[n] if level > QUIET else "quiet" for n, level in zip(likeliest, loud, strict=True)
    ]


def _runs(sounds):
    step = STEP / RATE_HZ
    middle = WINDOW / RATE_HZ / 2
    runs = []
    start = 0
    for index in range(1, len(sounds) + 1):
        if index == len(sounds) or sounds[index] != sounds[start]:
            if (index - start) * step >= 0.03:
                runs.append(Run(sounds[start], start * step + middle, index * step + middle))
            start = index
    return runs
