"""After a part was killed: how long nothing came, and when the right piece was back in place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import soundfile
from scipy import signal

from bench.playout_air import MIDDLE, Run
from bench.playout_read import SAMPLES_A_BYTE, Received, around, likeness, received
from bench.playout_sound import RATE_HZ, Samples, number_of

LOOK_SECONDS = 40.0
BLOCK_SECONDS = 0.1
# A piece that is off by more than this is not at its offset.
OFF_SECONDS = 0.1
ALIKE = 0.5
# What it takes to be back: not a block that happens to fit.
STEADY_BLOCKS = 5


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a fault did to one channel's listener; times in seconds.

    `nothing_came` is the longest wait for a byte, `back_after` how long after the fault the last
    block was not the right piece at its offset (None: it never came back), `away` how long in all.
    """

    offset: int
    part: str
    channel: int
    nothing_came: float
    away: float
    back_after: float | None
    sent_away: bool


def recoveries(run: Run, folder: Path, usual_ms: float) -> Iterator[Recovery]:
    """What each fault did to each channel; `usual_ms` is how late all is heard in any case."""
    for number, fault in enumerate(run.faults):
        at = (run.first + fault.offset + MIDDLE) * run.slot_seconds
        ends = [other.offset + MIDDLE for other in run.faults[number + 1 :]]
        until = min(at + LOOK_SECONDS, (run.first + min([*ends, run.slots])) * run.slot_seconds)
        for channel in range(run.channels):
            connections = received(folder, channel)
            if not connections or connections[-1].times[-1] < at:
                continue  # not yet
            right = _right(run, folder, connections, channel, (at, until), usual_ms)
            wrong = [end - at for end, fits in right if not fits]
            last = right[-STEADY_BLOCKS:]
            back = bool(last) and all(fits for _, fits in last)
            yield Recovery(
                offset=fault.offset,
                part=fault.part,
                channel=channel,
                nothing_came=_longest_wait(connections, at, until),
                away=round(len(wrong) * BLOCK_SECONDS, 1),
                back_after=max(wrong, default=0.0) if back else None,
                sent_away=any(at < one.times[0] < until for one in connections),
            )


def _right(
    run: Run,
    folder: Path,
    connections: Sequence[Received],
    channel: int,
    between: tuple[float, float],
    usual_ms: float,
) -> list[tuple[float, bool]]:
    """For each tenth of a second after the fault when it was had, and whether it was right."""
    found = []
    at, until = between
    block = round(BLOCK_SECONDS * RATE_HZ)
    for connection in connections:
        cut = around(connection, at, until)
        if cut is None:
            continue
        sound, end = cut
        for start in range(0, len(sound) - block, block):
            place = end - (len(sound) - start) / SAMPLES_A_BYTE
            had = connection.heard_at(place)
            if had >= at:
                wanted = _wanted(run, folder, channel, had - usual_ms / 1000)
                found.append((had + BLOCK_SECONDS, _fits(sound[start : start + block], wanted)))
    return found


def _wanted(run: Run, folder: Path, channel: int, at: float) -> Samples:
    """The master's sound from a little before a time to a little after a block from then.

    Too little of it where two pieces meet: a start is measured in its own way.
    """
    slot, seconds = divmod(at, run.slot_seconds)
    file = folder / "sound" / f"{number_of(channel, int(slot) - run.first)}.flac"
    first = max(round((seconds - OFF_SECONDS) * RATE_HZ), 0)
    last = round((seconds + OFF_SECONDS + BLOCK_SECONDS) * RATE_HZ)
    sound, _ = soundfile.read(file, start=first, stop=last, dtype="float32", always_2d=True)
    left: Samples = sound[:, 0]
    return left


def _fits(block: Samples, wanted: Samples) -> bool:
    if len(wanted) < len(block) + 2 * round(OFF_SECONDS * RATE_HZ) - 1:
        return True
    at = int(signal.correlate(wanted, block, "valid", "fft").argmax())
    return likeness(wanted[at : at + len(block)], block) > ALIKE


def _longest_wait(connections: Sequence[Received], at: float, until: float) -> float:
    times = [float(t) for one in connections for t in one.times if at - 1 < t < until]
    return round(max((after - before for before, after in pairwise(times)), default=0.0), 2)
