"""Proves the solver on new weeks: `python -m tests.scheduler.at_length --examples 20000`.

`pytest` does the same on a hundred weeks, the same each time.
"""

import argparse
import sys
import time

from hypothesis import HealthCheck, given, settings

from tests.scheduler.small_weeks import problems
from tests.scheduler.test_solve import (
    agrees_with_brute_force,
    by_parts_it_agrees_with_brute_force,
    keeps_every_rule,
)

PROOFS = (
    (agrees_with_brute_force, problems(most_requests=4, most_starts=5, most_channels=3), 1),
    (by_parts_it_agrees_with_brute_force, problems(most_requests=4, most_starts=5), 20),
    (keeps_every_rule, problems(most_requests=14, most_starts=30, most_channels=3), 20),
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=20_000)
    examples = asked.parse_args().examples
    for proof, weeks, share in PROOFS:
        anew = settings(
            max_examples=examples // share,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        began = time.monotonic()
        anew(given(weeks)(proof))()
        seconds = time.monotonic() - began
        sys.stdout.write(f"{proof.__name__}: {examples // share} weeks in {seconds:.0f} s\n")


if __name__ == "__main__":
    main()
