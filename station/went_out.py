"""Whoever's piece went out is written to, with a link to what listeners heard of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import letters
from station.asrun import Outcome, OutcomeKind
from station.db import compare_and_set
from station.lengths import length
from station.members import with_account
from station.recordings import recording_of
from station.rights import Request, RequestKind, local_text
from station.settings import Settings

HEARD = (OutcomeKind.AIRED, OutcomeKind.LATE, OutcomeKind.CUT)
# What was heard is on disk by then.
AFTER = timedelta(seconds=30)

WENT_OUT = "Your {what} went out {moment} on channel {channel}"
SAID = "{name} went out {at}, on channel {channel}."
NOT_WHOLE = " It was not as planned: {reason}."
CLIP = "\n\nHear it as listeners did:\n\n{page}\n\nIt is kept for {days} days."
TAKEN_DOWN = "Your {what} of {moment} were taken off air"
WHY = (
    "{name} was taken off air on channel {channel}, {at}: {reason}.\n\n"
    "Please speak with the station's operators if you have questions."
)


def tell(session: Session, settings: Settings, now: datetime) -> int:
    """Write to the holders of what went out, once; returns how many letters were written.

    Whose piece was missed or replaced hears of it with the makegood.
    """
    query = (
        sa.select(Outcome, Request)
        .join(Request, Request.id == Outcome.request_id)
        .where(
            Outcome.told_at.is_(None),
            Outcome.kind.in_((*HEARD, OutcomeKind.TAKEN_DOWN)),
            Outcome.decided_at <= now - AFTER,
        )
        .order_by(Outcome.slot_number, Outcome.channel)
    )
    return sum(
        _write(session, settings, outcome, request, now)
        for outcome, request in session.execute(query).all()
    )


def heard_of(session: Session, right_ids: Sequence[int], account_id: int) -> dict[int, Outcome]:
    """How those of an account's rights ended that listeners heard, by right."""
    query = (
        sa.select(Request.right_id, Outcome)
        .join(Outcome, Outcome.request_id == Request.id)
        .where(
            Request.right_id.in_(right_ids),
            Request.account_id == account_id,
            Outcome.kind.in_(HEARD),
        )
        .order_by(Outcome.slot_number)
    )
    found = session.execute(query).all()
    return {right_id: outcome for right_id, outcome in found}  # noqa: C416  typed


def _write(
    session: Session, settings: Settings, outcome: Outcome, request: Request, now: datetime
) -> bool:
    this = Outcome.channel == outcome.channel, Outcome.slot_number == outcome.slot_number
    if not compare_and_set(session, Outcome, *this, Outcome.told_at.is_(None), told_at=now):
        return False
    person = with_account(session, request.account_id)
    subject, body = _letter(settings, outcome, request)
    letters.write(session, person, subject, f"Hello {person.name},\n\n{body}\n", now)
    return True


def _letter(settings: Settings, outcome: Outcome, request: Request) -> tuple[str, str]:
    planned = settings.slots.start(outcome.slot_number)
    began = planned + timedelta(milliseconds=outcome.start_error_ms or 0)
    silent = request.kind == RequestKind.SILENCE
    said = {
        "what": length(settings.station.slot_seconds) + (" of silence" if silent else ""),
        "moment": f"{began.astimezone(settings.zone):%A %H:%M:%S}",
        "at": local_text(planned, settings),
        "channel": settings.channel_name(outcome.channel),
        "name": f"Your silence for {request.title}" if silent else f"“{request.title}”",
        "reason": outcome.reason,
        "page": f"{settings.web_url}/member/rights/{request.right_id}/clip",
        "days": settings.watch.keep_days,
    }
    if outcome.kind == OutcomeKind.TAKEN_DOWN:
        return TAKEN_DOWN.format(**said), WHY.format(**said)
    parts = [SAID]
    if outcome.kind != OutcomeKind.AIRED:
        parts.append(NOT_WHOLE)
    if recording_of(settings.recordings_folder, outcome.channel, outcome.slot_number):
        parts.append(CLIP)
    return WENT_OUT.format(**said), "".join(parts).format(**said)
