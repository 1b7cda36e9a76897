"""The pipeline is measured beside plain decoding and other ways, on the same clips in one run.

Each way runs in a process of its own, so that its peak of memory is its own too, and is repeated
there: the best run counts. What each made is measured by meters that are not ours.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import costs
from bench.ways import TARGET_LUFS, WAYS, Clip

# A way that takes so long is not warmed up, and its runs differ little.
ENOUGH_SECONDS = 12.0
FLOOR = next(iter(WAYS))
HEAD = (
    "| clip | way | CPU s | peak MB | off target, libebur128 | by ffmpeg | true peak dBTP | "
    "one slot | x decode |\n|---|---|---:|---:|---:|---:|---:|---|---:|"
)

Facts = dict[str, Any]


def measured(name: str, clip: Clip, runs: int) -> Facts:
    """One way in this process: what it took at best, and what is wrong with what it made."""
    spent: list[float] = []
    with WAYS[name](clip) as work:
        while len(spent) <= runs and sum(spent) < ENOUGH_SECONDS:
            before = costs.cpu_seconds()
            made = work()
            spent.append(costs.cpu_seconds() - before)
        took: Facts = {"cpu_seconds": round(min(spent), 3), "peak_mb": costs.peak_mb()}
        return took if made is None else {**took, **errors(made, clip.slot_seconds)}


def errors(made: Path, slot_seconds: int) -> Facts:
    """How far a file is from what a station needs, as two loudspeakers play it."""
    import soundfile

    from media import loudness
    from media.samples import RATE_HZ
    from tests.media.corpus_meters import true_peak

    sound, rate_hz = soundfile.read(made, dtype="float32", always_2d=True)
    meter = f"ebur128=metadata=1:dualmono={'true' if sound.shape[1] == 1 else 'false'}"
    printing = f"{meter},ametadata=print:key=lavfi.r128.I:file=-"
    command = ("ffmpeg", "-nostdin", "-v", "error", "-i", made, "-af", printing, "-f", "null", "-")
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    by_ffmpeg = float(printed.rsplit("lavfi.r128.I=", 1)[1])
    return {
        "off_libebur128_lu": round(abs(loudness.integrated(sound) - TARGET_LUFS), 3),
        "off_ffmpeg_lu": round(abs(by_ffmpeg - TARGET_LUFS), 3),
        "true_peak_dbtp": round(true_peak(sound), 2),
        "one_slot": (len(sound), rate_hz) == (slot_seconds * RATE_HZ, RATE_HZ),
    }


def in_a_process(name: str, clip: Path, seconds: int, runs: int) -> Facts:
    """The same in a process of its own."""
    options = ["--only", name, str(clip), "--seconds", str(seconds), "--runs", str(runs)]
    command = [sys.executable, "-m", "bench.media", *options]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    facts: Facts = json.loads(ended.stdout.splitlines()[-1])
    return {"clip": clip.name, "way": name, **facts}


def row(facts: Facts, floor: Facts) -> str:
    """One line of the table."""
    cells = [facts["clip"], facts["way"], f"{facts['cpu_seconds']:.2f}", facts["peak_mb"]]
    if "one_slot" in facts:
        cells += [f"{facts[key]:.2f} LU" for key in ("off_libebur128_lu", "off_ffmpeg_lu")]
        cells += [f"{facts['true_peak_dbtp']:.2f}", "yes" if facts["one_slot"] else "no"]
    else:
        cells += ["-"] * 4
    cells.append(f"{facts['cpu_seconds'] / floor['cpu_seconds']:.1f}")
    return f"| {' | '.join(map(str, cells))} |"


def measure(seconds: int, runs: int, ways: Sequence[str], *, as_json: bool) -> None:
    """Measure the chosen ways, and the floor, on every clip."""
    from bench.clips import made

    # Not in memory, as /tmp may be.
    with tempfile.TemporaryDirectory(prefix="mweya-bench-", dir="/var/tmp") as folder:
        if not as_json:
            print(HEAD, flush=True)
        for clip in made(Path(folder), seconds):
            floor: Facts = {}
            for name in WAYS:
                if name == FLOOR or name in ways:
                    facts = in_a_process(name, clip, seconds, runs)
                    floor = floor or facts
                    print(json.dumps(facts) if as_json else row(facts, floor), flush=True)


def main() -> None:
    """Measure what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=300, help="how long clips and slots are")
    asked.add_argument("--runs", type=int, default=3, help="the best of so many counts")
    asked.add_argument("--way", choices=list(WAYS), action="append", help="by default all")
    asked.add_argument("--json", action="store_true", help="one value a line instead of a table")
    asked.add_argument("--burst", type=int, help="instead: so many uploads at once")
    asked.add_argument("--burst-slot", type=int, default=30, help="seconds; clips fill 0.9 of it")
    asked.add_argument("--only", nargs=2, metavar=("WAY", "FILE"), help="one way here, as JSON")
    chosen = asked.parse_args()
    if chosen.only:
        name, file = chosen.only
        with tempfile.TemporaryDirectory(prefix="mweya-bench-", dir="/var/tmp") as folder:
            clip = Clip(Path(file), chosen.seconds, Path(folder))
            print(json.dumps(measured(name, clip, chosen.runs)))
    elif chosen.burst:
        from bench.burst import work_off

        work_off(chosen.burst, chosen.burst_slot, as_json=chosen.json)
    else:
        measure(chosen.seconds, chosen.runs, chosen.way or list(WAYS), as_json=chosen.json)


if __name__ == "__main__":
    main()
