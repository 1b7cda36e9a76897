"""Examines files one after another in one process, and tells what each cost.

    python -m tests.media.hostile_runner LIST HOW

LIST is a JSON list of [path, slot seconds]; each answer is a line of JSON. HOW is a function of
this module or, as `module:function`, of another: it takes a file and what is wanted of it, and
answers with a `Report`.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from media import ingest
from media.report import Report
from media.session import Session, in_a_studio
from media.wanted import Wanted
from station.errors import Refusal

Examine = Callable[[Path, Wanted], Report]
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
ENDING = ExitStack()


def in_process(file: Path, wanted: Wanted) -> Report:
    """The recipe as it is, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        return ingest.render(file, Path(folder), wanted).report


def in_the_studio(file: Path, wanted: Wanted) -> Report:
    """The recipe in one studio, whose engineer lives on from file to file."""
    return _session().render(file, wanted)[0]


@cache
def _session() -> Session:
    return ENDING.enter_context(in_a_studio(6))


def told(examine: Examine, file: Path, slot_seconds: int) -> dict[str, Any]:
    """The codes of one file, what stops it, and what it cost."""
    began_cpu, began = _cpu_seconds(), time.monotonic()
    answer: dict[str, Any] = {"codes": [], "stops": [], "sentences": [], "refused": None}
    try:
        findings = examine(file, Wanted(slot_seconds)).findings
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
    """What this process, those it waited for, and those that still run below it have used."""
    own = sum(os.times()[:4])
    # User and system time, its own and of those it waited for (proc_pid_stat(5)).
    return own + sum(sum(map(int, stat[11:15])) / TICKS_A_SECOND for _, stat in _running_below())


def _peaks_mebibytes() -> Iterator[float]:
    yield resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    # Its own ru_maxrss would be that of the process that began it, where that was larger.
    for pid in (os.getpid(), *(pid for pid, _ in _running_below())):
        with suppress(FileNotFoundError):
            lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
            yield from (int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _running_below() -> Iterator[tuple[int, list[str]]]:
    """Processes that descend from this one: each one's id, and its stat from its state on."""
    stats: dict[int, list[str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            stats[int(folder.name)] = (
                (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
            )
    below = {os.getpid()}
    while more := {pid for pid, stat in stats.items() if int(stat[1]) in below} - below:
        below |= more
        yield from ((pid, stats[pid]) for pid in more)


def main() -> None:
    files, (module, _, function) = Path(sys.argv[1]), sys.argv[2].rpartition(":")
    examine: Examine = getattr(import_module(module) if module else sys.modules[__name__], function)
    with ENDING:
        for file, slot_seconds in json.loads(files.read_text("ascii")):
            sys.stdout.write(json.dumps(told(examine, Path(file), slot_seconds)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
