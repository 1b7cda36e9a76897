"""How exactly a station is on air is measured on its public streams, beside how others do it."""

import argparse
from pathlib import Path

from bench import playout_air
from bench.playout_air import Fault


def main() -> None:
    """Measure what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--folder", type=Path, required=True, help="where all is kept")
    asked.add_argument("--slot", type=int, default=5, help="seconds of a slot")
    asked.add_argument("--slots", type=int, default=24, help="how many")
    asked.add_argument("--channels", type=int, default=3)
    asked.add_argument("--end", nargs="*", default=[], metavar="OFFSET:PART", help="kill a part")
    chosen = asked.parse_args()
    faults = [Fault(int(offset), part) for offset, part in (end.split(":") for end in chosen.end)]
    playout_air.broadcast(chosen.folder, chosen.slot, chosen.slots, faults, chosen.channels)


if __name__ == "__main__":
    main()
