"""The same pieces are put on air as others do it: pushed by a command, or pulled at each end.

Run as a program this is what stands beside the engines there: who pushes, or says what is next.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench import playout_air, playout_sound
from bench.playout_air import Fault, Run
from bench.playout_sound import number_of
from bench.playout_station import QUALITY, new_station, urls, wait_until_on_air
from playout import icecast
from playout.liquidsoap import wire
from playout.mounts import icecast_port, mounts
from playout.processes import Recipe, Running, start
from station.errors import Fault as Broken
from station.settings import Settings

ROUND_SECONDS = 0.2
HEAD_SECONDS = 20
QUEUES = 4
ASK_PORT_FILE = "ask.port"
# Playing and asking take a moment: who asks so much before a start means the slot that begins then.
SLACK_SECONDS = 0.5


class Engines:
    """Icecast and an engine a channel, each started again as soon as it has ended."""

    def __init__(self, way: str, folder: Path, station: Settings) -> None:
        """Nothing runs before `start`."""
        self.way = way
        self.folder = folder
        self.station = station
        self.icecast: Running | None = None
        self.engines: list[Running] = []
        self.beside: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start everything."""
        self.icecast = icecast.run(self.station)
        self.start_beside()
        time.sleep(1)
        self.engines = [start(self._recipe(n)) for n in range(self.station.channels)]
        self._keeper.start()

    def start_beside(self) -> None:
        """Start who pushes or answers."""
        command = (sys.executable, "-m", "bench.playout_peers", self.way, str(self.folder))
        self.beside = subprocess.Popen(command)

    def end(self, part: str) -> None:
        """Kill a part, which is then started again."""
        if part == "control" and self.beside is not None:
            self.beside.kill()
            self.beside.wait()
            time.sleep(playout_air.RESTARTED_AFTER_SECONDS)
            self.start_beside()
        elif part == "icecast" and self.icecast is not None:
            self.icecast.signal(signal.SIGKILL)
        elif part.startswith("channel-"):
            self.engines[int(part.removeprefix("channel-"))].signal(signal.SIGKILL)

    def stop(self) -> None:
        """End everything."""
        self._ending.set()
        if self._keeper.is_alive():
            self._keeper.join()
        if self.beside is not None:
            self.beside.kill()
            self.beside.wait()
        for running in (*self.engines, self.icecast):
            if running is not None:
                running.stop()

    def _keep(self) -> None:
        while not self._ending.wait(ROUND_SECONDS):
            if self.icecast is not None and not self.icecast.alive:
                self.icecast = icecast.run(self.station)
            for number, engine in enumerate(self.engines):
                if not engine.alive:
                    self.engines[number] = start(self._recipe(number))

    def _recipe(self, channel: int) -> Recipe:
        mount = next(
            mount
            for mount in mounts(self.station)
            if (mount.channel, mount.quality) == (channel, QUALITY)
        )
        script = Path(__file__).with_name(f"playout_{self.way}.liq")
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.station.run_folder),
            "MWEYA_ALLOW_ROOT": "1" if os.geteuid() == 0 else "0",
            "MWEYA_SOCKET": f"channel-{channel}.sock",
            "MWEYA_ASK": f"http://127.0.0.1:{icecast_port(self.station) + 1}/{channel}",
            "MWEYA_ICECAST_HOST": self.station.icecast.host,
            "MWEYA_ICECAST_PORT": str(icecast_port(self.station)),
            "MWEYA_ICECAST_PASSWORD": self.station.secrets.icecast_source,
            "MWEYA_MOUNT": "/" + mount.url.rpartition("/")[2],
        }
        folder = self.station.run_folder
        return Recipe(f"channel-{channel}", ("liquidsoap", str(script)), environment, folder)


def broadcast(
    way: str,
    folder: Path,
    slot_seconds: int,
    slots: int,
    faults: Sequence[Fault],
    channels: int = 3,
) -> Run:
    """Put the pieces on air in somebody else's way, and keep all that was heard in the folder."""
    playout_sound.pieces(folder / "sound", slot_seconds)
    station = new_station(folder / "station", slot_seconds, channels)
    first = -(-int(time.time() + HEAD_SECONDS) // slot_seconds)
    run = Run(way, slot_seconds, channels, first, slots, list(faults), playout_air.version())
    playout_air.keep_run(folder, run)
    with _on_air(Engines(way, folder, station)) as engines:
        wait_until_on_air(station)
        with playout_air.heard(folder, urls(station)):
            playout_air.disturb(run, faults, engines.end)
    return run


@contextmanager
def _on_air(engines: Engines) -> Iterator[Engines]:
    try:
        engines.start()
        yield engines
    finally:
        engines.stop()


def push(run: Run, folder: Path, channel: int) -> None:
    """Push each piece when it is due; a new engine gets the running one from where it should be."""
    socket = folder / "station" / "run" / f"channel-{channel}.sock"
    pid_file = socket.with_suffix(".pid")
    seen = b""
    pushed = -1
    while (offset := int(time.time() // run.slot_seconds) - run.first) < run.slots:
        there = pid_file.read_bytes() if pid_file.exists() else b""
        fresh = there != seen
        if offset >= 0 and (fresh or offset != pushed):
            late = time.time() % run.slot_seconds if fresh else 0.0
            piece = folder / "sound" / f"{number_of(channel, offset)}.flac"
            try:
                line = f's{offset % QUEUES}.push annotate:liq_cue_in="{late:.3f}":{piece}'
                wire.ask(socket, line)
                seen = there
            except Broken:
                pass
            pushed = offset
        due = (run.first + max(offset + 1, 0)) * run.slot_seconds
        time.sleep(min(ROUND_SECONDS, max(due - time.time(), 0.001)))


def answer(run: Run, folder: Path, port: int) -> None:
    """Tell over HTTP which piece is due when the one that begins now has ended."""

    class Next(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            channel, which = self.path.strip("/").split("/")
            begins = time.time() + SLACK_SECONDS + (run.slot_seconds if which == "next" else 0)
            offset = int(begins // run.slot_seconds) - run.first
            if which == "first" and time.time() < run.first * run.slot_seconds:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            piece = folder / "sound" / f"{number_of(int(channel), offset)}.flac"
            self.send_response(HTTPStatus.OK)
            self.end_headers()
            self.wfile.write(str(piece).encode())

        def log_message(self, *_: object) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Next).serve_forever()


def main() -> None:
    """Be who stands beside the engines."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("way", choices=("push", "pull"))
    asked.add_argument("folder", type=Path)
    chosen = asked.parse_args()
    run = playout_air.run_of(chosen.folder)
    if chosen.way == "pull":
        port = int((chosen.folder / "station" / "run" / "icecast.port").read_text()) + 1
        answer(run, chosen.folder, port)
    else:
        threads = [
            threading.Thread(target=push, args=(run, chosen.folder, channel))
            for channel in range(run.channels)
        ]
        for thread in threads:
            thread.start()


if __name__ == "__main__":
    main()
