"""Whoever's piece went out is written to, with a link to what listeners heard of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import audience, letters
from station.asrun import Outcome, OutcomeKind
from station.audience import Listeners
from station.db import compare_and_set
from station.languages import dated, marked, speaking
from station.languages import gettext as _
from station.lengths import length
from station.members import with_account
from station.moments import local_text
from station.recordings import recording_of
from station.rights import Request, RequestKind
from station.settings import Settings

HEARD = (OutcomeKind.AIRED, OutcomeKind.LATE, OutcomeKind.CUT)
# What was heard is on disk by then.
AFTER = timedelta(seconds=30)

WENT_OUT = marked("Your %(length)s went out %(moment)s on channel %(channel)s")
SILENCE_WENT_OUT = marked("Your %(length)s of silence went out %(moment)s on channel %(channel)s")
SAID = marked("“%(title)s” went out %(at)s, on channel %(channel)s.")
SILENCE_SAID = marked("Your silence for %(title)s went out %(at)s, on channel %(channel)s.")
NOT_WHOLE = marked("It was not as planned: %(reason)s.")
CLIP = marked("Hear it as listeners did:\n\n%(page)s\n\nIt is kept for %(days)s days.")
TAKEN_DOWN = marked("Your %(length)s of %(moment)s were taken off air")
SILENCE_TAKEN_DOWN = marked("Your %(length)s of silence of %(moment)s were taken off air")
WHY = marked("“%(title)s” was taken off air on channel %(channel)s, %(at)s: %(reason)s.")
SILENCE_WHY = marked(
    "Your silence for %(title)s was taken off air on channel %(channel)s, %(at)s: %(reason)s."
)
SPEAK = marked("Please speak with the station's operators if you have questions.")


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
    with speaking(person.language):
        slot = outcome.channel, outcome.slot_number
        listeners = audience.of_slots(session, {slot}).get(slot)
        subject, body = _letter(settings, outcome, request, listeners)
        letters.write(session, person, subject, letters.greeting(person.name, body), now)
    return True


def _letter(
    settings: Settings, outcome: Outcome, request: Request, listeners: Listeners | None
) -> tuple[str, str]:
    planned = settings.slots.start(outcome.slot_number)
    began = planned + timedelta(milliseconds=outcome.start_error_ms or 0)
    silent = request.kind == RequestKind.SILENCE
    said = {
        "length": length(settings.station.slot_seconds),
        "moment": f"{dated(began.astimezone(settings.zone), 'EEEE')} "
        f"{began.astimezone(settings.zone):%H:%M:%S}",
        "at": local_text(planned, settings),
        "channel": settings.channel_name(outcome.channel),
        "title": request.title,
        "reason": _(outcome.reason),
        "page": f"{settings.web_url}/member/rights/{request.right_id}/clip",
        "days": settings.watch.keep_days,
    }
    if outcome.kind == OutcomeKind.TAKEN_DOWN:
        why = _(SILENCE_WHY if silent else WHY, **said)
        subject = SILENCE_TAKEN_DOWN if silent else TAKEN_DOWN
        return _(subject, **said), f"{why}\n\n{_(SPEAK)}"
    told = _(SILENCE_SAID if silent else SAID, **said)
    if outcome.kind != OutcomeKind.AIRED:
        told = f"{told} {_(NOT_WHOLE, **said)}"
    if listeners is not None:
        told = f"{told} {audience.sentence(listeners)}"
    if recording_of(settings.recordings_folder, outcome.channel, outcome.slot_number):
        told = f"{told}\n\n{_(CLIP, **said)}"
    return _(SILENCE_WENT_OUT if silent else WENT_OUT, **said), told
