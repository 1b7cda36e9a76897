"""A foreign program runs under limits, and the engineer behind walls besides.

`prlimit` sets what a program may use: CPU seconds, memory, file size, open files; a clock ends
it. Walls are bwrap's, where it is installed and the kernel allows it: the program sees the
system's libraries, what it is shown, one folder that it writes, and no network.
"""

import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from station.errors import Fault

MEBIBYTE = 1 << 20
# What a program behind walls may keep in memory as files of its own.
OWN_BYTES = 64 * MEBIBYTE
# What a program may say about its troubles before we stop reading.
COMPLAINT_BYTES = MEBIBYTE

PACKAGES = {
    "ffmpeg": "ffmpeg",
    "espeak-ng": "espeak-ng",
    "prlimit": "util-linux",
}
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LC_ALL": "C.UTF-8",
    # No folder: whoever wants to write into a home (espeak-ng through PulseAudio) finds none.
    "HOME": "/dev/null",
    # Each thread's own arena would count 64 MiB against the address space.
    "MALLOC_ARENA_MAX": "1",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use; beyond it the kernel or we end it."""

    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    memory_mebibytes: int = 512
    file_mebibytes: int = 256


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended: what it wrote, what it complained of, whether it came to its end."""

    output: bytes
    complaints: str
    ok: bool


def run(
    command: Sequence[str],
    given: bytes | memoryview = b"",
    folder: Path | None = None,
    limits: Limits | None = None,
) -> Finished:
    """Run a program to its end in a folder, handing it `given` as input.

    Raises Fault when the program or prlimit is not installed.
    """
    with _started(command, folder, limits or Limits()) as (process, complaints):
        output, _ = process.communicate(given)  # type: ignore[arg-type]  # any buffer will do
        return Finished(output, _read(complaints), process.returncode == 0)


def fill(
    command: Sequence[str], buffer: memoryview, limits: Limits | None = None
) -> tuple[int, Finished]:
    """Read a program's output into a buffer; says how many bytes came.

    Raises Fault when the program or prlimit is not installed.
    """
    count = 0
    with _started(command, None, limits or Limits()) as (process, complaints):
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
    command: Sequence[str], folder: Path | None, limits: Limits
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    for program in ("prlimit", command[0]):
        require(program)
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            [*_limiting(limits), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=folder or "/",
            env=ENVIRONMENT,
        ) as process,
    ):
        clock = threading.Timer(limits.wall_seconds, process.kill)
        clock.start()
        try:
            yield process, complaints
        finally:
            clock.cancel()
            process.kill()


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


@cache
def walls_available() -> bool:
    """Whether bwrap is installed and allowed here (inside some containers it is not)."""
    if shutil.which("bwrap") is None:
        return False
    trial = subprocess.run([*walls({}, None), "true"], capture_output=True, timeout=10, check=False)
    return trial.returncode == 0


def walls(shown: Mapping[Path, str], writes: Path | None) -> tuple[str, ...]:
    """A bwrap command that a program's own command follows.

    `shown` are the files and folders to be read, and where the program sees them; `writes` is
    the one folder to write, seen at its own path.
    """
    built = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
    built += ["--ro-bind", "/usr", "/usr"]
    for name in ("lib", "lib64", "bin"):
        built += ["--symlink", f"usr/{name}", f"/{name}"]
    # Debian finds some libraries through /etc/alternatives and its linker's cache.
    for shared in ("/etc/alternatives", "/etc/ld.so.cache"):
        built += ["--ro-bind-try", shared, shared]
    built += ["--dev", "/dev", "--size", str(OWN_BYTES), "--tmpfs", "/tmp"]  # noqa: S108
    for outside, inside in shown.items():
        built += ["--ro-bind", str(outside), inside]
    if writes:
        built += ["--bind", str(writes), str(writes)]
    return (*built, "--")


def _read(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    return complaints.read(COMPLAINT_BYTES).decode("utf-8", "replace")


def require(program: str) -> None:
    """Raise Fault, naming its package, when a program is not installed."""
    if shutil.which(program, path=ENVIRONMENT["PATH"]) is None:
        package = PACKAGES.get(program, program)
        raise Fault(f"{program} is missing: install the package {package}.", permanent=True)
