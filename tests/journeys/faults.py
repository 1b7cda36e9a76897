"""A station on air whose parts are killed, one after the other, while three people listen."""

import signal
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playout.events import EventKind, read_from
from playout.liquidsoap import client
from playout.mounts import LOW, STANDARD, base_url
from playout.supervise import channel_socket
from playout.watch import sounding
from station import schema
from station.db import connect
from station.errors import Fault
from station.recordings import MasterKind, master_at
from station.settings import load, write_new
from tests import postgresql
from tests.journeys.house import House, wait_until
from tests.journeys.planned import SLOT_SECONDS, Planned
from tests.journeys.returning import Returning
from tests.playout import tones
from tests.playout.conftest import _quiet_zone
from tests.playout.listening import MADE_UP_FOR, Stalls

CHANNELS = STEADY, KILLED, TROUBLED = range(3)
PLANNED_SLOTS = 40

# What is wrong with masters of the troubled channel: as they are stored, or on playout's disk.
MISSING, TRUNCATED, SHORT, DAMAGED = 1, 3, 5, 7
ROTTEN, CUT_OFF, VANISHED = 12, 14, 17  # control looks again within 33 s of their start
REFUSED = (MISSING, TRUNCATED, SHORT, DAMAGED)
SPOILT = (ROTTEN, CUT_OFF, VANISHED)

# When what is done, in slots from the first planned one and seconds from its start.
ENGINE_KILLED = 2, 0.7
WATCH_KILLED = 5, 0.7
ENGINE_STOPPED = 8, 0.7
ICECAST_KILLED = 15, 0.7
CONTROL_KILLED = 19, 0.7
CONTROL_BACK = 24, 0.3
HOST_KILLED = 28, 0.7


@dataclass
class Ordeal(Planned):
    """What is done to a station, and what three listeners have of it."""

    house: House | None = None
    server: postgresql.Server | None = None
    listeners: list[Returning] = field(default_factory=list)
    spoilt: dict[int, str] = field(default_factory=dict)
    heard: list[list[tuple[str, float, float]]] = field(default_factory=list)
    up_at: dict[int, list[float]] = field(default_factory=dict)
    control: subprocess.Popen[bytes] | None = None
    watch: subprocess.Popen[bytes] | None = None
    stalls: Stalls | None = None

    def lost(self, start, end):
        """How many seconds the machine ran nobody between two instants, or a moment before."""
        begins = start - MADE_UP_FOR
        stalls = self.stalls.lost
        return sum(woken - due for due, woken in stalls if due < end and woken > begins)

    def is_on_air(self):
        """Whether the engine that was killed is back."""
        try:
            return client.status(channel_socket(self.settings, KILLED)).event != ""
        except Fault:
            return False

    def stop_engine(self):
        """Let it hang."""
        self.running(f"channel-{KILLED}").signal(signal.SIGSTOP)

    def start_control(self):
        self.control = self.house.start(self.house.home / "control.txt", "playout", "run")

    def start_watch(self):
        self.watch = self.house.start(self.house.home / "watch.txt", "playout", "watch")

    def kill_watch(self):
        self.watch.kill()
        self.watch.wait()

    def kill_control(self):
        self.control.kill()
        self.control.wait()

    def kill_database(self):
        postmaster = (self.server.folder / "data" / "postmaster.pid").read_text().split()[0]
        subprocess.run(["kill", "-9", postmaster], check=True)

    def start_database(self):
        wait_until(self._database_starts, 20)

    def kill_host(self):
        """Everything at once, as when the power fails."""
        self.kill_control()
        self.kill_watch()
        for channel in CHANNELS:
            self.kill(f"channel-{channel}")
        self.kill("fallback")
        self.kill("icecast")
        self.kill_database()

    def start_host(self):
        self.start_database()
        self.start_control()
        self.start_watch()

    def stop(self):
        """End what still runs, the engines with control."""
        for process in (self.watch, self.control):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait()
        for listener in self.listeners:
            listener.stop()
        if self.stalls is not None:
            self.stalls.stop()

    def spoil(self):
        """Let masters go bad on playout's disk, after they were checked."""
        for offset, sha256 in self.spoilt.items():
            file = self.settings.air_folder / "masters" / f"{sha256}.flac"
            if offset == VANISHED:
                file.unlink()
            else:
                spoil(file, truncated=offset == CUT_OFF)

    def master(self, session, masters, channel, offset):
        """A master for a slot; one that something is wrong with differs from all the others."""
        if channel != TROUBLED or offset not in (*REFUSED, *SPOILT):
            file = tones.slot_master(masters.folder, offset, SLOT_SECONDS)
            return masters.store(session, MasterKind.SEGMENT, file)
        seconds = SLOT_SECONDS - 1 if offset == SHORT else SLOT_SECONDS
        sha256 = masters.keep(session, MasterKind.SEGMENT, tones.ODD_HZ + offset, seconds)
        stored = master_at(self.settings.media_folder, sha256)
        if offset in SPOILT:
            self.spoilt[offset] = sha256
        elif offset == MISSING:
            stored.unlink()
        elif offset in (TRUNCATED, DAMAGED):
            spoil(stored, truncated=offset == TRUNCATED)
        return sha256

    def _database_starts(self):
        try:
            self.server.start(durable=True)
        except subprocess.CalledProcessError:
            return False
        return True


def spoil(file, *, truncated):
    """Let a file end in its middle, or be noise from there on, and no other link to it."""
    good = file.read_bytes()
    half = len(good) // 2
    bad = good[:half] if truncated else good[:half] + bytes(b ^ 0x5A for b in good[half:])
    file.unlink()
    file.write_bytes(bad)


@contextmanager
def station(folder):
    """A station on PostgreSQL with all its pieces, which are not yet published."""
    with postgresql.running(durable=True) as server:
        postgresql.order(server.url, "CREATE DATABASE station")
        url = server.url.replace("NAME", "station")
        home = folder / "station"
        toml = f'[station]\nslot_seconds = {SLOT_SECONDS}\nzone = "{_quiet_zone()}"\n'
        write_new(home, toml + f'[database]\nurl = "{url}"\n')
        settings = load(home, environment={})
        database = connect(url)
        schema.upgrade(database)
        ordeal = Ordeal(settings, database, PLANNED_SLOTS, house=House(home), server=server)
        ordeal.ask(folder, ordeal.master)
        try:
            yield ordeal
        finally:
            ordeal.stop()
            database.close()


def undergo(ordeal):
    """Put the station on air, and break one thing after another."""
    base = base_url(ordeal.settings)
    ordeal.start_control()
    wait_until(lambda: all(_sounds(base + STANDARD.path(channel)) for channel in CHANNELS), 60)
    wait_until(lambda: _sounds(base + LOW.fallback_path), 30)
    ordeal.start_watch()
    ordeal.stalls = Stalls()
    ordeal.listeners = [Returning(base + STANDARD.path(channel)) for channel in CHANNELS]
    ordeal.publish_in_time(len(ordeal.asked) - len(REFUSED))
    ordeal.spoil()
    with _slow_listener(base + STANDARD.path(STEADY)):
        ordeal.at(ENGINE_KILLED, lambda: ordeal.kill(f"channel-{KILLED}"))
        ordeal.at(WATCH_KILLED, ordeal.kill_watch, ordeal.start_watch)
        ordeal.at(ENGINE_STOPPED, ordeal.stop_engine, once=ordeal.is_on_air)
        ordeal.at(ICECAST_KILLED, lambda: ordeal.kill("icecast"))
    ordeal.at(CONTROL_KILLED, ordeal.kill_control, ordeal.kill_database)
    ordeal.at(CONTROL_BACK, ordeal.start_database, ordeal.start_control)
    ordeal.at(HOST_KILLED, ordeal.kill_host, ordeal.start_host)
    ordeal.at((PLANNED_SLOTS, 2))
    wait_until(ordeal.is_decided, 120)
    ordeal.stop()
    ordeal.up_at = {channel: _starts(ordeal.settings, channel) for channel in CHANNELS}
    ordeal.heard = [listener.heard() for listener in ordeal.listeners]


def _starts(settings, channel):
    """When a channel's engines had read their script, in Unix time."""
    file = settings.air_folder / "events" / f"channel-{channel}.jsonl"
    events, _ = read_from(file, 0)
    return [event.at_ms / 1000 for event in events if event.event is EventKind.UP]


def _sounds(url):
    return sounding(url, seconds=1)


@contextmanager
def _slow_listener(url):
    """Somebody who asks for a stream and does not take it."""
    where = urlsplit(url)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((where.hostname, where.port))
        connection.sendall(f"GET {where.path} HTTP/1.0\r\n\r\n".encode())
        yield connection
