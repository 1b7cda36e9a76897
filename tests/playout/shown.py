"""What a player shows: a listener who asks for titles (ICY), and a source that sends at will."""

import base64
import socket
import subprocess
import threading
import time
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 20
BLOCK_UNIT = 16  # bytes: a block says its length in these
SAMPLE_SECONDS = 10


class Titles:
    """Listens to an MP3 mount and reads what it is shown between the sound."""

    def __init__(self, host, port, path):
        self.connection = socket.create_connection((host, port), timeout=TIMEOUT_SECONDS)
        self.connection.sendall(f"GET {path} HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n".encode())
        self._stream = self.connection.makefile("rb")
        headers = list(iter(lambda: self._stream.readline().strip(), b""))
        said = next(one for one in headers if one.lower().startswith(b"icy-metaint"))
        self.interval = int(said.partition(b":")[2])

    def next_block(self):
        """The next block as it came, empty when nothing has changed; raises EOFError."""
        self._read(self.interval)
        return self._read(self._read(1)[0] * BLOCK_UNIT)

    def close(self):
        self._stream.close()
        self.connection.close()

    def _read(self, count):
        received = self._stream.read(count)
        if len(received) < count:
            raise EOFError
        return received


def title_in(block):
    """The title that every player finds in a block: up to the first quotation mark."""
    head, _, rest = block.rstrip(b"\0").partition(b"StreamTitle='")
    title, _, after = rest.partition(b"'")
    assert (head, after) == (b"", b";"), block
    return title.decode()


class TitleListener:
    """Notes each title that a live mount shows, and when, until told to stop."""

    def __init__(self, url):
        where = urlsplit(url)
        self.titles = []
        self._titles = Titles(where.hostname, where.port, where.path)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self):
        self._titles.connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._titles.close()

    def shown_at(self, words):
        """When a title was first shown."""
        return next(at for title, at in self.titles if title == words)

    def _listen(self):
        try:
            while True:
                if block := self._titles.next_block():
                    self.titles.append((title_in(block), time.time()))
        except (EOFError, OSError):
            pass


class FastSource:
    """Sends an MP3 mount its sound, as much as it is told and as fast as it is taken."""

    def __init__(self, host, port, path, password):
        self._sound, self._sent = _sample(), 0
        self._connection = socket.create_connection((host, port), timeout=TIMEOUT_SECONDS)
        signed = base64.b64encode(f"source:{password}".encode()).decode()
        head = f"SOURCE {path} HTTP/1.0\r\nAuthorization: Basic {signed}\r\n"
        self._connection.sendall(f"{head}Content-Type: audio/mpeg\r\n\r\n".encode())
        assert b"200" in self._connection.recv(100)

    def send(self, count):
        at = self._sent % len(self._sound)
        self._connection.sendall((self._sound[at:] + self._sound)[:count])
        self._sent += count

    def close(self):
        self._connection.close()


def _sample():
    tone = ["-f", "lavfi", "-i", f"sine=440:duration={SAMPLE_SECONDS}", "-ac", "2"]
    mp3 = ["-b:a", "128k", "-id3v2_version", "0", "-write_xing", "0", "-f", "mp3", "-"]
    command = ["ffmpeg", "-v", "error", *tone, *mp3]
    return subprocess.run(command, capture_output=True, check=True).stdout
