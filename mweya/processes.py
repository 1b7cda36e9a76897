"""The station's processes run under one parent: restarted when they end, ended with it.

Each is a `mweya` command of its own, so that a page, a worker or master control that breaks
takes nothing else along.
"""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

STOP_SECONDS = 10.0
# A process that ends at once is started again after 1 s, then 2 s, up to 30 s.
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0

logger = structlog.get_logger()

_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Process:
    """One command that is kept running; what it says goes to its log file.

    What one that `speaks` writes to stdout is shown instead.
    """

    name: str
    arguments: list[str]
    environment: Mapping[str, str]
    log_file: Path
    speaks: bool = False
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_seconds: float = 1.0
    due_at: float = 0.0

    def start(self, monotonic: float) -> None:
        """Start it, in a session of its own: Ctrl-C reaches the parent alone."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "mweya", *self.arguments],
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=None if self.speaks else log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  it only calls prctl
            )
        self.started_at = monotonic
        logger.info("process-started", process=self.name, pid=self.running.pid)

    def keep(self, monotonic: float) -> None:
        """Start it again when it has ended and its pause is over."""
        if self.running is not None and self.running.poll() is None:
            return
        if self.running is not None:
            self._note_end(self.running.returncode, monotonic)
            self.running = None
        if monotonic >= self.due_at:
            self.start(monotonic)

    def _note_end(self, status: int, monotonic: float) -> None:
        steady = monotonic - self.started_at > STEADY_SECONDS
        self.pause_seconds = 1.0 if steady else min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS)
        self.due_at = monotonic + self.pause_seconds
        logger.warning(
            "process-ended", process=self.name, status=status, again_in=self.pause_seconds
        )

    def ask_to_stop(self) -> None:
        """Send SIGTERM, if it still runs."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)

    def wait_stopped(self, deadline: float) -> None:
        """Wait until a deadline on the monotonic clock, then end it by force."""
        if self.running is None:
            return
        try:
            self.running.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            logger.warning("process-killed", process=self.name)
            self.running.kill()
            self.running.wait()
        self.running = None


def keep_running(
    processes: list[Process], stop: Callable[[], bool], tick_seconds: float = 0.25
) -> None:
    """Keep all of them running until `stop` says so, then stop them, the first one last."""
    try:
        while not stop():
            for process in processes:
                process.keep(time.monotonic())
            time.sleep(tick_seconds)
    finally:
        for process in reversed(processes):
            process.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for process in reversed(processes):
            process.wait_stopped(deadline)


def _end_with_parent() -> None:
    # Linux only, as Liquidsoap's packages are. A parent that is killed outright leaves nobody who
    # would fight with the next one's children; master control must not take the channels off air.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
