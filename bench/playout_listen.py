"""A listener keeps all bytes of a mount with the time they came, and comes back when sent away."""

import http.client
import os
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE_SECONDS = 10
AGAIN_SECONDS = 0.2
# Both files of a connection grow by the same read: so many bytes in all had come at that time.
ARRIVAL = struct.Struct("<qd")
# Who wakes up to this much too late was not kept waiting.
WINK = 0.05
NICENESS = -15


class Listener(threading.Thread):
    """Listens to a mount; each connection is a file of bytes and one of arrivals."""

    def __init__(self, url: str, folder: Path, name: str) -> None:
        """`name` begins the names of its files in `folder`."""
        super().__init__(daemon=True)
        self.url = url
        self.folder = folder
        self.file_name = name
        self.connections = 0
        self._ending = threading.Event()

    def stop(self) -> None:
        """Hang up, and wait until everything is on disk."""
        self._ending.set()
        self.join()

    def run(self) -> None:
        """Listen until told to stop."""
        # Who measures is run before who is measured, where that may be said.
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, self.native_id or 0, NICENESS)
        while not self._ending.is_set():
            with suppress(OSError, http.client.HTTPException):
                self._listen_once()
            self._ending.wait(AGAIN_SECONDS)

    def _listen_once(self) -> None:
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, PATIENCE_SECONDS)
        try:
            connection.request("GET", where.path)
            answer = connection.getresponse()
            if answer.status == http.HTTPStatus.OK:
                self._keep(answer)
        finally:
            connection.close()

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        stem = self.folder / f"{self.file_name}.{self.connections:03d}"
        self.connections += 1
        count = 0
        with (
            stem.with_suffix(f"{stem.suffix}.mp3").open("wb") as sound,
            stem.with_suffix(f"{stem.suffix}.times").open("wb") as times,
        ):
            while not self._ending.is_set() and (chunk := answer.read1(4096)):
                at = time.time()
                count += len(chunk)
                sound.write(chunk)
                times.write(ARRIVAL.pack(count, at))


class Sleeper(threading.Thread):
    """Sleeps and wakes all the time: when it wakes late, this machine ran nobody for so long."""

    def __init__(self, file: Path) -> None:
        """Writes (how late in seconds, when) for each time it was woken too late."""
        super().__init__(daemon=True)
        self.file = file
        self._ending = threading.Event()

    def stop(self) -> None:
        """Wake up for good."""
        self._ending.set()
        self.join()

    def run(self) -> None:
        """Sleep and wake until told to stop."""
        with self.file.open("w") as lost:
            due = time.time() + WINK
            while not self._ending.wait(WINK):
                woken = time.time()
                if woken - due > WINK:
                    lost.write(f"{woken - due:.3f} {woken:.3f}\n")
                    lost.flush()
                due = woken + WINK
