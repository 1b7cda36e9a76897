"""A holder uses a right: sends a recording, dedicates it to silence, or takes that back.

All of it is open until the week's cut-off.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from station import receipt_codes
from station.errors import Refusal, WrongInput
from station.jobs import JobKind, promise
from station.languages import gettext as _
from station.ledger import Right, lock, require_held, require_holder
from station.recordings import LONGEST_MUSIC, Recording, RecordingState, other_part
from station.rights import (
    LONGEST_CAUSE,
    LONGEST_TITLE,
    Request,
    ask,
    clean_text,
    for_recording,
    for_silence,
    join,
    numbered,
    open_request,
    release,
    require_open,
    require_unused,
    withdraw,
)
from station.settings import Settings
from station.standing import require_accepted
from station.wishes import Wish


def receive(
    session: Session,
    settings: Settings,
    right_id: int,
    recording: Recording,
    wishes: Sequence[Wish],
    now: datetime,
) -> Recording:
    """Take an upload for a right: keep it, remember its wishes, and promise its check.

    `recording` comes with its file facts and its title; `account_id` is whoever sends it.
    Raises Refusal `right-not-yours`, `week-closed` or `permission-missing`.
    """
    right = require_holder(session, right_id, recording.account_id)
    week = require_open(right, settings, now)
    if not recording.permission:
        raise WrongInput("permission-missing")
    recording.title = clean_text(recording.title, _("title"), LONGEST_TITLE)
    if recording.music:
        recording.music = clean_text(recording.music, _("music"), LONGEST_MUSIC)
    for wish in wishes:
        wish.spans(week, settings)
    recording.right_id = right.id
    recording.wishes = [msgspec.to_builtins(wish) for wish in wishes]
    recording.received_at, recording.receipt = now, receipt_codes.fresh(session)
    session.add(recording)
    session.flush()
    promise(session, JobKind.INGEST, recording.id, now)
    return recording


def air(session: Session, recording: Recording, now: datetime) -> Request | None:
    """Let a right ask for an accepted recording instead of whatever it asked before.

    A part waits until the other one is accepted: then both ask, in one week as a run. Does
    nothing and returns None when a newer take was accepted already or the right has moved to
    another holder meanwhile.
    """
    takes = _whole(session, recording)
    if not takes or any(_overtaken(session, take) for take in takes):
        return None
    for take in takes:
        withdraw(session, open_request(session, take.right_id))
    session.flush()
    asked = {take.id: _for_take(session, take, now) for take in takes}
    requests = list(asked.values())
    ask(session, requests, now)
    if len({request.week for request in requests}) == 1:
        join(session, requests)
    else:
        for request, take in zip(requests, takes, strict=True):
            request.title = numbered(request.title, take.chosen.part, len(takes))
    return asked[recording.id]


def dedicate(
    session: Session,
    settings: Settings,
    right_id: int,
    account_id: int,
    cause: str,
    wishes: Sequence[Wish],
    now: datetime,
    together: str | None = None,
    *,
    also: Collection[int] = (),
    announcement_sha256: str | None = None,
) -> Request:
    """Dedicate a right to silence for a cause, and promise its announcement.

    With `also`, unused rights of the same week, it is one longer silence. Returns the request of
    its first slot. Raises Refusal `right-not-yours`, `week-closed`, `run-weeks` or `right-used`,
    WrongInput `text-missing` or `text-long`.
    """
    held = require_held(session, [right_id, *also], account_id)
    rights = sorted(held, key=lambda right: (right.id != right_id, right.number))
    week = require_open(rights[0], settings, now)
    cause = clean_text(cause, _("cause"), LONGEST_CAUSE)
    for wish in wishes:
        wish.spans(week, settings)
    # A recording that still waits for its verdict must not take the silence's place later.
    release(session, right_id)
    for right in rights[1:]:
        if right.week != rights[0].week:
            raise Refusal("run-weeks", right=right, week=week)
    for right in rights[1:]:
        require_unused(session, right)
    requests = [
        for_silence(right, cause, wishes, now, together, announcement_sha256) for right in rights
    ]
    ask(session, requests, now)
    join(session, requests)
    return requests[0]


def withdraw_request(
    session: Session, settings: Settings, right_id: int, account_id: int, now: datetime
) -> None:
    """Let a right ask nothing again. Raises Refusal `right-not-yours` or `week-closed`."""
    right = require_holder(session, right_id, account_id)
    require_open(right, settings, now)
    release(session, right_id)


def air_after_all(
    session: Session, settings: Settings, recording_id: int, account_id: int, now: datetime
) -> Recording:
    """Let an accepted recording that was withdrawn air after all; nothing is sent again.

    Raises Refusal `recording-not-yours`, `recording-not-accepted`, `right-not-yours`,
    `right-used` or `week-closed`.
    """
    recording = session.get_one(Recording, require_accepted(session, account_id, recording_id))
    takes = _whole(session, recording)
    if not takes:
        raise Refusal("recording-not-accepted", title=recording.title)
    for right in require_held(session, [take.right_id for take in takes], account_id):
        require_open(right, settings, now)
        require_unused(session, right)
    air(session, recording, now)
    return recording


def _whole(session: Session, recording: Recording) -> list[Recording]:
    """Every take that a recording airs with, in order; none while a part is not accepted."""
    if not recording.chosen.part:
        return [recording]
    # Whoever concludes the other part at this moment is waited for, so that one of us asks.
    lock(session)
    other = other_part(session, recording)
    if other is None or other.state != RecordingState.ACCEPTED:
        return []
    return sorted([recording, other], key=lambda take: take.chosen.part)


def _overtaken(session: Session, recording: Recording) -> bool:
    """Whether a newer take was accepted for its right, or that has moved."""
    before = open_request(session, recording.right_id)
    newer = before is not None and (before.recording_id or 0) > recording.id
    return newer or session.get_one(Right, recording.right_id).account_id != recording.account_id


def _for_take(session: Session, recording: Recording, now: datetime) -> Request:
    right = session.get_one(Right, recording.right_id)
    return for_recording(right, recording, recording.wished, now)
