"""A presenter sends a tone to a harbor, and can fall silent, hang, drop and come back."""

import os
import signal
import subprocess
from dataclasses import dataclass

MP3 = ("-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3", "-content_type", "audio/mpeg")
OPUS = ("-c:a", "libopus", "-b:a", "64k", "-f", "ogg", "-content_type", "application/ogg")
AGAIN = ("sh", "-c", 'until "$@"; do sleep 0.3; done', "sh")
SINE_LEVEL = 1 / 8  # of ffmpeg's own
LEVEL = 0.25


@dataclass
class Presenter:
    """Somebody who speaks one tone, louder by `gain`, and quiet between two seconds of theirs.

    Whose program `tries_again` does so until it is let in.
    """

    address: str
    hertz: int
    codec: tuple[str, ...] = MP3
    gain: float = 1
    quiet: tuple[float, float] = (0, 0)
    tries_again: bool = False

    def __post_init__(self):
        level = self.gain * LEVEL / SINE_LEVEL
        from_second, to_second = self.quiet
        sound = f"sine={self.hertz}:r=48000,asetnsamples=480"
        hushed = f"volume='if(between(t,{from_second},{to_second}),0,{level})':eval=frame"
        both = "pan=stereo|c0=c0|c1=c0"
        heard = ["-re", "-f", "lavfi", "-i", f"{sound},{hushed},{both}"]
        again = AGAIN if self.tries_again else ()
        self._process = subprocess.Popen(
            [*again, "ffmpeg", "-v", "error", *heard, *self.codec, self.address],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def drop(self):
        """Go away without a word."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def hang(self):
        """Send nothing more, and leave the connection open."""
        self._process.send_signal(signal.SIGSTOP)

    def refused_within(self, seconds):
        """Whether the connection is ended from the other side."""
        try:
            return self._process.wait(seconds) != 0
        except subprocess.TimeoutExpired:
            return False
