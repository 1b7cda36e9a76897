"""A process of ours is known by its pid and its start, and can be found again.

Liquidsoap and Icecast outlive whoever started them, so that the station stays on air while
everything else is down; the next playout takes them over instead of starting them twice.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from station.errors import Fault

# Measured: SIGTERM ends Liquidsoap in under a second in nine of ten runs; one run hung.
STOP_SECONDS = 3.0
POLL_SECONDS = 0.05
NICENESS = -10


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a process is started: its name, its command line, what it is told, and where.

    Whatever it prints goes to `log_file`, in `folder`. It runs there too, or, where root starts it
    as another `user`, in a folder of that user's own.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    user: str | None = None

    @property
    def workplace(self) -> Path:
        """Where it runs and keeps its socket."""
        return self.folder / self.name if self.user else self.folder

    @property
    def pid_file(self) -> Path:
        """Where the running process is remembered."""
        return self.folder / f"{self.name}.pid"

    @property
    def log_file(self) -> Path:
        """What it prints."""
        return self.folder / "log" / f"{self.name}.log"

    @property
    def fingerprint(self) -> str:
        """Changes when the process would have to be started anew."""
        told = repr((self.command, sorted(self.environment.items()), self.user))
        return hashlib.sha256(told.encode()).hexdigest()


class Running(msgspec.Struct, frozen=True):
    """A process that was started; `started` is the kernel's own tick, so a reused pid is seen."""

    pid: int
    started: int
    fingerprint: str

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        state, started = _state_and_start(self.pid)
        if started != self.started:
            return False
        if state not in "ZX":
            return True
        try:
            # One of ours is laid to rest; while threads of it still wind down, that is refused.
            return os.waitpid(self.pid, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask its whole group to end, and make it end after `seconds`."""
        self.signal(signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if self.alive:
            self.kill()

    def kill(self) -> None:
        """End its whole group at once.

        The kernel may keep one that waits for a disk for ever, and then it lives on until that
        answers: nobody else waits for it longer than 3 s.
        """
        self.signal(signal.SIGKILL)
        deadline = time.monotonic() + STOP_SECONDS
        while self.alive and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def signal(self, number: signal.Signals) -> None:
        """Send its group a signal, if it still runs."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)


def start(recipe: Recipe) -> Running:
    """Start a process in a session of its own. Raises Fault when its program is missing."""
    program = shutil.which(recipe.command[0])
    if program is None:
        name = recipe.command[0]
        raise Fault(f"{name} is not installed. See: mweya doctor", permanent=True)
    recipe.log_file.parent.mkdir(parents=True, exist_ok=True)
    with recipe.log_file.open("ab") as log:
        child = subprocess.Popen(
            (program, *recipe.command[1:]),
            # Liquidsoap keeps a cache of its own library under HOME.
            env={**recipe.environment, "HOME": str(recipe.workplace)},
            cwd=recipe.workplace,
            user=recipe.user,
            group=recipe.user,
            extra_groups=None if recipe.user is None else (),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # Sound comes before everything else on this machine, where that may be said.
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PGRP, child.pid, NICENESS)
    # Running reaps it; Popen would only complain that nobody waited.
    child.returncode = 0
    running = Running(child.pid, _state_and_start(child.pid)[1], recipe.fingerprint)
    part = recipe.pid_file.with_suffix(".part")
    # On a full disk it runs all the same; it is only not found again by the next playout.
    with contextlib.suppress(OSError):
        part.write_bytes(msgspec.json.encode(running))
        part.replace(recipe.pid_file)
    return running


def found(recipe: Recipe) -> Running | None:
    """The process that an earlier playout left running, if there is one."""
    try:
        running = msgspec.json.decode(recipe.pid_file.read_bytes(), type=Running)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return running if running.alive else None


def stop_all(processes: list[Running]) -> None:
    """Ask all of them to end at once, so that the slowest sets the time."""
    for process in processes:
        process.signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        while process.alive and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if process.alive:
            process.kill()


def _state_and_start(pid: int) -> tuple[str, int]:
    """Fields 3 and 22 of /proc/PID/stat (proc(5)); X and 0 when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    fields = stat.rpartition(")")[2].split()
    return fields[0], int(fields[19])
