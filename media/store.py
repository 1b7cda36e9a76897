"""Bytes are kept under their own hash and appear in one step, whole, or not at all."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from station.errors import Refusal, WrongInput
from station.recordings import stored_at

WORK_FOLDER = "work"
# What arrives in chunks may take days.
ARRIVALS_FOLDER = "arrivals"
# No upload and no attempt takes so long: what is this old belongs to who was killed.
STALE_SECONDS = 1800
# What airs today has to be made and kept, whatever people send.
LEAST_FREE_BYTES = 1_000_000_000


@contextmanager
def work_folder(media_folder: Path) -> Iterator[Path]:
    """A folder on the store's own disk for one attempt."""
    with tempfile.TemporaryDirectory(dir=_work(media_folder)) as folder:
        yield Path(folder)


def clear_stale(media_folder: Path) -> int:
    """Remove what processes that were killed left in the work folder; how many there were."""
    return sum(_removed_when_stale(left) for left in _work(media_folder).iterdir())


def arriving(media_folder: Path) -> IO[bytes]:
    """A file for an upload to arrive in, on the store's own disk; it goes when it is closed."""
    return tempfile.NamedTemporaryFile("w+b", dir=_work(media_folder), prefix="upload-")


@contextmanager
def arrival(media_folder: Path, key: str) -> Iterator[IO[bytes]]:
    """The file that an arrival's bytes are in, for one at a time."""
    place = media_folder / ARRIVALS_FOLDER / key
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    with place.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def require_room(media_folder: Path, size_bytes: int) -> None:
    """Raises Refusal `disk-full` when too little would be free beside so many bytes."""
    media_folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(media_folder).free < LEAST_FREE_BYTES + size_bytes:
        raise Refusal("disk-full")


def forget_arrival(media_folder: Path, key: str) -> None:
    """Remove an arrival's file, if there is one."""
    (media_folder / ARRIVALS_FOLDER / key).unlink(missing_ok=True)


def _work(media_folder: Path) -> Path:
    work = media_folder / WORK_FOLDER
    work.mkdir(parents=True, exist_ok=True)
    return work


def _removed_when_stale(left: Path) -> bool:
    # An upload may end, and its file go, while we look at it.
    with suppress(FileNotFoundError):
        if time.time() - left.stat().st_mtime > STALE_SECONDS:
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()
            return True
    return False


def keep(media_folder: Path, file: Path, sha256: str, suffix: str = "") -> Path:
    """Move a file of the work folder to its place; bytes that are kept already cost nothing."""
    place = stored_at(media_folder, sha256, suffix)
    if place.exists():
        # Whoever sweeps up what nobody names takes it for new.
        os.utime(place)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
        file.rename(place)
        sync_folder(place.parent)
    return place


def put_in_place(file: Path, place: Path) -> None:
    """Copy a file to a place: on the disk before its name is, and never half there.

    Raises WrongInput `file-unwritable` when the place can't be written.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as copy:
            half = Path(copy.name)
            try:
                with file.open("rb") as stream:
                    shutil.copyfileobj(stream, copy, 1 << 20)
                copy.flush()
                os.fchmod(copy.fileno(), 0o644)
                os.fsync(copy.fileno())
                half.rename(place)
            except BaseException:
                half.unlink(missing_ok=True)
                raise
        sync_folder(place.parent)
    except OSError as error:
        raise WrongInput("file-unwritable", file=place, problem=error.strerror) from None


def sync_folder(folder: Path) -> None:
    """Make a renamed name survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
