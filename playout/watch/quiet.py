"""Dead air is quiet that nobody planned, or nothing at all, as a listener of one mount has it.

A pause in a member's piece is not planned quiet, however its master has it: a listener can't tell
it from a breakdown, and the channel's engine would fill it as well. Whoever wants quiet dedicates
a silence. A mount that sends nothing is gone even in a silence, which is sent like any sound.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

LEVEL_MS = 100
# The engine's own guard uses the same level; masters of silence lie at -90 dBFS.
QUIET_DBFS = -60.0
CLICK_LEVELS = 5  # what is shorter does not interrupt quiet
STARVED_SECONDS = 3.0  # without a level, a mount sends nothing
BACK_SECONDS = 5.0  # of sound end an alarm
STARTING_SECONDS = 30.0  # an engine may take so long until its mount is there


class Dead(StrEnum):
    """How a mount is dead."""

    QUIET = "quiet"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Level:
    """How loud `LEVEL_MS` of a mount were: their RMS in dBFS, on air at `at_ms` in Unix time."""

    at_ms: int
    dbfs: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of one mount; times are monotonic seconds, so that no clock step counts.

    `came_at` is when its newest level came, `sounded_at` when sound or planned quiet did,
    `back_since` since when that goes on; `loud` counts the sounding levels in a row.
    """

    came_at: float
    sounded_at: float
    back_since: float
    loud: int = 0


def begin(now: float) -> Heard:
    """Begin to listen to a mount that may still be starting."""
    expected_at = now + STARTING_SECONDS
    return Heard(came_at=expected_at, sounded_at=expected_at, back_since=expected_at)


def hear(
    heard: Heard, levels: Sequence[Level], planned: Callable[[int], bool], now: float
) -> Heard:
    """What is known after some levels came at `now`; `planned` says when quiet is intended.

    Its argument is Unix time in milliseconds. Of a mount that sends nothing no level comes.
    """
    if not levels:
        return heard
    loud, sounded_at = heard.loud, min(heard.sounded_at, now)
    back_since = min(heard.back_since, now)
    for level in levels:
        loud = loud + 1 if level.dbfs > QUIET_DBFS else 0
        if loud >= CLICK_LEVELS or planned(level.at_ms):
            if now - sounded_at > STARVED_SECONDS:
                back_since = now
            sounded_at = now
    return Heard(came_at=now, sounded_at=sounded_at, back_since=back_since, loud=loud)


def dead(heard: Heard, now: float, after_seconds: float) -> Dead | None:
    """Whether nothing was heard for so long, and how."""
    if now - heard.sounded_at < after_seconds:
        return None
    starved = now - heard.came_at > min(STARVED_SECONDS, after_seconds / 2)
    return Dead.GONE if starved else Dead.QUIET


def is_back(heard: Heard, now: float) -> bool:
    """Whether sound came back to stay."""
    going_on = now - heard.sounded_at <= STARVED_SECONDS
    return going_on and heard.sounded_at - heard.back_since >= BACK_SECONDS


def forgive(heard: Heard, seconds: float, now: float) -> Heard:
    """What is known when nobody looked for some seconds up to now: no mount is to blame for them.

    What was heard meanwhile all the same was heard when it was.
    """

    def later(at: float) -> float:
        return max(at, min(at + seconds, now))

    return replace(
        heard,
        came_at=later(heard.came_at),
        sounded_at=later(heard.sounded_at),
        back_since=later(heard.back_since),
    )
