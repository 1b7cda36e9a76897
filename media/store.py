"""Bytes are kept under their own hash and appear in one step, whole, or not at all."""

import os
import shutil
import tempfile
from pathlib import Path

from station.errors import WrongInput
from station.recordings import stored_at


def keep(media_folder: Path, file: Path, sha256: str, suffix: str = "") -> Path:
    """Keep a file's bytes under their hash; bytes that are kept already cost nothing."""
    place = stored_at(media_folder, sha256, suffix)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(file, place)
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
