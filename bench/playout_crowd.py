"""Many listeners at once take a mount's sound over a socket each, and note how long they waited."""

import argparse
import json
import resource
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

# Who waits longer than this for a byte would hear it, had he kept nothing in hand.
GAP_SECONDS = 0.35
PATIENCE_SECONDS = 10
# So many come at once, so that nobody is kept waiting at the door.
AT_ONCE = 50
ARRIVE_SECONDS = 0.05


@dataclass(slots=True)
class Ear:
    """One listener: how much it took, and its longest wait once it had all that it was owed."""

    connection: socket.socket
    taken: int = 0
    last: float = 0.0
    longest: float = 0.0


@dataclass(frozen=True, slots=True)
class Served:
    """How a crowd was served; waits in seconds, after everybody had come."""

    listeners: int
    sent_away: int
    waited: int
    longest: float
    kilobits: float


def listen(url: str, count: int, seconds: float) -> Served:
    """Listen with so many sockets for so long after everybody has come."""
    allow_files(count + 100)
    with selectors.DefaultSelector() as selector:
        ears = _arrive(url, count, selector)
        _take(selector, 5.0)
        for ear in ears:
            ear.taken, ear.longest, ear.last = 0, 0.0, time.monotonic()
        print("All are here.", flush=True)
        began = time.monotonic()
        _take(selector, seconds)
        took = time.monotonic() - began
        there = [key.data for key in selector.get_map().values()]
    for ear in ears:
        ear.connection.close()
    return Served(
        listeners=count,
        sent_away=count - len(there),
        waited=sum(ear.longest > GAP_SECONDS for ear in there),
        longest=round(max((ear.longest for ear in there), default=0.0), 2),
        kilobits=round(sum(ear.taken for ear in there) * 8 / took / 1000 / max(len(there), 1), 1),
    )


def allow_files(count: int) -> None:
    """Let this process have so many sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


def _arrive(url: str, count: int, selector: selectors.BaseSelector) -> Sequence[Ear]:
    where = urlsplit(url)
    ears = []
    for number in range(count):
        address = (where.hostname or "", where.port or 80)
        connection = socket.create_connection(address, PATIENCE_SECONDS)
        connection.sendall(f"GET {where.path} HTTP/1.0\r\n\r\n".encode())
        connection.setblocking(False)
        ears.append(Ear(connection))
        selector.register(connection, selectors.EVENT_READ, ears[-1])
        if number % AT_ONCE == 0:
            _take(selector, ARRIVE_SECONDS)
    return ears


def _take(selector: selectors.BaseSelector, seconds: float) -> None:
    """Take whatever comes for so long; who is sent away is let go."""
    ends = time.monotonic() + seconds
    while (now := time.monotonic()) < ends:
        for key, _ in selector.select(0.1):
            ear: Ear = key.data
            try:
                chunk = ear.connection.recv(65_536)
            except OSError:
                chunk = b""
            if not chunk:
                selector.unregister(ear.connection)
                continue
            ear.longest = max(ear.longest, now - ear.last if ear.last else 0.0)
            ear.last = now
            ear.taken += len(chunk)


def main() -> None:
    """Listen as asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("url")
    asked.add_argument("listeners", type=int)
    asked.add_argument("seconds", type=float)
    chosen = asked.parse_args()
    print(json.dumps(asdict(listen(chosen.url, chosen.listeners, chosen.seconds))))


if __name__ == "__main__":
    main()
