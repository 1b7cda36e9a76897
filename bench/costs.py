"""What processes cost is read from the kernel: processor time, and the most memory at once."""

import os
import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
KIBI = 1024


def cpu_seconds() -> float:
    """What this process has used until now, with all that it began."""
    own = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    begun = sum(used(pid) for pid in descendants(os.getpid()))
    return sum(one.ru_utime + one.ru_stime for one in own) + begun


def peak_mb() -> int:
    """The most memory that this process, or any that it began, has held at once."""
    begun = [held_mb(pid) for pid in (os.getpid(), *descendants(os.getpid()))]
    ended = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // KIBI
    return max(ended, *begun)


def used(pid: int) -> float:
    """Seconds of processor time of a process and of those of its children that have ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # proc(5): the name, in brackets, may hold anything; utime to cstime follow 11 fields later.
    ticks = stat.rpartition(")")[2].split()[11:15]
    return sum(map(int, ticks)) / TICKS_A_SECOND


def held_mb(pid: int) -> int:
    """The most memory that a process has held, while it lives; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) // KIBI for line in lines if line.startswith("VmHWM")), 0)


def descendants(pid: int) -> Iterator[int]:
    """All living processes that a process began, and those that they began."""
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        # A thread may end, and a process too, while we look at it.
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in map(int, (thread / "children").read_text().split()):
                yield child
                yield from descendants(child)


def command_of(pid: int) -> str:
    """The words that a process was begun with; none when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
