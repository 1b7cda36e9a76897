"""How exactly a station is on air is measured on its public streams, beside how others do it."""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import playout_air, playout_back, playout_peers, playout_read, playout_sound
from bench import playout_tell as tell
from bench.playout_air import Fault

WAYS = ("ours", "push", "pull")
# Each part ends once, by default, with time to be back before the next one.
FAULT_SECONDS = 25
KILLED = ("channel-0", "icecast", "control")


def read(folder: Path, *, as_json: bool) -> None:
    """Print what a broadcast that was kept in a folder says, also while it is on air."""
    run = playout_air.run_of(folder)
    pieces = playout_sound.pieces(folder / "sound", run.slot_seconds)
    found = list(playout_read.boundaries(run, folder, pieces))
    told = {name: tell.exactness(some) for name, some in tell.parts(run, found).items()}
    all_of_it = told["all"]
    usual_ms = all_of_it.median if all_of_it else 0.0
    recovered = list(playout_back.recoveries(run, folder, usual_ms))
    stood = tell.stalls(folder)
    if as_json:
        print(json.dumps(tell.facts(run, told, recovered, stood)))
        return
    print("\n".join(tell.lines(run, told, stood)), end="\n\n")
    if recovered:
        print("\n".join(tell.fault_lines(recovered)), end="\n\n", flush=True)


def broadcast(way: str, folder: Path, slot: int, slots: int, faults: Sequence[Fault]) -> None:
    """Be on air in one way, and keep all that was heard."""
    folder.mkdir(parents=True, exist_ok=True)
    if way == "ours":
        playout_air.broadcast(folder, slot, slots, faults)
    else:
        playout_peers.broadcast(way, folder, slot, slots, faults)


def in_turn(slot: int, slots: int) -> list[Fault]:
    """Each part is killed once, in the second half; a short broadcast has time for fewer."""
    apart = -(-FAULT_SECONDS // slot)
    begin = slots // 2
    found = [Fault(begin + number * apart, part) for number, part in enumerate(KILLED)]
    return [fault for fault in found if fault.offset + apart < slots]


def main() -> None:
    """Measure what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--way", choices=WAYS, action="append", help="by default all")
    asked.add_argument("--slot", type=int, default=5, help="seconds of a slot")
    asked.add_argument("--slots", type=int, default=24, help="how many")
    asked.add_argument("--end", nargs="*", metavar="OFFSET:PART", help="what is killed when")
    asked.add_argument("--folder", type=Path, help="keep what was heard here")
    asked.add_argument("--read", type=Path, metavar="FOLDER", help="only tell what was kept")
    asked.add_argument("--json", action="store_true", help="one value a way instead of tables")
    chosen = asked.parse_args()
    if chosen.read:
        read(chosen.read, as_json=chosen.json)
        return
    faults = in_turn(chosen.slot, chosen.slots)
    if chosen.end is not None:
        named = (end.split(":") for end in chosen.end)
        faults = [Fault(int(offset), part) for offset, part in named]
    # Not in memory, as /tmp may be.
    with tempfile.TemporaryDirectory(prefix="mweya-bench-", dir="/var/tmp") as scratch:
        for way in chosen.way or WAYS:
            folder = (chosen.folder or Path(scratch)) / way
            broadcast(way, folder, chosen.slot, chosen.slots, faults)
            read(folder, as_json=chosen.json)


if __name__ == "__main__":
    main()
