"""A webhook is an address that is told what changes on air, in order, each time signed.

What happens is written down in the transaction that makes it true, while there is a webhook to be
told. One job for each webhook carries what it was not told yet.
"""

import base64
import ipaddress
import secrets
import socket
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, compare_and_set
from station.errors import Refusal, WrongInput
from station.jobs import Job, JobKind, JobState, promise

LONGEST_ADDRESS = 500
MOST_WEBHOOKS = 10
SECRET_PREFIX = "whsec_"  # noqa: S105  Standard Webhooks 1.0.0 marks its secrets so
SECRET_BYTES = 32  # it asks for 24 to 64
# Whoever could not be reached for so long is told no more of what is that old.
KEPT = timedelta(days=3)
# Thousands of happenings a day must not pile up as jobs that were done.
JOBS_KEPT = timedelta(days=1)


class HappeningKind(StrEnum):
    """What a webhook is told of, by the name that it reads."""

    SLOT_BEGAN = "slot.began"
    SLOT_ENDED = "slot.ended"
    FILL_BEGAN = "fill.began"
    LIVE_BEGAN = "live.began"
    TAKEDOWN = "takedown"
    DEAD_AIR_BEGAN = "dead_air.began"
    DEAD_AIR_ENDED = "dead_air.ended"
    WEEK_PUBLISHED = "week.published"
    TEST = "test"


class Webhook(Base):
    """One address; `told_until` is the last happening that it was told of, or did not have to be.

    `problem` is why it could not be told the last time; empty once it could. The secret signs what
    it is told, so the station has to keep it.
    """

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    secret: Mapped[str]
    told_until: Mapped[int]
    told_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    @property
    def site(self) -> str:
        """What may be written down for good of the address, which may hold a secret."""
        return f"{site_of(self.address)} ({self.id})"


class Happening(Base):
    """One thing that webhooks are told of; its ids rise in the order in which things are told."""

    __tablename__ = "happenings"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]


def add(session: Session, address: str, now: datetime) -> Webhook:
    """Tell an address of everything from now on.

    Raises WrongInput `webhook-address`, Refusal `webhooks-many`.
    """
    address = address.strip()
    if not _is_usable(address):
        raise WrongInput("webhook-address", text=address[:LONGEST_ADDRESS])
    if len(working(session)) >= MOST_WEBHOOKS:
        raise Refusal("webhooks-many", most=MOST_WEBHOOKS)
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    webhook = Webhook(
        address=address,
        secret=SECRET_PREFIX + secret,
        told_until=session.scalars(sa.select(sa.func.max(Happening.id))).one() or 0,
        made_at=now,
    )
    session.add(webhook)
    session.flush()
    return webhook


def site_of(address: str) -> str:
    """The scheme and the host of an address; empty when it has none."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def require_elsewhere(address: str) -> None:
    """Raises Refusal `webhook-here` for an address that leads to this machine or its own link.

    What only listens there trusts whoever can reach it. A name is looked up for it.
    """
    try:
        host = urlsplit(address.strip()).hostname or ""
        found = socket.getaddrinfo(host, None) if host else []
    except (OSError, ValueError):
        return
    for *_, (where, *_) in found:
        ip = ipaddress.ip_address(where)
        ip = getattr(ip, "ipv4_mapped", None) or ip
        if ip.is_loopback or ip.is_link_local or ip.is_unspecified:
            raise Refusal("webhook-here", host=host)


def remove(session: Session, webhook_id: int, now: datetime) -> Webhook:
    """Tell an address nothing any more. Raises Refusal `webhook-unknown`."""
    mine = Webhook.id == webhook_id
    if not compare_and_set(session, Webhook, mine, Webhook.removed_at.is_(None), removed_at=now):
        raise Refusal("webhook-unknown", number=webhook_id)
    return session.get_one(Webhook, webhook_id, populate_existing=True)


def working(session: Session) -> list[Webhook]:
    """The webhooks that are told, oldest first."""
    query = sa.select(Webhook).where(Webhook.removed_at.is_(None)).order_by(Webhook.id)
    return list(session.scalars(query))


def require(session: Session, webhook_id: int) -> Webhook:
    """A webhook that is told. Raises Refusal `webhook-unknown`."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.removed_at is not None:
        raise Refusal("webhook-unknown", number=webhook_id)
    return webhook


def happened(session: Session, kind: HappeningKind, at: datetime, **detail: Any) -> None:
    """Write down what happened, if there is anybody to be told, and promise that they are.

    On PostgreSQL whoever else writes something down waits for this transaction: no happening
    appears after one with a higher id was told.
    """
    locked = sa.select(Webhook.id).where(Webhook.removed_at.is_(None)).order_by(Webhook.id)
    webhook_ids = session.scalars(locked.with_for_update()).all()
    if not webhook_ids:
        return
    session.add(Happening(kind=kind, at=at, detail=detail))
    session.flush()
    for webhook_id in webhook_ids:
        promise(session, JobKind.WEBHOOK, webhook_id, at)


def test(session: Session, webhook_id: int, now: datetime) -> None:
    """Tell one webhook that this is a test, at once even if it rests after it could not be told.

    Raises Refusal `webhook-unknown`.
    """
    require(session, webhook_id)
    session.add(Happening(kind=HappeningKind.TEST, at=now, detail={"webhook": webhook_id}))
    promise(session, JobKind.WEBHOOK, webhook_id, now).due_at = now


def is_tried_again(session: Session, webhook_id: int) -> bool:
    """Whether a job waits that could not tell a webhook, and will try again."""
    rests = sa.select(Job.id).where(
        Job.kind == JobKind.WEBHOOK,
        Job.subject == str(webhook_id),
        Job.state == JobState.WAITING,
        Job.attempts > 0,
    )
    return session.scalars(rests).first() is not None


def clear_old(session: Session, now: datetime) -> int:
    """Forget what happened so long ago that nobody is told of it any more, and a day's old jobs.

    The newest one stays: SQLite would give its id to the next one again.
    """
    over = Job.state.in_([JobState.DONE, JobState.FAILED]), Job.due_at < now - JOBS_KEPT
    session.execute(sa.delete(Job).where(Job.kind == JobKind.WEBHOOK, *over))
    newest = sa.select(sa.func.max(Happening.id)).scalar_subquery()
    old = sa.delete(Happening).where(Happening.at < now - KEPT, Happening.id < newest)
    return len(session.scalars(old.returning(Happening.id)).all())


def _is_usable(address: str) -> bool:
    """Whether something can be posted to an address; a password in it would be shown to others."""
    if len(address) > LONGEST_ADDRESS or any(c.isspace() or not c.isprintable() for c in address):
        return False
    try:
        parts = urlsplit(address)
        return bool(
            parts.scheme in ("http", "https")
            and parts.hostname
            and parts.port != 0
            and parts.username is None
        )
    except ValueError:
        return False
