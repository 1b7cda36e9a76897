"""Stored bytes that no table names are left by a crash, and go once they are a day old.

What has arrived of a file goes as soon as nobody may go on with it.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from media.store import ARRIVALS_FOLDER
from station.arrivals import Arrival
from station.fill import FillPiece
from station.presentation import Presentation
from station.recordings import Master, Recording
from station.rights import Request

# An upload is stored before its row is written, and so is a master.
LEAST_AGE = timedelta(days=1)
HASH_LENGTH = 64


def sweep(session: Session, media_folder: Path) -> int:
    """Remove every stored file that no row names; how many there were."""
    named = set(_named(session))
    oldest = time.time() - LEAST_AGE.total_seconds()
    removed = 0
    for file in media_folder.glob("??/*"):
        unnamed = file.name[:HASH_LENGTH] not in named
        if unnamed and file.is_file() and file.stat().st_mtime < oldest:
            file.unlink()
            removed += 1
    return removed


def sweep_arrivals(session: Session, media_folder: Path) -> int:
    """Remove what has arrived of files that are not expected any more; how many there were."""
    # A file comes after its row: whatever is listed before the rows are read has its row there.
    here = list(media_folder.glob(f"{ARRIVALS_FOLDER}/*"))
    expected = set(session.scalars(sa.select(Arrival.key)))
    left = [file for file in here if file.name not in expected]
    for file in left:
        file.unlink(missing_ok=True)
    return len(left)


def _named(session: Session) -> Iterator[str]:
    """Every hash that a row names."""
    plain = (
        Arrival.upload_sha256,
        Recording.upload_sha256,
        Request.announcement_sha256,
        Presentation.ident_upload_sha256,
        FillPiece.upload_sha256,
        FillPiece.sound_sha256,
        Master.sha256,
        Master.preview_sha256,
    )
    for column in plain:
        yield from (sha256 for sha256 in session.scalars(sa.select(column)) if sha256)
    for described in (Master.facts, FillPiece.facts, Recording.treatment):
        for facts in session.scalars(sa.select(described)):
            yield from (said for said in facts.values() if isinstance(said, str))
