"""As-run is what was really transmitted: events are appended as they were seen, never edited.

An event comes from the player (what it started) or from the watch (what a listener heard). An
outcome is what the two and the air log amount to, once the slot is over.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import STRICT, Base


class Source(StrEnum):
    """Who saw it."""

    PLAYER = "player"
    WATCH = "watch"


class OutcomeKind(StrEnum):
    """How a slot ended."""

    AIRED = "aired"
    LATE = "late"
    CUT = "cut"
    REPLACED = "replaced"
    MISSED = "missed"
    TAKEN_DOWN = "taken down"


class AsRunEvent(Base):
    """One thing that happened on a channel."""

    __tablename__ = "as_run_events"
    __table_args__ = (
        sa.Index("ix_as_run_events_slot", "channel", "slot_number"),
        sa.Index("ix_as_run_events_at", "channel", "at"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    channel: Mapped[int]
    slot_number: Mapped[int]
    event: Mapped[str]
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Outcome(Base):
    """How one planned slot ended; `start_error_ms` is after (+) or before (-) its time.

    `similarity` (0 to 1) is how like its master the watch heard it; None when no watch listened.
    Its holder was written to at `told_at`.
    """

    __tablename__ = "outcomes"

    channel: Mapped[int] = mapped_column(primary_key=True)
    slot_number: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(index=True)
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("requests.id"), index=True)
    kind: Mapped[str]
    start_error_ms: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    similarity: Mapped[float | None]
    decided_at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(index=True)


def append(session: Session, events: list[AsRunEvent]) -> None:
    """Add events to what was seen."""
    session.add_all(events)
    session.flush()


def outcomes_of(session: Session, week: str) -> list[Outcome]:
    """How a week's slots ended, in order."""
    query = sa.select(Outcome).where(Outcome.week == week)
    return list(session.scalars(query.order_by(Outcome.slot_number, Outcome.channel)))
