"""A promised solve keeps about once a second how far it is, and hears whether it may go on."""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.plan import gap_of
from station import jobs
from station.db import Database
from station.errors import Busy
from station.jobs import JobKind

if TYPE_CHECKING:
    from scheduler.grid import Best

EVERY_SECONDS = 1.0
# A solve of hours keeps fewer and fewer of its first steps.
MOST_KEPT = 240


class Progress:
    """What a claimed job has found so far, as its row tells it."""

    def __init__(self, database: Database, kind: JobKind, subject: str, now: datetime) -> None:
        self._database, self._kind, self._subject = database, kind, subject
        self._now, self._began = now, time.monotonic()
        self._steps: list[dict[str, object]] = []
        self._found: dict[str, object] = {}
        self._kept_at = float("-inf")
        self._stopped = False

    def told(self, best: "Best") -> None:
        """Hear of a better grid, or of a sharper bound."""
        self._found = {
            "placed": len(best.places),
            "bumped_weight": best.weight,
            "score": best.score,
            "bound": best.bound,
            "gap": gap_of(best.score, best.bound),
        }

    def stopped(self) -> bool:
        """Whether somebody has asked it to end; a solve asks many times a second."""
        due = time.monotonic() - self._kept_at >= EVERY_SECONDS
        if due and not self._stopped:
            self.keep()
        return self._stopped

    def keep(self) -> None:
        """Keep what was found so far, and hear whether to end."""
        self._kept_at = time.monotonic()
        seconds = self._kept_at - self._began
        self._steps.append({"seconds": round(seconds, 1), **self._found})
        if len(self._steps) > MOST_KEPT:
            self._steps = self._steps[1::2]
        at = self._now + timedelta(seconds=seconds)
        try:
            self._stopped = not self._database.do(
                lambda session: jobs.go_on(session, self._kind, self._subject, self._steps, at)
            )
        except Busy:
            # What it finds matters more than who can watch it: it is told of a second later.
            return
