"""An upload can be taken again with another treatment: a new take of the same bytes.

It is checked as any other; what was accepted before airs until the new take is accepted, too.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from station.errors import Refusal
from station.ledger import Right
from station.recordings import Recording, RecordingState, other_part
from station.rights import RequestKind, cutoff, open_request
from station.settings import Settings
from station.treatment import Treatment
from station.using import receive
from station.wishes import Wish


def retake(
    session: Session,
    settings: Settings,
    recording_id: int,
    account_id: int,
    *,
    level: bool,
    clean: bool,
    now: datetime,
) -> list[Recording]:
    """Take an accepted recording again, evened out and cleaned or not; both parts of one in two.

    Raises Refusal `recording-not-yours`, `recording-not-accepted`, `right-not-yours`,
    `right-used` or `week-closed`.
    """
    recording = require_mine(session, recording_id, account_id)
    if recording.state != RecordingState.ACCEPTED:
        raise Refusal("recording-not-accepted", title=recording.title)
    parts = _parts(session, recording)
    for part in parts:
        require_newest(session, part)
    takes = []
    for part in parts:
        treatment = msgspec.structs.replace(part.chosen, level=level, clean=clean)
        take = again(session, settings, part, part.right_id, treatment, part.wished, now)
        takes.append(take)
    return takes


def can_retake(session: Session, settings: Settings, recording: Recording, now: datetime) -> bool:
    """Whether an accepted recording can be taken again: its other part, too, if it has one."""
    return all(_can_change(session, settings, part, now) for part in _parts(session, recording))


def require_mine(session: Session, recording_id: int, account_id: int) -> Recording:
    """An account's recording. Raises Refusal `recording-not-yours`."""
    recording = session.get(Recording, recording_id)
    if recording is None or recording.account_id != account_id:
        raise Refusal("recording-not-yours")
    return recording


def require_newest(session: Session, recording: Recording) -> None:
    """Make sure that nothing was chosen for its right since. Raises Refusal `right-used`."""
    if _chosen_since(session, recording):
        raise Refusal("right-used", right=session.get_one(Right, recording.right_id))


def again(
    session: Session,
    settings: Settings,
    earlier: Recording,
    right_id: int,
    treatment: Treatment,
    wishes: Sequence[Wish],
    now: datetime,
) -> Recording:
    """Receive the same upload again, for a right and to be treated so.

    Raises what `using.receive` does.
    """
    said = ("account_id", "title", "language", "adult", "trade", "permission", "music")
    stored = ("file_name", "upload_sha256", "upload_bytes")
    take = Recording(**{name: getattr(earlier, name) for name in (*said, *stored)})
    take.treatment = msgspec.to_builtins(treatment)
    return receive(session, settings, right_id, take, wishes, now)


def _chosen_since(session: Session, recording: Recording) -> bool:
    """Whether its right asks for silence now, or for a newer recording."""
    asked = open_request(session, recording.right_id)
    if asked is None:
        return False
    return asked.kind == RequestKind.SILENCE or (asked.recording_id or 0) > recording.id


def _can_change(session: Session, settings: Settings, part: Recording, now: datetime) -> bool:
    right = session.get_one(Right, part.right_id)
    if right.account_id != part.account_id or _chosen_since(session, part):
        return False
    return now < cutoff(right.parsed_week(settings.zone), settings)


def _parts(session: Session, recording: Recording) -> list[Recording]:
    """A recording with its other part, in order; alone when it is whole."""
    other = other_part(session, recording)
    parts = [recording] if other is None else [recording, other]
    return sorted(parts, key=lambda one: one.chosen.part)
