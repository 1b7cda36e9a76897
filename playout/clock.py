"""The wall clock is compared with one that nobody can set, so that a set clock is noticed."""

import time
from contextlib import suppress
from pathlib import Path

# A listener's own buffer hides a shorter wait.
SET_BACK_SECONDS = 1.0
# A clock that was set ahead may be wrong. Until so long after, nothing is over by its word alone.
SET_AHEAD_SECONDS = 5.0
UNSURE_SECONDS = 600.0
STARTED_AS = Path("/proc/sys/kernel/random/boot_id")


def clock_offset() -> float:
    """Seconds that change only when somebody sets the clock, or the machine sleeps."""
    return time.time() - time.monotonic()


def was_set_back(before: float, after: float) -> bool:
    """Whether the clock was set back so far, between two offsets, that listeners would notice."""
    return before - after > SET_BACK_SECONDS


def was_set_ahead(before: float, after: float) -> bool:
    """Whether the clock was set ahead, or the machine slept, between two offsets."""
    return after - before > SET_AHEAD_SECONDS


class Doubt:
    """Whether a clock that was set ahead may still be wrong; a new playout takes the doubt over."""

    def __init__(self, file: Path, start: str = "") -> None:
        """`file` says until when it lasts since this machine's `start`, by the kernel's name."""
        self._file = file
        self._start = start or STARTED_AS.read_text().strip()
        self._until = self._read()

    def begin(self, monotonic: float) -> None:
        """It lasts for `UNSURE_SECONDS` from now, on a full disk as long as nobody starts anew."""
        self._until = monotonic + UNSURE_SECONDS
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(f"{self._start} {self._until}")

    def end(self) -> None:
        """The clock was put right."""
        self._until = float("-inf")
        self._file.unlink(missing_ok=True)

    def lasts(self, monotonic: float) -> bool:
        """Whether it lasts."""
        return monotonic < self._until

    def _read(self) -> float:
        try:
            start, until = self._file.read_text().split()
            return float(until) if start == self._start else float("-inf")
        except (OSError, ValueError):
            return float("-inf")
