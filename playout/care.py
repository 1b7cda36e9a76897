"""What an engine needs follows from how it was found."""

from dataclasses import dataclass
from enum import StrEnum

# Measured: 2 to 3 s from start to sound, 10 s on a busy machine, over 30 s on one with nine times
# more to do than it can: whoever ends it then starts it for ever.
START_SECONDS = 90.0
HUNG_SECONDS = 6.0  # on an overloaded machine four were too few
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 5.0


class Care(StrEnum):
    """What an engine needs."""

    NOTHING = "nothing"
    START = "start"
    KILL = "kill"


@dataclass(frozen=True, slots=True)
class Seen:
    """How an engine was found; times are monotonic seconds.

    `moved_at` is when it last answered and had made more sound than before.
    """

    alive: bool
    started_at: float
    moved_at: float | None
    start_after: float


def care_for(seen: Seen, now: float) -> Care:
    """What an engine needs now."""
    if not seen.alive:
        return Care.START if now >= seen.start_after else Care.NOTHING
    if seen.moved_at is None:
        return Care.KILL if now - seen.started_at > START_SECONDS else Care.NOTHING
    return Care.KILL if now - seen.moved_at > HUNG_SECONDS else Care.NOTHING


def pause_after(lived_seconds: float, pause_seconds: float) -> float:
    """How long to wait before the next start: not at all, but longer when it keeps dying."""
    if lived_seconds > STEADY_SECONDS:
        return 0.0
    return min(max(pause_seconds * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
