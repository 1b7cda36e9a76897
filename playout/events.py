"""An event is one line that a channel's engine appends when what it sends changes."""

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

LONGEST_READ = 4_000_000
BEGINNING = b'{"'
MUCH_BYTES = 1_000_000

Line = TypeVar("Line", bound=msgspec.Struct)


class EventKind(StrEnum):
    """What an event tells; `down` is written by the supervisor for an engine that died."""

    UP = "up"
    DOWN = "down"
    SLOT = "slot"
    FILL = "fill"
    EMERGENCY = "emergency"
    FLOOR = "floor"
    LIVE = "live"
    REFUSED = "refused"
    CLOCK = "clock"

    @property
    def changes_what_is_heard(self) -> bool:
        """Whether something else is heard from then on."""
        return self not in (EventKind.REFUSED, EventKind.CLOCK)


class EngineEvent(msgspec.Struct, frozen=True):
    """One line of a channel's event file.

    `at_ms` is Unix time; `offset_ms` is where in its master a slot came in (for `clock`: how
    far the stream was from the wall clock); `behind_ms` is how much earlier it was meant to be
    sent, when the engine was not run for a while.
    """

    event: EventKind
    at_ms: int
    slot: int
    offset_ms: int
    behind_ms: int = 0


def read_from(file: Path, position: int) -> tuple[list[EngineEvent], int]:
    """The events after a byte position, in order of time, and the position after them."""
    events, after = lines_from(file, position, EngineEvent)
    return sorted(events, key=lambda event: event.at_ms), after


def lines_from(file: Path, position: int, kind: type[Line]) -> tuple[list[Line], int]:
    """The whole lines after a byte position, and the position after them.

    A line that can't be read is passed over: it must not hide those that follow. Nor may half a
    line that a full disk left, and behind which the next writer began.
    """
    try:
        with file.open("rb") as opened:
            opened.seek(position)
            content = opened.read(LONGEST_READ)
    except FileNotFoundError:
        return [], position
    whole = content.rfind(b"\n") + 1
    # No line holds an object within another, so each of these begins one, also behind a half.
    texts = content[:whole].replace(BEGINNING, b"\n" + BEGINNING).splitlines()
    return [line for text in texts if (line := _parsed(text, kind))], position + whole


def events_read(file: Path) -> int:
    """How many bytes of an event file were read; all are read again when that can't be known."""
    try:
        position = int(_cursor(file).read_text())
        return position if position <= file.stat().st_size else 0
    except (FileNotFoundError, ValueError):
        return 0


def keep_read(file: Path, position: int) -> None:
    """Remember how far an event file was read, once what was read is safe elsewhere."""
    if position != events_read(file):
        part = _cursor(file).with_suffix(".part")
        part.write_text(str(position))
        part.replace(_cursor(file))


def forget_read(file: Path) -> None:
    """Take what was read from an event file, if it is much. Only while nobody adds to it."""
    position = events_read(file)
    if position < MUCH_BYTES:
        return
    part = file.with_suffix(".rest")
    with file.open("rb") as opened:
        opened.seek(position)
        part.write_bytes(opened.read())
    # First: at worst all of it is read again, and what is known already is left alone.
    _cursor(file).unlink()
    part.replace(file)


def append(file: Path, event: EngineEvent) -> None:
    """Add an event of our own."""
    with file.open("ab") as opened:
        opened.write(msgspec.json.encode(event) + b"\n")


def _cursor(file: Path) -> Path:
    return file.with_suffix(".read")


def _parsed(line: bytes, kind: type[Line]) -> Line | None:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.DecodeError:
        return None
