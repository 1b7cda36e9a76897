"""One line goes to Liquidsoap's unix socket, and the lines before `END` come back."""

import os
import socket
from pathlib import Path

from station.errors import Fault

TIMEOUT_SECONDS = 2.0
LONGEST_ANSWER = 65_536


def ask(path: Path, line: str, timeout: float = TIMEOUT_SECONDS) -> str:
    """Send one command, return its answer. Raises Fault when there is none in time."""
    try:
        with _connected(path, timeout) as connection:
            connection.sendall(f"{line}\nquit\n".encode("ascii"))
            return _answer(connection)
    except OSError as problem:
        raise Fault(f"Liquidsoap at {path} doesn't answer: {problem}", permanent=False) from None


def _connected(path: Path, timeout: float) -> socket.socket:
    # A socket's path may have 107 bytes at most, a station's folder any number: the folder is
    # opened first and the socket reached through the descriptor.
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(f"/proc/self/fd/{folder}/{path.name}")
        except OSError:
            connection.close()
            raise
        return connection
    finally:
        os.close(folder)


def _answer(connection: socket.socket) -> str:
    """What stands before the first line that is `END` and nothing else."""
    received = b""
    while len(received) < LONGEST_ANSWER:
        chunk = connection.recv(4096)
        lines = (received := received + chunk).replace(b"\r\n", b"\n").split(b"\n")
        if b"END" in lines[:-1]:
            return b"\n".join(lines[: lines.index(b"END")]).decode("ascii")
        if not chunk:
            break
    raise Fault("Liquidsoap hung up in the middle of an answer", permanent=False)
