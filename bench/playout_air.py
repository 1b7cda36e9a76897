"""A station of noise is published and put on air by `mweya playout run`, heard, and disturbed.

All that is to be known of it afterwards lies in one folder: `run.json`, each connection's bytes and
arrivals, and when the machine stood still.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench import playout_sound
from bench.playout_listen import Listener, Sleeper
from bench.playout_station import Part, new_station, publish, urls, wait_until_on_air
from station.settings import Settings

# Time to install the plan and to start.
HEAD_SECONDS = 25
# A part is ended at this share of a slot.
MIDDLE = 0.4
RESTARTED_AFTER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A part that is ended in the middle of a slot, counted from the first planned one."""

    offset: int
    part: str


class Run(msgspec.Struct, frozen=True):
    """What was on air: `slots` from number `first` on, on so many channels, sent in which way."""

    way: str
    slot_seconds: int
    channels: int
    first: int
    slots: int
    faults: list[Fault]
    version: str = ""


def broadcast(
    folder: Path, slot_seconds: int, slots: int, faults: Sequence[Fault], channels: int = 3
) -> Run:
    """Put a station on air for so many slots, and keep all that was heard in the folder."""
    pieces = playout_sound.pieces(folder / "sound", slot_seconds)
    station = new_station(folder / "station", slot_seconds, channels)
    first = -(-int(time.time() + HEAD_SECONDS + slots * channels // 20) // slot_seconds)
    publish(station, pieces, first, slots)
    run = Run("ours", slot_seconds, channels, first, slots, list(faults), version())
    keep_run(folder, run)
    control = Part("run", station.home, folder / "control.log")
    control.start()
    try:
        wait_until_on_air(station)
        with heard(folder, urls(station)):
            disturb(run, faults, lambda part: _end(part, station, control))
    finally:
        control.stop()
    return run


@contextmanager
def heard(folder: Path, urls: Sequence[str]) -> Iterator[None]:
    """Listen to all of the mounts, and to the machine."""
    names = [f"channel-{channel}" for channel in range(len(urls))]
    ears = [Listener(url, folder, name) for url, name in zip(urls, names, strict=True)]
    threads: list[Listener | Sleeper] = [*ears, Sleeper(folder / "stalls.txt")]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.stop()


def disturb(run: Run, faults: Sequence[Fault], end: Callable[[str], None]) -> None:
    """Wait through all slots, and end a part in the middle of some."""
    for fault in faults:
        wait_until((run.first + fault.offset + MIDDLE) * run.slot_seconds)
        end(fault.part)
    wait_until((run.first + run.slots) * run.slot_seconds + 2)


def wait_until(at: float) -> None:
    """Sleep until a Unix time."""
    time.sleep(max(0.0, at - time.time()))


def keep_run(folder: Path, run: Run) -> None:
    """Write down what is on air."""
    (folder / "run.json").write_bytes(msgspec.json.encode(run))


def run_of(folder: Path) -> Run:
    """What was on air."""
    return msgspec.json.decode((folder / "run.json").read_bytes(), type=Run)


def _end(part: str, station: Settings, control: Part) -> None:
    """Kill a part as a fault would; only control is not started again by anybody else here."""
    if part == "control":
        control.kill()
        time.sleep(RESTARTED_AFTER_SECONDS)
        control.start()
    else:
        pid_file = station.run_folder / f"{part}.pid"
        with suppress(ProcessLookupError):
            os.kill(int(msgspec.json.decode(pid_file.read_bytes())["pid"]), signal.SIGKILL)


def version() -> str:
    """What Liquidsoap calls itself."""
    said = subprocess.run(["liquidsoap", "--version"], capture_output=True, text=True, check=True)
    return said.stdout.splitlines()[0]
