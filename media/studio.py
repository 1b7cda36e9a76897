"""A studio is a boxed process that works on one upload after another.

Its walls are bwrap's, where there is one: no network, and of all files only the system's
libraries, our own code and the spool. Without bwrap the limits stay. An engineer that takes too
long is ended, and after some orders another one begins.
"""

import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Self

import msgspec
import structlog

import media
import station
from media import box, orders, rooms
from media.orders import Broken, Done, Order, Step, Word
from station.errors import Fault

# Libraries leak a little with each file.
ORDERS_EACH = 200
WALL_SECONDS = 120.0
BEGIN_SECONDS = 60.0
# Memory that can be written, of which libraries reserve 60 MB that they never touch. Measured with
# slots of 300 s: at most 480 MB are used, for ten minutes of stereo that are parted; it is 1.1 MiB
# a second of slot and 200.
LEAST_DATA_MEBIBYTES = 640
DATA_MEBIBYTES_A_SECOND = 1.3
# The end of what an engineer complained of is enough to know why it was lost.
COMPLAINT_BYTES = 4096
READY = Step("ready")
PACKAGES = (media, station)
CODE = "/box/code"


logger = structlog.get_logger()


class EngineerLostError(Exception):
    """The engineer ended in the middle of an order: it took too long, too much, or broke."""


class Studio:
    """One engineer at a time, begun when first needed; not for two threads at once."""

    def __init__(
        self, folder: Path, slot_seconds: float = 300, wall_seconds: float = WALL_SECONDS
    ) -> None:
        """`folder` is on the disk where results will be kept; longer slots need more memory."""
        self._folder = folder
        self._slot_seconds = slot_seconds
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._done = 0
        self._room: Path | None = None
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
        if self._room is not None:
            rooms.remove(self._room)
            self._room = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def pid(self) -> int | None:
        """The process that would be ended with the engineer, while there is one."""
        return None if self._process is None else self._process.pid

    @property
    def spool(self) -> Path:
        """The folder that the engineer sees, with the files of the order."""
        return self._own_room() / rooms.SPOOL

    def do(
        self,
        order: Order,
        promised: Any,
        files: Mapping[str, Path],
        tell: Callable[[str], None] = lambda _: None,
    ) -> Any:
        """Have an order done on copies of files; returns what was `promised`.

        What the engineer wrote can be taken until the next order. Raises EngineerLostError when
        two engineers did not survive it, and Fault when a tool is missing or none can begin.
        """
        try:
            return self._try(order, promised, files, tell)
        except EngineerLostError:
            return self._try(order, promised, files, tell)

    def result(self, name: str) -> Path:
        """Take a file that the engineer wrote, as a copy that is out of its reach.

        Raises Fault when it is missing or no plain file.
        """
        taken = self._own_room() / rooms.TAKEN / name
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            source = os.fdopen(os.open(self.spool / name, flags), "rb")
        except OSError:
            raise Fault(f"The studio left no {name}.", permanent=False) from None
        with source:
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                raise Fault(f"The studio left no {name}.", permanent=False)
            with taken.open("wb") as copy:
                shutil.copyfileobj(source, copy, box.MEBIBYTE)
        return taken

    def made(self, name: str) -> bool:
        """Whether the engineer wrote a file of this name."""
        return os.path.lexists(self.spool / name)

    def _own_room(self) -> Path:
        if self._room is None or not self._room.exists():
            self.close()
            self._room, self._lock = rooms.new_room(self._folder)
        return self._room

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
            answer = self._ask(process, order, tell)
            if isinstance(answer, Done):
                return msgspec.msgpack.decode(answer.result, type=promised)
        except (EngineerLostError, BrokenPipeError, msgspec.MsgspecError):
            self._end("engineer-lost")
            raise EngineerLostError from None
        except BaseException:
            # Its answer was not read: the next order would be given it.
            self._end()
            raise
        finally:
            clock.cancel()
        self._log("engineer-refused")
        raise Fault(answer.problem, permanent=answer.permanent)

    def _lay(self, files: Mapping[str, Path]) -> None:
        """Empty the spool and copy the files in; a copy is all that can be spoilt.

        Where the engineer made that hard, it is ended first.
        """
        try:
            rooms.empty(self.spool)
            rooms.lay(files, self.spool)
        except OSError:
            self._end("spool-spoilt")
            rooms.remove(self.spool)
            self.spool.mkdir(mode=0o700)
            rooms.lay(files, self.spool)

    def _ask(
        self, process: subprocess.Popen[bytes], order: Order, tell: Callable[[str], None]
    ) -> Done | Broken:
        stdin, stdout = _pipes(process)
        orders.send(stdin, order)
        while True:
            match orders.receive(stdout, Word):
                case Step(name):
                    tell(name)
                case Done() | Broken() as answer:
                    self._done += 1
                    return answer
                case _:
                    raise EngineerLostError

    def _engineer(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._done >= ORDERS_EACH:
            self._end()
        if self._process is None or self._process.poll() is not None:
            self._process = self._begin()
        return self._process

    def _begin(self) -> subprocess.Popen[bytes]:
        """Begin an engineer. Raises Fault when it does not say that it is ready."""
        box.require("prlimit")
        self._done = 0
        with self._complaints.open("wb") as complaints:
            self._process = subprocess.Popen(
                [*_limits(self._slot_seconds), *_walls(self.spool), *_program(self.spool)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                cwd="/",
                env=_environment(),
            )
        clock = threading.Timer(BEGIN_SECONDS, self._process.kill)
        clock.start()
        _, stdout = _pipes(self._process)
        ready = orders.receive(stdout, Word)
        clock.cancel()
        if ready != READY:
            self._end("engineer-could-not-begin")
            raise Fault("No engineer could begin; the log says why.", permanent=False)
        return self._process

    def _end(self, why: str = "") -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        if why:
            self._log(why)

    @property
    def _complaints(self) -> Path:
        """Where the engineer complains; it can spoil nothing else with it."""
        return self._own_room() / "complaints"

    def _log(self, event: str) -> None:
        with self._complaints.open("rb") as complaints:
            complaints.seek(-min(COMPLAINT_BYTES, os.fstat(complaints.fileno()).st_size), 2)
            said = complaints.read().decode("utf-8", "replace")
        logger.warning(event, said=said)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise AssertionError
    return process.stdin, process.stdout


def _limits(slot_seconds: float) -> list[str]:
    # What each order may use of the processor, the engineer itself tells the kernel.
    mebibytes = max(LEAST_DATA_MEBIBYTES, round(250 + DATA_MEBIBYTES_A_SECOND * slot_seconds))
    data = f"--data={mebibytes * box.MEBIBYTE}"
    return ["prlimit", data, "--fsize=268435456", "--nofile=128", "--core=0", "--"]


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
