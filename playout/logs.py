"""No log of playout's fills its disk: a long one is set aside, and begun anew."""

import os
import shutil
from pathlib import Path

LONGEST_BYTES = 32_000_000


def old_file(log: Path) -> Path:
    """Where what was in a log before is kept."""
    return log.with_suffix(".old")


def shorten(folder: Path, longest_bytes: int = LONGEST_BYTES) -> None:
    """Set each long log of a folder aside, in place of what was there before.

    Liquidsoap and Icecast keep theirs open, and append: so it is copied and emptied. A line that
    comes between the two is lost. On a disk too full for the copy, the log alone goes on.
    """
    for log in sorted(folder.glob("*.log")):
        if log.stat().st_size > longest_bytes:
            _set_aside(log)


def _set_aside(log: Path) -> None:
    old = old_file(log)
    # First, so that there is room where there was any.
    old.unlink(missing_ok=True)
    try:
        shutil.copyfile(log, old)
    except OSError:
        # Half a log is better than a disk that stays full.
        os.truncate(log, 0)
        raise
    os.truncate(log, 0)
