"""Where root starts the station, Liquidsoap is a user of its own that may write next to nothing."""

import os
import pwd
import shutil
import stat
from contextlib import suppress
from pathlib import Path

# The user and group that Debian's package makes.
USER = "liquidsoap"
PRIVATE, PASSABLE = 0o700, 0o710
MADE_LATER = ("media", "recordings")
# What it passes in a station's folder: its slots, and the way to its own place.
PASSED = ("air", "run")


def known() -> bool:
    """Whether this machine has that user."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


def engine_user(*needed: Path) -> str | None:
    """Whom the engines become; None unless root starts them and that user can go to all needed."""
    if os.geteuid() != 0 or not known():
        return None
    return USER if all(can_enter(folder) for folder in needed) else None


def can_enter(folder: Path) -> bool:
    """Whether that user may pass through a folder and all those above it."""
    entry = pwd.getpwnam(USER)
    groups = os.getgrouplist(USER, entry.pw_gid)
    return all(_may_pass(one.stat(), entry.pw_uid, groups) for one in (folder, *folder.parents))


def let_through(home: Path) -> None:
    """Let that user pass through a station's closed folder, and read what it plays alone."""
    if os.geteuid() != 0 or not known() or not _is_ours(home.stat()):
        return
    for name in MADE_LATER:
        (home / name).mkdir(mode=PRIVATE, exist_ok=True)
    closed = [entry for entry in home.iterdir() if entry.name not in PASSED]
    for entry in (*closed, home / "run" / "log"):
        # Some come and go meanwhile.
        with suppress(FileNotFoundError):
            if not entry.is_symlink():
                entry.chmod(stat.S_IMODE(entry.stat().st_mode) & PRIVATE)
    shutil.chown(home, group=USER)
    home.chmod(PASSABLE)


def _is_ours(home: os.stat_result) -> bool:
    """Whether a folder is closed to all, or to all but that user; another choice is respected."""
    mode = stat.S_IMODE(home.st_mode)
    return mode == PRIVATE or (mode == PASSABLE and home.st_gid == pwd.getpwnam(USER).pw_gid)


def give(user: str, workplace: Path, events_file: Path, slots: Path) -> None:
    """Give an engine's user its workplace and event file to write, and its slots to read."""
    workplace.mkdir(mode=PRIVATE, exist_ok=True)
    events_file.touch()
    for place in (workplace, events_file):
        shutil.chown(place, user, user)
    # Passwords of presenters are for this folder's group.
    shutil.chown(slots, group=user)


def _may_pass(found: os.stat_result, uid: int, groups: list[int]) -> bool:
    if found.st_uid == uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid in groups:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
