"""A `mweya solve` that runs in a process of its own and talks to a terminal."""

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOLVE = [sys.executable, "-m", "mweya", "solve"]


class Solving:
    """It, with all it said so far."""

    def __init__(self, problem, out, *options):
        self.here, there = pty.openpty()
        command = [*SOLVE, str(problem), "--out", str(out), "--time-limit", "120", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=there, stdout=there)
        os.close(there)
        self.said = ""
        self.told = threading.Condition()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        while True:
            try:
                text = os.read(self.here, 1000)
            except OSError:
                return
            with self.told:
                self.said += text.decode()
                self.told.notify_all()

    def hears(self, words):
        """Waits until it has said something."""
        with self.told:
            assert self.told.wait_for(lambda: words in self.said, timeout=60), self.said

    def loads(self, library):
        """Waits until it has begun to load a library."""
        maps = Path(f"/proc/{self.process.pid}/maps")
        while library not in maps.read_text():
            time.sleep(0.01)

    def press(self):
        os.kill(self.process.pid, signal.SIGINT)

    def ended(self):
        """Its exit code."""
        code = self.process.wait(timeout=60)
        self.reader.join(timeout=10)
        assert "Traceback" not in self.said
        return code

    def close(self):
        """Ends it, if it goes on still."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        os.close(self.here)
