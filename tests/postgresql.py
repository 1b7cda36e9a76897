"""A PostgreSQL of our own runs in a temporary folder, reached by its unix socket alone."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa


@dataclass(frozen=True)
class Server:
    """Debian's newest PostgreSQL in a folder; the URL names the database NAME, to be replaced."""

    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql://mweya@/NAME?host={self.folder}"

    def run(self, program: str, *arguments: str) -> None:
        # PostgreSQL refuses to run as root; its Debian package brings a user for it.
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_user, f"{_newest()}/{program}", "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)

    def start(self, *, durable: bool) -> None:
        """Start it; only a `durable` one waits for the disk at each commit, as a station's does."""
        options = [
            "listen_addresses=",
            f"unix_socket_directories={self.folder}",
            f"fsync={'on' if durable else 'off'}",
            # Tests lock each other out on purpose, and wait for it to be seen.
            "deadlock_timeout=100ms",
        ]
        said = " ".join(f"-c {option}" for option in options)
        self.run("pg_ctl", "--wait", "-o", said, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        """Stop it as a lost machine would: at once, and without tidying up."""
        self.run("pg_ctl", "--wait", "-m", "immediate", "stop")


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A new server, which is gone afterwards."""
    server = Server(Path(tempfile.mkdtemp(prefix="mweya-pg-", dir="/tmp")))
    if os.geteuid() == 0:
        shutil.chown(server.folder, "postgres", "postgres")
    server.run("initdb", "--auth=trust", "--username=mweya", "--no-sync")
    server.start(durable=durable)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder)


@contextmanager
def started(*, durable: bool = False) -> Iterator[str]:
    """The URL of a new server, which is gone afterwards."""
    with running(durable=durable) as server:
        yield server.url


def order(url: str, statement: str) -> None:
    """Tell the server one thing that stands outside any transaction."""
    engine = sa.create_engine(url.replace("NAME", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def _newest() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: int(f.parent.name))
    return folders[-1]
