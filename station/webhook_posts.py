"""What happens is posted to each webhook in order, signed as Standard Webhooks 1.0.0 has it.

Whoever gets a post verifies it with the webhook's secret, sees by its id what came before, and
answers 2xx; anything else is tried again, each time later. What the station posted is never sent
to where an answer leads.
"""

import base64
import hashlib
import hmac
import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from station import facts
from station.alarms import Alarm, AlarmKind
from station.db import Database, compare_and_set
from station.errors import Fault
from station.jobs import Duty, JobKind, promise
from station.settings import Settings
from station.webhooks import (
    KEPT,
    SECRET_PREFIX,
    Happening,
    HappeningKind,
    Webhook,
    is_tried_again,
)

POST_SECONDS = 10.0
# So many slow answers still fit into a job's lease, and into the five minutes for which a post's
# timestamp is believed.
TOLD_AT_ONCE = 20
# The shape of what a webhook is told, by its type.
SHAPES: Mapping[HappeningKind, type[Struct]] = {
    HappeningKind.SLOT_BEGAN: facts.Slot,
    HappeningKind.SLOT_ENDED: facts.EndedSlot,
    HappeningKind.FILL_BEGAN: facts.FillBegan,
    HappeningKind.LIVE_BEGAN: facts.Slot,
    HappeningKind.TAKEDOWN: facts.TakenDown,
    HappeningKind.DEAD_AIR_BEGAN: facts.DeadAirHeard,
    HappeningKind.DEAD_AIR_ENDED: facts.DeadAirHeard,
    HappeningKind.WEEK_PUBLISHED: facts.WeekPublished,
    HappeningKind.TEST: facts.TestPost,
}


class Post(Struct, frozen=True):
    """What is posted; `timestamp` is when it happened, `data` has the shape of its type."""

    type: HappeningKind
    timestamp: datetime
    data: Any


class _Unled(urllib.request.HTTPRedirectHandler):
    """Goes only where the operator said."""

    def redirect_request(self, *_: Any) -> None:
        return None


def teller(database: Database, settings: Settings) -> Duty:
    """What is done about a webhook that has something to be told."""

    def tell(subject: str, now: datetime) -> str:
        with database.reading() as session:
            if is_tried_again(session, int(subject)):
                return "left to the job that tries again"
        for told in range(TOLD_AT_ONCE):
            with database.reading() as session:
                found = _next(session, settings, int(subject), now)
            if found is None:
                return f"{told} told"
            _tell(database, *found, now)
        with database.writing() as session:
            promise(session, JobKind.WEBHOOK, subject, now)
        return f"{TOLD_AT_ONCE} told, and there are more"

    return tell


def send_test(settings: Settings, webhook: Webhook, now: datetime) -> None:
    """Post a test past everything that waits. Raises Fault when that did not work."""
    test = Post(HappeningKind.TEST, now.astimezone(settings.zone), facts.TestPost(webhook.id))
    name = f"msg_test_{round(now.timestamp() * 1000)}"
    post(webhook, name, msgspec.json.encode(test), now)


def post(webhook: Webhook, name: str, body: bytes, now: datetime) -> None:
    """Post something by the name that tells it from all else. Raises Fault when that failed."""
    head = {"Content-Type": "application/json", **signed(webhook.secret, name, body, now)}
    asked = urllib.request.Request(webhook.address, body, head, method="POST")  # noqa: S310  http(s)
    try:
        with urllib.request.build_opener(_Unled).open(asked, timeout=POST_SECONDS):
            pass
    except urllib.error.HTTPError as refused:
        refused.close()
        raise Fault(f"it answered {refused.code}", permanent=False) from None
    except (OSError, http.client.HTTPException, ValueError) as problem:
        # The address may hold a secret, and so may what is said of it.
        kind = type(problem).__name__
        raise Fault(f"it can't be reached: {kind}", permanent=False) from None


def signed(secret: str, name: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that show whose a post is: its id, when it is sent, and HMAC-SHA256 over all."""
    at = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.digest(key, b".".join((name.encode(), at.encode(), body)), hashlib.sha256)
    return {
        "webhook-id": name,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def body_of(session: Session, settings: Settings, happening: Happening) -> bytes:
    """What is posted of a happening, as JSON."""
    kind = HappeningKind(happening.kind)
    at = happening.at.astimezone(settings.zone)
    return msgspec.json.encode(Post(kind, at, _data(session, settings, kind, happening.detail)))


def _tell(database: Database, webhook: Webhook, number: int, body: bytes, now: datetime) -> None:
    """Post one happening, and write down how that went. Raises Fault when it did not work."""
    try:
        # Nobody waits for the database while somebody else's server thinks.
        post(webhook, f"msg_{number}", body, now)
    except Fault as fault:
        with database.writing() as session:
            session.get_one(Webhook, webhook.id).problem = str(fault)
        raise
    with database.writing() as session:
        _note_told(session, webhook, number, now)


def _next(
    session: Session, settings: Settings, webhook_id: int, now: datetime
) -> tuple[Webhook, int, bytes] | None:
    """The first happening that a webhook was not told of; None when there is none."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.removed_at is not None:
        return None
    untold = sa.select(Happening).where(
        Happening.id > webhook.told_until, Happening.at >= now - KEPT
    )
    for happening in session.scalars(untold.order_by(Happening.id)):
        if happening.kind != HappeningKind.TEST or happening.detail["webhook"] == webhook_id:
            return webhook, happening.id, body_of(session, settings, happening)
    return None


def _note_told(session: Session, webhook: Webhook, number: int, now: datetime) -> None:
    """Go on behind a happening, unless somebody who did the same at the same time has."""
    compare_and_set(
        session,
        Webhook,
        Webhook.id == webhook.id,
        Webhook.told_until < number,
        told_until=number,
        told_at=now,
        problem="",
    )


def _data(
    session: Session, settings: Settings, kind: HappeningKind, detail: Mapping[str, Any]
) -> Struct:
    if "slot_number" not in detail:
        return _other(session, settings, kind, detail)
    place = detail["channel"], detail["slot_number"]
    match kind:
        case HappeningKind.SLOT_ENDED:
            return facts.ended_slot(session, settings, *place)
        case HappeningKind.FILL_BEGAN:
            return facts.FillBegan(facts.slot(session, settings, *place), detail["source"])
        case HappeningKind.TAKEDOWN:
            return facts.TakenDown(facts.slot(session, settings, *place), detail["reason"])
        case _:
            return facts.slot(session, settings, *place)


def _other(
    session: Session, settings: Settings, kind: HappeningKind, detail: Mapping[str, Any]
) -> Struct:
    if kind not in (HappeningKind.DEAD_AIR_BEGAN, HappeningKind.DEAD_AIR_ENDED):
        return SHAPES[kind](**detail)
    alarm = session.get_one(Alarm, detail["alarm"])
    return facts.DeadAirHeard(
        alarm=alarm.id,
        kind=AlarmKind(alarm.kind),
        channel=alarm.channel or 0,
        quality=alarm.quality,
        began=alarm.began_at.astimezone(settings.zone),
        ended=alarm.ended_at and alarm.ended_at.astimezone(settings.zone),
    )
