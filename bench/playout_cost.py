"""What a station on air costs is read from the kernel: each process's share of a core, and memory.

A mount costs what a station with two more of them takes more. Listeners are real sockets in a
process of their own, which take everything and keep nothing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from bench import costs, playout_sound
from bench.playout_crowd import Served
from bench.playout_station import Part, new_station, publish, urls, wait_until_on_air
from station.settings import Settings

SLOT_SECONDS = 60
SETTLE_SECONDS = 20.0
MORE_MOUNTS = """[qualities.fine]
codec = "mp3"
kilobits = 192
[qualities.small]
codec = "opus"
kilobits = 24
"""
MANY_LISTENERS = "[icecast]\nmax_listeners = 20000\n"
# Of the time that listeners stay, once all are there.
MEASURED_SHARE = 0.8
KIBI = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """A process over a while: hundredths of one core, and what it holds of memory by itself.

    What several processes share is divided between them (proportional set size, proc(5)).
    """

    name: str
    percent: float
    mb: int


@contextmanager
def on_air(folder: Path, channels: int, more: str = "") -> Iterator[tuple[Settings, list[Part]]]:
    """A station of noise and its watch, on air and settled."""
    pieces = playout_sound.pieces(folder.parent / "sound", SLOT_SECONDS)
    station = new_station(folder / "station", SLOT_SECONDS, channels, more)
    publish(station, pieces, int(time.time()) // SLOT_SECONDS, 10)
    parts = [Part(name, station.home, folder / f"{name}.log") for name in ("run", "watch")]
    try:
        parts[0].start()
        wait_until_on_air(station)
        parts[1].start()
        time.sleep(SETTLE_SECONDS)
        yield station, parts
    finally:
        for part in reversed(parts):
            part.stop()


def costs_of(station: Settings, parts: list[Part], seconds: float) -> list[Cost]:
    """What each process takes for so long."""
    pids = {
        file.stem: int(msgspec.json.decode(file.read_bytes())["pid"])
        for file in sorted(station.run_folder.glob("*.pid"))
    }
    pids |= {part.command: part.process.pid for part in parts if part.process is not None}
    before = {name: costs.used(pid) for name, pid in pids.items()}
    began = time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    return [
        Cost(name, round((costs.used(pid) - before[name]) / took * 100, 1), held_alone_mb(pid))
        for name, pid in pids.items()
    ]


def held_alone_mb(pid: int) -> int:
    """A process's share of memory (PSS), 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) // KIBI for line in lines if line.startswith("Pss:")), 0)


def station_cost(folder: Path, channels: int, more: str, seconds: float) -> list[Cost]:
    """What a station with so many channels takes."""
    folder.mkdir(parents=True)
    with on_air(folder, channels, more) as (station, parts):
        return costs_of(station, parts, seconds)


def crowd_cost(folder: Path, listeners: int, seconds: float) -> tuple[Served, Cost]:
    """What Icecast takes for so many listeners of one mount, and how they were served."""
    folder.mkdir(parents=True)
    with on_air(folder, 1, MANY_LISTENERS) as (station, parts):
        crowd = (sys.executable, "-m", "bench.playout_crowd", urls(station)[0], str(listeners))
        with subprocess.Popen([*crowd, str(seconds)], stdout=subprocess.PIPE, text=True) as here:
            if here.stdout is not None:
                here.stdout.readline()
            took = costs_of(station, parts, seconds * MEASURED_SHARE)
            said, _ = here.communicate()
    icecast = next(cost for cost in took if cost.name == "icecast")
    return msgspec.json.decode(said, type=Served), icecast


def main() -> None:
    """Measure what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--channels", type=int, nargs="*", default=[1, 3])
    asked.add_argument("--mounts", action="store_true", help="one channel with two mounts more")
    asked.add_argument("--listeners", type=int, nargs="*", default=[])
    asked.add_argument("--seconds", type=float, default=60)
    chosen = asked.parse_args()
    # Not in memory, as /tmp may be.
    with tempfile.TemporaryDirectory(prefix="mweya-bench-", dir="/var/tmp") as scratch:
        folder = Path(scratch)
        for channels in chosen.channels:
            took = station_cost(folder / str(channels), channels, "", chosen.seconds)
            told({"channels": channels, "mounts": 2, "cost": [asdict(one) for one in took]})
        if chosen.mounts:
            took = station_cost(folder / "mounts", 1, MORE_MOUNTS, chosen.seconds)
            told({"channels": 1, "mounts": 4, "cost": [asdict(one) for one in took]})
        for listeners in chosen.listeners:
            served, icecast = crowd_cost(folder / f"crowd-{listeners}", listeners, chosen.seconds)
            told({**asdict(served), "icecast": asdict(icecast)})


def told(facts: dict[str, object]) -> None:
    """One line a measurement."""
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
