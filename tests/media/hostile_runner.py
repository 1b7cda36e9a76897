"""Examines files one after another in one process, and tells what each cost.

    python -m tests.media.hostile_runner LIST MODULE:FUNCTION

LIST is a JSON list of [path, slot seconds]; each answer is a line of JSON. The function takes a
file, a folder to write into and what is wanted, and answers with a `Report`.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from media import ingest
from media.report import Report
from media.wanted import Wanted
from station.errors import Refusal

Examine = Callable[[Path, Path, Wanted], Report]
KIBIBYTES_IN_A_MEBIBYTE = 1024


def in_process(file: Path, folder: Path, wanted: Wanted) -> Report:
    """The recipe as it is, in this process."""
    return ingest.render(file, folder, wanted).report


def told(examine: Examine, file: Path, slot_seconds: int) -> dict[str, Any]:
    """The codes of one file, what stops it, and what it cost."""
    began_cpu, began = _cpu_seconds(), time.monotonic()
    answer: dict[str, Any] = {"codes": [], "stops": [], "sentences": [], "refused": None}
    try:
        with tempfile.TemporaryDirectory() as folder:
            findings = examine(file, Path(folder), Wanted(slot_seconds)).findings
    except Refusal as refusal:
        answer |= {"refused": refusal.code, "sentences": [refusal.sentence]}
    else:
        answer["codes"] = [finding.code for finding in findings]
        answer["stops"] = [finding.code for finding in findings if finding.stops]
        answer["sentences"] = [finding.sentence for finding in findings]
    answer["cpu_seconds"] = _cpu_seconds() - began_cpu
    answer["wall_seconds"] = time.monotonic() - began
    answer["mebibytes"] = max(_peaks_mebibytes())
    return answer


def _cpu_seconds() -> float:
    """What this process and its children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peaks_mebibytes() -> Iterator[float]:
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        yield resource.getrusage(who).ru_maxrss / KIBIBYTES_IN_A_MEBIBYTE


def main() -> None:
    files, (module, function) = Path(sys.argv[1]), sys.argv[2].split(":")
    examine: Examine = getattr(import_module(module), function)
    for file, slot_seconds in json.loads(files.read_text("ascii")):
        sys.stdout.write(json.dumps(told(examine, Path(file), slot_seconds)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
