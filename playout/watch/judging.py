"""Each slot that is over is judged by what came from each mount, and by its master alone."""

import time
from functools import cache

import numpy as np
import structlog
from numpy.typing import NDArray

from playout import programme
from playout.compose import Line
from playout.disk import AirFolder
from playout.watch import finding
from playout.watch.correlation import Samples
from playout.watch.finding import Finding
from playout.watch.matching import WINDOW, Match, like, match
from playout.watch.receiver import Receiver
from playout.watch.reference import sound_of
from playout.watch.tape import LOOK_AHEAD_SECONDS, RATE_HZ
from station.airlog import LineKind
from station.errors import Fault
from station.recordings import master_at
from station.settings import Settings

# What is looked at before a slot's start and after its end.
AROUND_SECONDS = 2.0
# So long after its end all of a slot has come, however it was carried.
JUDGED_AFTER_SECONDS = AROUND_SECONDS + LOOK_AHEAD_SECONDS
# Whoever judges so much later, after a slow disk or on a busy machine, still has the whole slot.
LATE_SECONDS = 120.0
# Beside the slot itself.
KEPT_SECONDS = AROUND_SECONDS + JUDGED_AFTER_SECONDS + LATE_SECONDS

logger = structlog.get_logger()


class Judge:
    """Compares what some receivers have on tape with what the programme promised."""

    def __init__(self, settings: Settings, receivers: list[Receiver]) -> None:
        """Nothing was judged yet."""
        self.settings = settings
        self.folder = AirFolder.of(settings)
        self.receivers = receivers
        self._programme = programme.Reader(self.folder.root)
        self._masters: dict[tuple[int, int], NDArray[np.int16] | None] = {}
        self._own: dict[str, NDArray[np.int16] | None] = {}
        self._unwritten: list[Finding] = []

    @property
    def slot_seconds(self) -> int:
        """How long a slot is."""
        return self.settings.station.slot_seconds

    def last_ready(self, now: float) -> int:
        """The last slot that is over and has all come, at a Unix time."""
        return int((now - JUDGED_AFTER_SECONDS) // self.slot_seconds) - 1

    def remember(self, on_air: int) -> None:
        """Read the masters of the slot on air: when it is over, they may be gone."""
        kept = on_air - 2 - int(JUDGED_AFTER_SECONDS // self.slot_seconds)
        self._masters = {key: one for key, one in self._masters.items() if key[1] >= kept}
        for line in self._lines(on_air):
            key = line.channel, line.slot_number
            if key not in self._masters and line.master_sha256 is not None:
                self._masters[key] = self._sound(line.master_sha256)

    def find(self, slot: int, listened_since: float) -> None:
        """Write down what was heard of a slot, unless nobody listened to all of it.

        A mount of which the tape has lost something by now says nothing either.
        """
        if listened_since > slot * self.slot_seconds - AROUND_SECONDS:
            return
        for line in self._lines(slot):
            master = self._masters.get((line.channel, slot))
            if master is not None:
                began = time.monotonic()
                found = self._of_channel(line.channel, slot, _floats(master))
                self._write(found)
                heard = {f"{one.channel}-{one.quality}": one.heard_ms for one in found}
                took = round(time.monotonic() - began, 2)
                logger.info("slot-judged", slot=slot, heard_ms=heard, took_seconds=took)

    def _write(self, found: list[Finding]) -> None:
        """What a full disk does not take is written with the next. Raises OSError."""
        self._unwritten += found
        finding.append(self.folder.events(finding.FILE), self._unwritten)
        self._unwritten = []

    def _of_channel(self, channel: int, slot: int, master: Samples) -> list[Finding]:
        begins = slot * self.slot_seconds - AROUND_SECONDS
        common = cache(lambda: self._shared(master))  # asked for once by all mounts, or not at all
        found = []
        for receiver in self.receivers:
            if receiver.place.channel == channel and receiver.failed_at < begins:
                cut = receiver.tape.cut(begins, self.slot_seconds + 2 * AROUND_SECONDS)
                if receiver.tape.whole_since > begins:
                    logger.warning("slot-not-judged", problem="Its tape is not whole", slot=slot)
                    continue
                matched = match(master, cut, round(AROUND_SECONDS * RATE_HZ), common)
                found.append(_finding(receiver, slot, matched))
        return found

    def _shared(self, master: Samples) -> NDArray[np.bool_]:
        """Which windows of a master are in the station's own pieces too, as a bed is."""
        pieces = {file.stem for file in self.folder.fill.glob("*.flac")}
        pieces |= {file.stem for file in self.folder.emergency.glob("*.flac")}
        self._own = {
            piece: self._own[piece] if piece in self._own else self._sound(piece)
            for piece in sorted(pieces)
        }
        common = np.zeros(len(master) // WINDOW, np.bool_)
        for sound in self._own.values():
            if sound is not None:
                common |= like(master, _floats(sound))
        return common

    def _sound(self, sha256: str) -> NDArray[np.int16] | None:
        ours = self.folder.masters / f"{sha256}.flac"
        try:
            return sound_of(sha256, (ours, master_at(self.settings.media_folder, sha256)))
        except Fault as fault:
            logger.warning("slot-not-judged", problem=str(fault))
            return None

    def _lines(self, slot: int) -> list[Line]:
        """What members have on air in a slot."""
        planned = self._programme.now()
        lines = [planned.line(channel, slot) for channel in range(self.settings.channels)]
        kinds = LineKind.SEGMENT, LineKind.SILENCE
        return [line for line in lines if line is not None and line.kind in kinds]


def _finding(receiver: Receiver, slot: int, matched: Match) -> Finding:
    return Finding(
        channel=receiver.place.channel,
        quality=receiver.place.quality,
        slot=slot,
        similarity=matched.similarity,
        start_error_ms=matched.start_error_ms,
        heard_ms=matched.heard_ms,
        parts=matched.parts,
    )


def _floats(samples: NDArray[np.int16]) -> Samples:
    return (samples / np.float32(32768)).astype(np.float32)
