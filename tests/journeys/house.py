"""A whole station run as its operator runs it: by its command, in processes of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MWEYA = (sys.executable, "-m", "mweya")
COMMAND_SECONDS = 300
READY_SECONDS = 120
STOP_SECONDS = 30


@dataclass
class House:
    """A station's folder and the environment its commands run in."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run one `mweya` command to its end."""
        return subprocess.run(
            [*MWEYA, *map(str, arguments)],
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def start(self, said: Path, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one `mweya` command, which runs on; what it says is appended to a file."""
        with said.open("ab") as output:
            return subprocess.Popen(
                [*MWEYA, *arguments], env=self.variables(), stdout=output, stderr=output
            )

    def ask(self, *arguments: object) -> dict[str, Any]:
        """Run a command that must succeed, and return its `--json` answer."""
        ran = self.run(*arguments, "--json")
        assert ran.returncode == 0, (arguments, ran.stdout, ran.stderr)
        answer: dict[str, Any] = json.loads(ran.stdout)
        return answer

    @contextmanager
    def up(self) -> Iterator[dict[str, Any]]:
        """Run the station until the block ends; gives its addresses once it is on air."""
        ready = self.home.with_name("ready.json")
        ready.unlink(missing_ok=True)
        said = self.home.with_name("up.txt")
        with said.open("w") as output:
            process = subprocess.Popen(
                [*MWEYA, "up", "--port", str(free_port()), "--ready-file", str(ready)],
                env=self.variables(),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                wait_until(lambda: ready.exists() or process.poll() is not None, READY_SECONDS)
                assert ready.exists(), said.read_text()
                yield json.loads(ready.read_text())
            finally:
                process.send_signal(signal.SIGINT)
                try:
                    status = process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
            assert status == 0, said.read_text()

    def letter_to(self, email: str, about: str) -> str:
        """The newest letter to an address with some words in its subject, once it is there."""
        folder = self.home / "mail"

        def found() -> list[str]:
            letters = sorted(folder.glob("*.txt")) if folder.exists() else []
            texts = [letter.read_text() for letter in letters]
            return [
                text
                for text in texts
                if f"To: {email}\n" in text and about in text.partition("\n\n")[0]
            ]

        wait_until(found, 30)
        return found()[-1]

    def variables(self) -> dict[str, str]:
        """The environment of its commands."""
        return {**os.environ, **self.environment, "MWEYA_HOME": str(self.home)}


def engines(house: House, channel: int) -> list[int]:
    """The process ids of a channel's Liquidsoap, found by the environment it was given."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdecimal():
            continue
        try:
            environment = (process / "environ").read_text(errors="replace").split("\0")
            name = (process / "comm").read_text().strip()
        except OSError:
            continue
        socket_name = f"MWEYA_SOCKET=channel-{channel}.sock"
        ours = any(
            setting.startswith(f"MWEYA_SLOTS_FOLDER={house.home}") for setting in environment
        )
        if ours and name == "liquidsoap" and socket_name in environment:
            found.append(int(process.name))
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], object], seconds: float) -> None:
    """Wait until something holds; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)
