"""Who asks without a token asks only so often a minute; it is counted in memory, by network."""

from collections import Counter
from datetime import datetime
from threading import Lock

from flask import current_app, request
from werkzeug.exceptions import TooManyRequests

from station.attempts import network_of
from web.session import now

# A player that looks each two seconds, behind one address with nineteen others.
MOST_A_MINUTE = 600
MINUTE = 60
NAME = "mweya-pace"


class Pace:
    """How often each network asked in the minute that is on."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._minute = 0
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    def is_kept(self, network: str, at: datetime) -> bool:
        """Count one more question; whether it is not one too many."""
        minute = int(at.timestamp() // MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._asked = minute, Counter()
            self._asked[network] += 1
            return self._asked[network] <= MOST_A_MINUTE


def require() -> None:
    """Answer 429 to a network that asks too often; one that a proxy hides is not counted."""
    network = network_of(request.remote_addr)
    pace: Pace = current_app.extensions.setdefault(NAME, Pace())
    if network and not pace.is_kept(network, now()):
        raise TooManyRequests(retry_after=MINUTE - int(now().timestamp()) % MINUTE)
