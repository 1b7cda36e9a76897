"""A PostgreSQL of our own runs in a temporary folder, reached by its unix socket alone."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa


@contextmanager
def started(*, durable: bool = False) -> Iterator[str]:
    """Start Debian's newest; the URL names the database NAME, to be replaced.

    Only a `durable` one waits for the disk at each commit, as a station's own does.
    """
    programs = _newest()
    # PostgreSQL refuses to run as root; its Debian package brings a user for it.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="mweya-pg-", dir="/tmp"))
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"

    def run(*arguments: str) -> None:
        subprocess.run([*as_user, *arguments], check=True, capture_output=True, cwd=folder)

    run(f"{programs}/initdb", "--auth=trust", "--username=mweya", "--no-sync", str(data))
    fsync = "on" if durable else "off"
    options = (
        f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync={fsync} "
        "-c deadlock_timeout=100ms"
    )
    log = str(folder / "log")
    run(f"{programs}/pg_ctl", "--wait", "-D", str(data), "-o", options, "-l", log, "start")
    try:
        yield f"postgresql://mweya@/NAME?host={folder}"
    finally:
        run(f"{programs}/pg_ctl", "--wait", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder)


def order(url: str, statement: str) -> None:
    """Tell the server one thing that stands outside any transaction."""
    engine = sa.create_engine(url.replace("NAME", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def _newest() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: int(f.parent.name))
    return folders[-1]
