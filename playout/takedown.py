"""A takedown is a marker beside a slot's file: an engine that finds it lets the slot be.

It is on disk before the engine is told, so that it outlives the engine, and works while the
database is away; control brings it to the station's tables, and theirs to the disk.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from playout.disk import AirFolder
from station import takedowns, trail

SUFFIX = ".withdrawn"

# (channel, slot number)
Place = tuple[int, int]


class Marker(msgspec.Struct, frozen=True):
    """Why a slot was taken off air, since when (Unix time), and by whose account, if known."""

    reason: str
    at_ms: int
    account_id: int | None = None


def mark(folder: AirFolder, place: Place, marker: Marker) -> bool:
    """Put a marker in place, by one rename; whether there was none yet. Raises OSError."""
    file = _file(folder, place)
    if file.exists():
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(msgspec.json.encode(marker))
        part.replace(file)
    except OSError:
        # A full disk takes an empty file where it takes no more bytes, and that is enough.
        file.touch()
        part.unlink(missing_ok=True)
    return True


def is_marked(folder: AirFolder, place: Place) -> bool:
    """Whether a slot was taken off air."""
    return _file(folder, place).exists()


def markers(folder: AirFolder) -> dict[Place, Marker]:
    """Every marker that lies on playout's disk."""
    return {place: _read(file) for place, file in _files(folder)}


def ordered(session: Session, first: int) -> dict[Place, Marker]:
    """What was ordered in the tables, from slot `first` on."""
    return {
        (one.channel, one.slot_number): Marker(
            one.reason, round(one.at.timestamp() * 1000), one.account_id
        )
        for one in takedowns.since(session, first)
    }


def to_tables(session: Session, folder: AirFolder) -> None:
    """Tell the tables what was ordered on this host, which order the rest of its run too."""
    marked = markers(folder)
    if not marked:
        return
    known = ordered(session, min(slot for _, slot in marked))
    for place, marker in sorted(marked.items(), key=lambda item: item[0]):
        channel, slot = place
        # An earlier marker may have brought in the rest of its run.
        if place not in known and takedowns.of_slot(session, channel, slot) is None:
            at = datetime.fromtimestamp(marker.at_ms / 1000, UTC)
            takedowns.order_whole(session, place, marker.reason, at, marker.account_id)
            about = {"subject": f"{channel + 1}, {slot}", "reason": marker.reason}
            trail.write(session, None, "moderation.pull", at, **about)


def clear_before(folder: AirFolder, slot_number: int) -> None:
    """Delete the markers of slots before one."""
    for (_, slot), file in _files(folder):
        if slot < slot_number:
            file.unlink(missing_ok=True)


def _files(folder: AirFolder) -> Iterator[tuple[Place, Path]]:
    for channel in range(folder.channels):
        for file in folder.channel(channel).glob(f"*{SUFFIX}"):
            if file.stem.isdecimal():
                yield (channel, int(file.stem)), file


def _file(folder: AirFolder, place: Place) -> Path:
    channel, slot = place
    return folder.channel(channel) / f"{slot}{SUFFIX}"


def _read(file: Path) -> Marker:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Marker)
    except msgspec.DecodeError:
        # It keeps its slot off air all the same.
        return Marker("", round(file.stat().st_mtime * 1000))
