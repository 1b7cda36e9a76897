"""Of some processes a station has one alone on a host: the one that holds its lock."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from station.settings import Settings


@contextmanager
def holding(settings: Settings, name: str) -> Iterator[bool]:
    """Hold a lock of this name until the block ends, or find that somebody else does."""
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    with (settings.run_folder / f"{name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_held(settings: Settings, name: str) -> bool:
    """Whether a process holds the lock of this name now."""
    with holding(settings, name) as free:
        return not free
