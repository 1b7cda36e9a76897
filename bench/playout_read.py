"""Where each slot began and ended in what was received is found by correlation with its master.

A place in a stream is a byte of it. A slot's start is heard when a player plays that byte that has
always kept in hand what Icecast gave it at first, two seconds, less those two seconds: the coder's
own delay is in it, and a moment in which the machine stood still is not. When the byte really came
is told beside.
"""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import signal

from bench.playout_air import Run
from bench.playout_listen import ARRIVAL
from bench.playout_sound import RATE_HZ, Piece, Samples, number_of

BYTES_A_SECOND = 16_000  # MP3 at a constant 128 kbit/s
SAMPLES_A_BYTE = RATE_HZ // BYTES_A_SECOND
FRAME_BYTES = 384
# ISO 11172-3, 2.4.2.3: sync, MPEG-1 layer III, no CRC; 128 kbit/s at 48 kHz, no padding.
SYNC = b"\xff\xfb\x94"
# Frames whose sound depends on bytes before the cut.
LEAD_BYTES = 20 * FRAME_BYTES

IN_HAND_SECONDS = 2.0
EARLY_SECONDS = 2.0  # how far before and after its time a slot's start is looked for
LATE_SECONDS = 12.0
ALIKE = 0.5
BLOCK = RATE_HZ // 100
AROUND_BLOCKS = 20


@dataclass(frozen=True, slots=True)
class Boundary:
    """A slot's start as it was heard; None where the piece, or the one before it, was not there.

    `came_ms` is the error by when its byte came. `gap_samples` lie between the last sample of one
    piece and the first of the next; negative when the first is cut short. `unlike_ms` of the 400 ms
    around the start resemble neither.
    """

    channel: int
    offset: int
    planned_at: float
    error_ms: float | None
    came_ms: float | None
    gap_samples: int | None
    unlike_ms: int


@dataclass(frozen=True, slots=True)
class Received:
    """One connection: its bytes, and how many had come at which times."""

    sound: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.int64]
    times: npt.NDArray[np.float64]

    def place(self, at: float) -> int | None:
        """How many bytes had come at a time; None when nobody was connected then."""
        index = int(np.searchsorted(self.times, at))
        return int(self.counts[index]) if 0 < index < len(self.times) else None

    def came_at(self, place: float) -> float:
        """When that byte came."""
        return float(self.times[np.searchsorted(self.counts, place)])

    def heard_at(self, place: float) -> float:
        """When a player plays that byte, less what it has in hand: one chunk in time is enough."""
        reach = place + IN_HAND_SECONDS * BYTES_A_SECOND
        # Not what came before: a listener who was moved to another mount has more or less in hand.
        near = slice(*np.searchsorted(self.counts, (place, reach)))
        lead = self.times[near] - self.counts[near] / BYTES_A_SECOND
        return float(lead.min()) + place / BYTES_A_SECOND


def received(folder: Path, channel: int) -> list[Received]:
    """All connections of a channel's listener, in order of time."""
    found = []
    for file in sorted(folder.glob(f"channel-{channel}.*.times")):
        arrivals = np.frombuffer(
            file.read_bytes()[: file.stat().st_size // ARRIVAL.size * ARRIVAL.size],
            np.dtype([("count", "<i8"), ("at", "<f8")]),
        )
        if len(arrivals):
            sound = np.memmap(file.with_suffix(".mp3"), np.uint8, "r")
            found.append(Received(sound, arrivals["count"], arrivals["at"]))
    return found


def boundaries(run: Run, folder: Path, pieces: Sequence[Piece]) -> Iterator[Boundary]:
    """Every planned start that the recording reaches, channel by channel."""
    for channel in range(run.channels):
        connections = received(folder, channel)
        for offset in range(run.slots):
            planned_at = float((run.first + offset) * run.slot_seconds)
            if any(planned_at + 1 < connection.times[-1] for connection in connections):
                yield _boundary(run, connections, pieces, channel, offset)


def _boundary(
    run: Run, connections: Sequence[Received], pieces: Sequence[Piece], channel: int, offset: int
) -> Boundary:
    planned_at = float((run.first + offset) * run.slot_seconds)
    heard = pieces[number_of(channel, offset)]
    before = pieces[number_of(channel, offset - 1)] if offset else None
    late = min(LATE_SECONDS, run.slot_seconds)
    early = min(EARLY_SECONDS, run.slot_seconds / 2)
    for connection in connections:
        cut = around(connection, planned_at - early, planned_at + late)
        if cut is None:
            continue
        sound, end = cut
        start = find(sound, heard.head)
        if start is None:
            continue
        place = end - (len(sound) - start) / SAMPLES_A_BYTE
        error_ms = (connection.heard_at(place) - planned_at) * 1000
        came_ms = (connection.came_at(place) - planned_at) * 1000
        ended = None if before is None else find(sound, before.tail)
        gap = None if ended is None or before is None else start - (ended + len(before.tail))
        unlike = 0 if before is None else unlike_ms(sound, start, before.tail, heard.head)
        return Boundary(channel, offset, planned_at, error_ms, came_ms, gap, unlike)
    return Boundary(channel, offset, planned_at, None, None, None, 0)


def find(sound: Samples, wanted: Samples) -> int | None:
    """At which sample of a sound another one begins; None when nothing in it resembles it."""
    if len(sound) < len(wanted):
        return None
    match = signal.correlate(sound, wanted, "valid", "fft")
    at = int(match.argmax())
    return at if likeness(sound[at : at + len(wanted)], wanted) > ALIKE else None


def unlike_ms(sound: Samples, start: int, before: Samples, after: Samples) -> int:
    """How much around a start is neither the end of one piece nor the beginning of the next."""
    reach = AROUND_BLOCKS * BLOCK
    heard = sound[max(start - reach, 0) : start + reach]
    expected = np.concatenate([before[-reach:], after[:reach]])[-len(heard) :]
    blocks = zip(
        np.array_split(heard, len(heard) // BLOCK),
        np.array_split(expected, len(heard) // BLOCK),
        strict=True,
    )
    return 1000 * BLOCK // RATE_HZ * sum(likeness(one, other) < ALIKE for one, other in blocks)


def likeness(one: Samples, other: Samples) -> float:
    """1 for the same sound at any loudness, 0 for strangers."""
    both = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / both if both else 0.0


def around(connection: Received, start: float, end: float) -> tuple[Samples, int] | None:
    """What came between two times, decoded, and the byte that it ends with."""
    places = (
        connection.place(max(start, connection.times[0] + 0.01)),
        connection.place(min(end, connection.times[-1])),
    )
    if places[0] is None or places[1] is None or places[1] - places[0] < BYTES_A_SECOND // 2:
        return None
    first = max(places[0] - LEAD_BYTES, 0)
    cut = connection.sound[first : places[1]].tobytes()
    # From its last whole frame's end samples are counted back: a decoder may lose the first ones.
    whole = cut.rfind(SYNC[:2])
    while whole > 0 and cut[whole - FRAME_BYTES : whole - FRAME_BYTES + 2] != SYNC[:2]:
        whole = cut.rfind(SYNC[:2], 0, whole)
    return decoded(cut[:whole]), first + whole


def decoded(mp3: bytes) -> Samples:
    """MP3 as samples of its left side."""
    command = ("ffmpeg", "-nostdin", "-v", "quiet", "-f", "mp3", "-i", "-")
    wanted = ("-f", "f32le", "-ac", "2", "-ar", str(RATE_HZ), "-")
    pcm = subprocess.run((*command, *wanted), input=mp3, capture_output=True, check=True).stdout
    left: Samples = np.frombuffer(pcm, "<f4")[::2].copy()
    return left
