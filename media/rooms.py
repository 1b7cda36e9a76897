"""A studio's room is a locked folder: the spool that its engineer sees, and what was taken of it.

Whatever an engineer does to its spool, a room can be emptied and removed; the lock of one whose
studio was killed is free, and the next studio removes it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from media.box import MEBIBYTE

SPOOL, TAKEN = "spool", "taken"


def new_room(folder: Path) -> tuple[Path, int]:
    """A new room and its lock, with a spool in it; those of studios that are gone are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    together = os.open(folder, os.O_RDONLY)
    try:
        # One at a time: nobody shall see a room that has no lock yet.
        fcntl.flock(together, fcntl.LOCK_EX)
        for other in folder.iterdir():
            _remove_when_left(other)
        room = Path(tempfile.mkdtemp(dir=folder, prefix="room-")).absolute()
        lock = os.open(room, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in (SPOOL, TAKEN):
            (room / name).mkdir(mode=0o700)
        return room, lock
    finally:
        os.close(together)


def _remove_when_left(room: Path) -> None:
    """Remove a room whose studio lives no more: the lock of one that was killed is free."""
    try:
        lock = os.open(room, os.O_RDONLY)
    except FileNotFoundError:
        # It was closed just now.
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        remove(room)
    finally:
        os.close(lock)


def lay(files: Mapping[str, Path], spool: Path) -> None:
    """Copy files into a spool, under the names that an order gives them."""
    for name, file in files.items():
        # Never through a link that was planted there.
        with file.open("rb") as source, (spool / name).open("xb") as copy:
            shutil.copyfileobj(source, copy, MEBIBYTE)


def empty(spool: Path) -> None:
    """Remove whatever lies in a spool. Raises OSError where its engineer prevents that."""
    for left in spool.iterdir():
        remove(left) if left.is_dir() and not left.is_symlink() else left.unlink()


def remove(folder: Path) -> None:
    """Remove a folder, whatever was done to the modes of what is in it."""
    for place, _, _ in os.walk(folder):
        Path(place).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
