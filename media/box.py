"""A foreign program runs in a box: limits always, no network and no other file where bwrap can.

The box has an empty working folder. `prlimit` sets CPU seconds, address space, file size and
open files; bwrap (when it is installed and the kernel allows it) shows the program the
system's libraries, the one file it reads and the one folder it writes, and nothing else.
"""

import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from station.errors import Fault

MEBIBYTE = 1 << 20
# What a program may say about its troubles before we stop reading.
COMPLAINT_BYTES = MEBIBYTE

PACKAGES = {
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "espeak-ng": "espeak-ng",
    "prlimit": "util-linux",
}
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/nonexistent",
    # Each thread's own arena would count 64 MiB against the address space.
    "MALLOC_ARENA_MAX": "1",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use; beyond it the kernel or we kill it."""

    cpu_seconds: int = 30
    wall_seconds: float = 90.0
    memory_mebibytes: int = 1024
    file_mebibytes: int = 256


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: what it wrote, what it complained of, whether it came to its end."""

    output: bytes
    complaints: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A place for one program; `reads` and `writes` are the paths as seen from inside."""

    prefix: tuple[str, ...]
    folder: Path
    limits: Limits
    reads: str = ""
    writes: str = ""

    def run(self, command: Sequence[str], given: bytes | memoryview = b"") -> Finished:
        """Run a program to its end, handing it `given` as input."""
        with self._started(command) as (process, complaints):
            output, _ = process.communicate(given)  # type: ignore[arg-type]  # any buffer will do
            return Finished(output, _read(complaints), process.returncode == 0)

    def fill(self, command: Sequence[str], buffer: memoryview) -> tuple[int, Finished]:
        """Read a program's output into a buffer; says how many bytes came."""
        count = 0
        with self._started(command) as (process, complaints):
            if process.stdin is None or process.stdout is None:
                raise AssertionError
            process.stdin.close()
            stream = process.stdout
            while count < len(buffer) and (more := stream.readinto(buffer[count:])):  # type: ignore[attr-defined]
                count += more
            stream.close()
            process.wait()
            return count, Finished(b"", _read(complaints), process.returncode == 0)

    @contextmanager
    def _started(
        self, command: Sequence[str]
    ) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
        _require(command[0])
        with (
            tempfile.TemporaryFile() as complaints,
            subprocess.Popen(
                [*self.prefix, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                cwd=self.folder,
                env=ENVIRONMENT,
            ) as process,
        ):
            clock = threading.Timer(self.limits.wall_seconds, process.kill)
            clock.start()
            try:
                yield process, complaints
            finally:
                clock.cancel()
                process.kill()


@contextmanager
def opened(
    *, reads: Path | None = None, writes: Path | None = None, limits: Limits | None = None
) -> Iterator[Box]:
    """A box that may read one file and write into one folder. Raises Fault without prlimit."""
    limits = limits or Limits()
    _require("prlimit")
    with tempfile.TemporaryDirectory(prefix="mweya-box-") as folder:
        limiting = _limiting(limits)
        if walls_available():
            walls = _walls(reads, writes)
            yield Box((*limiting, *walls), Path(folder), limits, "/box/upload", "/box/out")
        else:
            yield Box(
                limiting,
                Path(folder),
                limits,
                str(reads.absolute()) if reads else "",
                str(writes.absolute()) if writes else "",
            )


@cache
def walls_available() -> bool:
    """Whether bwrap is installed and allowed here (inside some containers it is not)."""
    if shutil.which("bwrap") is None:
        return False
    trial = subprocess.run(
        [*_walls(None, None), "true"], capture_output=True, timeout=10, check=False
    )
    return trial.returncode == 0


def _limiting(limits: Limits) -> tuple[str, ...]:
    return (
        "prlimit",
        f"--cpu={limits.cpu_seconds}",
        f"--as={limits.memory_mebibytes * MEBIBYTE}",
        f"--fsize={limits.file_mebibytes * MEBIBYTE}",
        "--nofile=64",
        "--core=0",
        "--",
    )


def _walls(reads: Path | None, writes: Path | None) -> tuple[str, ...]:
    walls = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
    walls += ["--ro-bind", "/usr", "/usr"]
    for name in ("lib", "lib64", "bin"):
        walls += ["--symlink", f"usr/{name}", f"/{name}"]
    # Debian finds some libraries through /etc/alternatives and its linker's cache.
    for shared in ("/etc/alternatives", "/etc/ld.so.cache"):
        walls += ["--ro-bind-try", shared, shared]
    walls += ["--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/box", "--chdir", "/box"]  # noqa: S108
    if reads:
        walls += ["--ro-bind", str(reads.absolute()), "/box/upload"]
    if writes:
        walls += ["--bind", str(writes.absolute()), "/box/out"]
    return (*walls, "--")


def _read(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    return complaints.read(COMPLAINT_BYTES).decode("utf-8", "replace")


def _require(program: str) -> None:
    if shutil.which(program, path=ENVIRONMENT["PATH"]) is None:
        package = PACKAGES.get(program, program)
        raise Fault(f"{program} is missing: install the package {package}.", permanent=True)
