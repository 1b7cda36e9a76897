"""Of some processes a station has one alone on a host: the one that holds its lock."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from station.settings import Settings

PLAYOUT = "playout"
WATCH = "watch"
# Whoever only asks holds the lock for an instant.
ATTEMPTS = 5
PAUSE_SECONDS = 0.1


@contextmanager
def holding(settings: Settings, name: str) -> Iterator[bool]:
    """Hold a lock of this name until the block ends, or find that somebody else does."""
    with _opened(settings, name) as lock:
        for _ in range(ATTEMPTS):
            if _taken(lock):
                yield True
                return
            time.sleep(PAUSE_SECONDS)
        yield False


def is_held(settings: Settings, name: str) -> bool:
    """Whether a process holds the lock of this name now."""
    with _opened(settings, name) as lock:
        return not _taken(lock)


def _opened(settings: Settings, name: str) -> IO[str]:
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    return (settings.run_folder / f"{name}.lock").open("a")


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
