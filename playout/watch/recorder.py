"""What went out is kept as it was received, a file a slot and channel, for as long as is set.

The encoded stream is only copied. It is cut by the wall clock at the first packet of each slot;
what came over several connections is joined once the slot is over.
"""

import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import ffmpeg

from playout.mounts import WATCH_AGENT
from playout.watch.receiver import FORMATS, LOST_MICROSECONDS, WITH_US, Place
from station.recordings import recording_at

# Its last packets may come so long after a slot's end, on a busy machine.
SETTLE_SECONDS = 3.0
SHORT_LIFE_SECONDS = 5.0
PAUSE_SECONDS = 5.0
PART = ".part"
JOINING = ".joining"
# All of it is there: its parts are deleted, and then it is the slot's.
JOINED = ".joined"


class Recorder:
    """Keeps one mount; whoever runs it looks after it every now and then."""

    def __init__(
        self, place: Place, address: Callable[[], str], folder: Path, slot_seconds: int
    ) -> None:
        """Nothing is recorded before the first `keep`; Icecast's address is asked each time."""
        self.place = place
        self._address = address
        self.folder = folder
        self.slot_seconds = slot_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = float("-inf")
        self._start_after = float("-inf")

    def keep(self) -> None:
        """Start the recording, and again when it ended. Raises OSError."""
        now = time.monotonic()
        if self._process is not None and self._process.poll() is not None:
            self._process = None
            brief = now - self._started_at < SHORT_LIFE_SECONDS
            self._start_after = now + (PAUSE_SECONDS if brief else 0.0)
        if self._process is None and now >= self._start_after:
            folder = self.folder / str(self.place.channel)
            folder.mkdir(parents=True, exist_ok=True)
            self._process = subprocess.Popen(
                command(self.place, self._address(), self.slot_seconds), cwd=folder
            )
            self._started_at = now

    def stop(self) -> None:
        """Record no more."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def tidy(self, now: float, keep_seconds: float) -> None:
        """Delete what is old at `now` (Unix time), and join what belongs to slots that are over.

        Raises OSError, on a full disk after it made what room it can.
        """
        folder = self.folder / str(self.place.channel)
        codec = self.place.codec
        oldest = (now - keep_seconds) / self.slot_seconds
        for file in folder.glob(f"*.{codec}"):
            if file.stem.isdecimal() and int(file.stem) < oldest:
                file.unlink()
        parts = sorted(folder.glob(f"*{PART}.{codec}"), key=lambda file: int(_stem(file)))
        for slot, of_slot in slots_over(parts, self.slot_seconds, now).items():
            _join(of_slot, recording_at(self.folder, self.place.channel, slot, codec))
        for joined in folder.glob(f"*{JOINED}.{codec}"):  # by one who was killed over the last part
            joined.replace(joined.with_name(f"{_stem(joined)}.{codec}"))


def command(place: Place, address: str, slot_seconds: int) -> list[str]:
    """The ffmpeg that keeps a mount in its working folder, cut where slots begin."""
    heard = ffmpeg.input(
        address + place.path,
        f=FORMATS[place.codec],
        icy=0,
        user_agent=WATCH_AGENT,
        rw_timeout=LOST_MICROSECONDS,
    )
    kept = heard.output(
        f"%s{PART}.{place.codec}",
        c="copy",
        f="segment",
        segment_format=FORMATS[place.codec],
        segment_time=slot_seconds,
        segment_atclocktime=1,
        reset_timestamps=1,
        strftime=1,
    )
    return [*WITH_US, *kept.global_args("-nostdin", "-v", "error").compile()]


def slots_over(parts: Iterable[Path], slot_seconds: int, now: float) -> dict[int, list[Path]]:
    """The parts of each slot that is over; a part is named for the second in which it began."""
    found: dict[int, list[Path]] = defaultdict(list)
    for part in parts:
        slot = int(_stem(part)) // slot_seconds
        if now > (slot + 1) * slot_seconds + SETTLE_SECONDS:
            found[slot].append(part)
    return found


def _stem(file: Path) -> str:
    return file.name.partition(".")[0]


def _join(parts: list[Path], whole: Path) -> None:
    """Put parts after what of their slot was kept before, in whatever step one is killed."""
    joined = whole.with_name(f"{whole.stem}{JOINED}{whole.suffix}")
    if not joined.exists():
        _put_together([whole, *parts] if whole.exists() else parts, joined)
    for part in parts:
        part.unlink(missing_ok=True)
    joined.replace(whole)


def _put_together(parts: list[Path], joined: Path) -> None:
    """Both Ogg and MP3 may be put one after the other. Raises OSError, and leaves nothing then."""
    if len(parts) == 1:
        parts[0].replace(joined)  # which takes no room
        return
    joining = joined.with_name(joined.name.replace(JOINED, JOINING))
    try:
        with joining.open("wb") as opened:
            for part in parts:
                with part.open("rb") as more:
                    shutil.copyfileobj(more, opened)
        joining.replace(joined)
    finally:
        joining.unlink(missing_ok=True)
