"""A small Icecast of our own making: a real stream over a real socket, that can be cut off."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SECONDS = 120
KINDS = {"opus": "audio/ogg; codecs=opus", "mp3": "audio/mpeg"}
PIECES_A_SECOND = 10
# So much is sent at once when somebody connects, as Icecast does.
BURST_SECONDS = 3


@dataclass
class Streaming:
    """Sound by its file's ending, who listens where, and whether there is any."""

    sounds: dict[str, bytes]
    url: str = ""
    on: bool = True
    listening: list[str] = field(default_factory=list)

    def cut(self) -> None:
        """Drop everybody, and take nobody."""
        self.on = False

    def wait_until(self, listening: list[str]) -> None:
        """Return once just these paths are listened to; fail after ten seconds."""
        ends = time.monotonic() + 10
        while self.listening != listening:
            assert time.monotonic() < ends, self.listening
            time.sleep(0.05)


@contextmanager
def streaming(folder: Path) -> Iterator[Streaming]:
    """Stream until the end, on a free port."""
    found = Streaming({kind: sound(folder / f"tone.{kind}") for kind in KINDS})
    server = ThreadingHTTPServer(("127.0.0.1", 0), mount_of(found))
    server.daemon_threads = True
    running = threading.Thread(target=server.serve_forever)
    running.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        found.cut()
        server.shutdown()
        server.server_close()
        running.join(timeout=10)


def sound(file: Path) -> bytes:
    tone = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}", "-b:a", "32k")
    subprocess.run(("ffmpeg", "-v", "error", *tone, str(file)), check=True)
    return file.read_bytes()


def mount_of(streams: Streaming) -> type[BaseHTTPRequestHandler]:
    class Mount(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind = self.path.rpartition(".")[2]
            if not streams.on or kind not in KINDS:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", KINDS[kind])
            self.end_headers()
            streams.listening.append(self.path)
            try:
                self.send(streams.sounds[kind])
            except OSError:
                pass  # they have gone
            finally:
                streams.listening.remove(self.path)

        def send(self, whole: bytes) -> None:
            piece = len(whole) // (SECONDS * PIECES_A_SECOND)
            at = piece * PIECES_A_SECOND * BURST_SECONDS
            self.wfile.write(whole[:at])
            while streams.on and at < len(whole):
                self.wfile.write(whole[at : at + piece])
                at += piece
                time.sleep(1 / PIECES_A_SECOND)

        def log_message(self, *_: object) -> None:
            return

    return Mount
