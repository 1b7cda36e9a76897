"""A finding is what the watch heard of one slot on one mount: a line of its event file."""

from contextlib import suppress
from pathlib import Path

import msgspec

from playout.events import forget_read, lines_from

FILE = "watch"


class Finding(msgspec.Struct, frozen=True):
    """How much of a slot's master was heard on a channel's mount of one quality.

    `similarity` (0 to 1) is the mean correlation over the whole master. `start_error_ms` says how
    long after its slot's start any of it was first heard (-: before), None when nothing tells.
    `parts` are the stretches heard, in ms of the master, half-open; `heard_ms` is their sum.
    """

    channel: int
    quality: str
    slot: int
    similarity: float
    start_error_ms: int | None
    heard_ms: int
    parts: tuple[tuple[int, int], ...] = ()


def append(file: Path, findings: list[Finding]) -> None:
    """Add what was heard, all of it at once; nobody but the watch adds to that file."""
    with suppress(OSError):  # room is made another time
        forget_read(file)
    lines = b"".join(msgspec.json.encode(finding) + b"\n" for finding in findings)
    with file.open("ab") as opened:
        opened.write(lines)


def read_from(file: Path, position: int) -> tuple[list[Finding], int]:
    """The findings after a byte position, and the position after them."""
    return lines_from(file, position, Finding)
