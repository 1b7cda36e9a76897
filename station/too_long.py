"""A recording that is too long is faded out, spread over two rights, or replaced: as one chooses.

The upload is kept: each choice is a new take of the same bytes, and is checked as any other.
"""

from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from station.errors import Refusal
from station.ledger import require_held
from station.recordings import Recording, RecordingState
from station.retake import again, require_mine, require_newest
from station.rights import require_unused
from station.settings import Settings
from station.treatment import Long

# What a verdict calls it; of what was heard no further, nobody knows yet whether two rights do.
TOO_LONG = frozenset({"too-long", "too-long-for-two", "far-too-long", "endless", "endless-for-two"})

# Said of a whole recording that is longer than two slots by its own account.
TOO_LONG_FOR_TWO = "far-too-long"


def can_fade(recording: Recording) -> bool:
    """Whether a recording could not air because it is too long, so that a fade would help."""
    return recording.state == RecordingState.REJECTED and not TOO_LONG.isdisjoint(recording.codes)


def can_spread(recording: Recording) -> bool:
    """Whether a recording could not air because it is too long, and two rights may be enough."""
    whole = not recording.chosen.part
    return can_fade(recording) and whole and TOO_LONG_FOR_TWO not in recording.codes


def fade_out(
    session: Session, settings: Settings, recording_id: int, account_id: int, now: datetime
) -> Recording:
    """Take a recording again that was too long, to be faded out where its slot ends.

    Raises Refusal `recording-not-yours`, `recording-not-too-long`, `right-not-yours`,
    `right-used` or `week-closed`.
    """
    recording = require_mine(session, recording_id, account_id)
    if not can_fade(recording):
        raise Refusal("recording-not-too-long", title=recording.title)
    require_newest(session, recording)
    (right,) = require_held(session, [recording.right_id], account_id)
    treatment = msgspec.structs.replace(recording.chosen, long=Long.FADE, part=0)
    return again(session, settings, recording, right.id, treatment, recording.wished, now)


def spread(
    session: Session,
    settings: Settings,
    recording_id: int,
    other_right_id: int,
    account_id: int,
    now: datetime,
) -> tuple[Recording, Recording]:
    """Take a recording again that was too long, as two parts: for its own right and another.

    In one week the parts air one after the other as a run; else the first airs in the earlier
    week. Neither airs before both are accepted. Raises Refusal `recording-not-yours`,
    `recording-not-too-long`, `right-not-yours`, `right-used` or `week-closed`.
    """
    recording = require_mine(session, recording_id, account_id)
    if not can_spread(recording):
        raise Refusal("recording-not-too-long", title=recording.title)
    require_newest(session, recording)
    held = require_held(session, [recording.right_id, other_right_id], account_id)
    rights = sorted(held, key=lambda right: (right.week, right.id != recording.right_id))
    others = [right for right in rights if right.id != recording.right_id]
    if not others:
        raise Refusal("right-used", right=rights[0])
    require_unused(session, others[0])
    week_of = {right.id: right.parsed_week(settings.zone) for right in rights}
    takes = []
    for part, right in enumerate(rights, 1):
        treatment = msgspec.structs.replace(recording.chosen, long=Long.SPREAD, part=part)
        weeks = (week_of[right.id].monday - week_of[recording.right_id].monday).days // 7
        wishes = [wish.later(weeks, settings.zone) for wish in recording.wished]
        takes.append(again(session, settings, recording, right.id, treatment, wishes, now))
    first, second = takes
    return first, second
