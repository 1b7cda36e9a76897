"""A recording is what was uploaded; a master is the finished piece of exactly one slot."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.db import STRICT, Base, compare_and_set

MASTER_SUFFIX = ".flac"
PREVIEW_SUFFIX = ".mp3"


class RecordingState(StrEnum):
    """Where a recording stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class MasterKind(StrEnum):
    """What a master is for."""

    SEGMENT = "segment"
    SILENCE = "silence"
    FILL = "fill"
    EMERGENCY = "emergency"


class Master(Base):
    """A finished piece, stored under its own hash; `facts` are the measurements."""

    __tablename__ = "masters"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    duration_ms: Mapped[int]
    preview_sha256: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class Recording(Base):
    """One upload for one right, with what the member said about it and what we found.

    `codes` and `sentences` are the verdict as the member was told it, `findings` the same with
    the facts in it, for another language. `upload_sha256` names the stored bytes, `treatment` what
    the member chose about them. `trade` is what sold airtime speaks for, so that two of one trade
    are never back to back.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        sa.Index("ix_recordings_right_id", "right_id"),
        sa.Index("ix_recordings_account_id", "account_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    title: Mapped[str]
    language: Mapped[str]
    adult: Mapped[bool] = mapped_column(default=False)
    treatment: Mapped[dict[str, Any]] = mapped_column(default=dict)
    trade: Mapped[str | None]
    permission: Mapped[bool]
    wishes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    file_name: Mapped[str]
    upload_sha256: Mapped[str]
    upload_bytes: Mapped[int]
    state: Mapped[str] = mapped_column(default=RecordingState.RECEIVED)
    codes: Mapped[list[str]] = mapped_column(default=list)
    sentences: Mapped[list[str]] = mapped_column(default=list)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    master_sha256: Mapped[str | None] = mapped_column(sa.ForeignKey("masters.sha256"))
    received_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]

    master: Mapped[Master | None] = relationship()


def stored_at(media_folder: Path, sha256: str, suffix: str = "") -> Path:
    """Where bytes lie on disk: two letters of their hash, then the hash."""
    return media_folder / sha256[:2] / f"{sha256}{suffix}"


def master_at(media_folder: Path, sha256: str) -> Path:
    """Where a master lies on disk."""
    return stored_at(media_folder, sha256, MASTER_SUFFIX)


def preview_at(media_folder: Path, sha256: str) -> Path:
    """Where a master's low-data preview lies on disk."""
    return stored_at(media_folder, sha256, PREVIEW_SUFFIX)


def keep_master(session: Session, master: Master) -> Master:
    """Record a master once; the same bytes made again are the same master."""
    known = session.get(Master, master.sha256)
    if known is None:
        session.add(master)
        session.flush()
        return master
    return known


def masters_of(session: Session, kind: MasterKind) -> list[Master]:
    """All masters of one kind, oldest first."""
    query = sa.select(Master).where(Master.kind == kind)
    return list(session.scalars(query.order_by(Master.made_at, Master.sha256)))


def conclude(
    session: Session,
    recording_id: int,
    *,
    codes: list[str],
    sentences: list[str],
    master: Master | None,
    now: datetime,
) -> bool:
    """Write the verdict on a recording that still waits for one: accepted with a master.

    False when it waits no longer (withdrawn meanwhile, or concluded by another worker).
    """
    state = RecordingState.REJECTED if master is None else RecordingState.ACCEPTED
    return compare_and_set(
        session,
        Recording,
        Recording.id == recording_id,
        Recording.state == RecordingState.RECEIVED,
        state=state,
        codes=codes,
        sentences=sentences,
        master_sha256=None if master is None else master.sha256,
        checked_at=now,
    )
