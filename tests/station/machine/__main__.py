"""Proves the market at length: `python -m tests.station.machine --examples 2000 --steps 100`."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.station.machine.clock import prove
from tests.station.machine.stage import Stage


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=2000)
    asked.add_argument("--steps", type=int, default=100)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        prove(stage, given.examples, given.steps, anew=True)
        stage.close()
    for (verb, said), times in sorted(stage.presses.items()):
        sys.stdout.write(f"{times:8} {verb}: {said}\n")
    sys.stdout.write("The station and its model agreed on every press.\n")


if __name__ == "__main__":
    main()
