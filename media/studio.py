"""A studio is a boxed process that works on one upload after another.

Its walls are bwrap's, where there is one: no network, and of all files only the system's
libraries, our own code and the spool. Without bwrap the limits stay. An engineer that takes too
long is ended, and after some orders another one begins.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

import media
import station
from media import box, orders
from media.orders import Broken, Done, Order, Step, Word
from station.errors import Fault

# Libraries leak a little with each file.
ORDERS_EACH = 200
WALL_SECONDS = 120.0
# Address space that can be written, of which libraries take 60 MB without ever touching it.
# Measured: at most 440 MB of memory are used, for ten minutes of stereo that are parted.
DATA_MEBIBYTES = 640
PACKAGES = (media, station)
CODE = "/box/code"


class EngineerLostError(Exception):
    """The engineer ended in the middle of an order: it took too long, too much, or broke."""


class Studio:
    """One engineer at a time, begun when first needed; not for two threads at once."""

    def __init__(self, folder: Path, wall_seconds: float = WALL_SECONDS) -> None:
        """`folder` is on the disk where results will be kept; the spool is made in it."""
        self._folder = folder
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._done = 0
        self._spool: Path | None = None
        self._lock: int | None = None

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the engineer and remove the spool."""
        self.close()

    def close(self) -> None:
        """End the engineer and remove the spool; a later order begins anew."""
        self._end()
        if self._spool is not None:
            shutil.rmtree(self._spool, ignore_errors=True)
            self._spool = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def pid(self) -> int | None:
        """The process that would be ended with the engineer, while there is one."""
        return None if self._process is None else self._process.pid

    @property
    def spool(self) -> Path:
        """The folder where files lie before and after an order; locked while the studio lives."""
        if self._spool is None or not self._spool.exists():
            self.close()
            self._spool, self._lock = _new_spool(self._folder)
        return self._spool

    def do(
        self,
        order: Order,
        promised: Any,
        files: Mapping[str, Path],
        tell: Callable[[str], None] = lambda _: None,
    ) -> Any:
        """Have an order done on copies of files; returns what was `promised`.

        What the engineer wrote lies in the spool until the next order. Raises
        EngineerLostError when two engineers did not survive it, and Fault when a tool is missing.
        """
        try:
            return self._try(order, promised, files, tell)
        except EngineerLostError:
            return self._try(order, promised, files, tell)

    def result(self, name: str) -> Path:
        """A file that the engineer wrote. Raises Fault when it is missing or no plain file."""
        file = self.spool / name
        if file.is_symlink() or not file.is_file():
            raise Fault(f"The studio left no {name}.", permanent=False)
        return file

    def _try(
        self,
        order: Order,
        promised: Any,
        files: Mapping[str, Path],
        tell: Callable[[str], None],
    ) -> Any:
        self._lay(files)
        process = self._engineer()
        clock = threading.Timer(self._wall_seconds, process.kill)
        clock.start()
        try:
            return self._ask(process, order, promised, tell)
        except (EngineerLostError, BrokenPipeError):
            self._end()
            raise EngineerLostError from None
        finally:
            clock.cancel()

    def _lay(self, files: Mapping[str, Path]) -> None:
        """Empty the spool and copy the files in; a copy is all that can be spoilt."""
        for left in self.spool.iterdir():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        for name, file in files.items():
            shutil.copyfile(file, self.spool / name)

    def _ask(
        self,
        process: subprocess.Popen[bytes],
        order: Order,
        promised: Any,
        tell: Callable[[str], None],
    ) -> Any:
        if process.stdin is None or process.stdout is None:
            raise AssertionError
        orders.send(process.stdin, order)
        while True:
            match orders.receive(process.stdout, Word):
                case Step(name):
                    tell(name)
                case Done(result):
                    self._done += 1
                    return msgspec.msgpack.decode(result, type=promised)
                case Broken(problem, permanent):
                    raise Fault(problem, permanent=permanent)
                case _:
                    raise EngineerLostError

    def _engineer(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._done >= ORDERS_EACH:
            self._end()
        if self._process is None or self._process.poll() is not None:
            self._done = 0
            box.require("prlimit")
            self._process = subprocess.Popen(
                [*_limits(), *_walls(self.spool), *_program(self.spool)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd="/",
                env=_environment(),
            )
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _new_spool(folder: Path) -> tuple[Path, int]:
    """A new spool and its lock; those of studios that are gone are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    together = os.open(folder, os.O_RDONLY)
    try:
        # One at a time: nobody shall see a spool that has no lock yet.
        fcntl.flock(together, fcntl.LOCK_EX)
        for other in folder.iterdir():
            _remove_when_left(other)
        spool = Path(tempfile.mkdtemp(dir=folder, prefix="spool-")).absolute()
        lock = os.open(spool, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        return spool, lock
    finally:
        os.close(together)


def _remove_when_left(spool: Path) -> None:
    """Remove a spool whose studio lives no more: the lock of one that was killed is free."""
    lock = os.open(spool, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(spool, ignore_errors=True)
    finally:
        os.close(lock)


def _limits() -> list[str]:
    # What each order may use of the processor, the engineer itself tells the kernel.
    megabytes = DATA_MEBIBYTES * box.MEBIBYTE
    return ["prlimit", f"--data={megabytes}", "--fsize=268435456", "--nofile=128", "--core=0", "--"]


def _walls(spool: Path) -> tuple[str, ...]:
    if not box.walls_available():
        return ()
    shown = {Path(package.__path__[0]): f"{CODE}/{package.__name__}" for package in PACKAGES}
    for prefix in {sys.prefix, sys.base_prefix}:
        if not Path(prefix).is_relative_to("/usr"):
            shown[Path(prefix)] = prefix
    return box.walls(shown, spool)


def _program(spool: Path) -> list[str]:
    return [sys.executable, "-P", "-B", "-m", "media.engineer", str(spool)]


def _environment() -> dict[str, str]:
    code = CODE if box.walls_available() else str(Path(media.__path__[0]).parent)
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    return {**box.ENVIRONMENT, **one, "PYTHONPATH": code}
