"""A recording is what was uploaded; a master is the finished piece of exactly one slot."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from station.db import STRICT, Base, compare_and_set
from station.languages import marked
from station.treatment import Treatment
from station.wishes import Wish

LONGEST_MUSIC = 300
MASTER_SUFFIX = ".flac"
RECORDED_CODECS = ("opus", "mp3")
PREVIEW_SUFFIX = ".mp3"
WAVEFORM_SUFFIX = ".wave"

OTHER_PART_CODE = "other-part"
OTHER_PART = marked("One half of this recording can't air, so neither half does.")


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
    FORMER = "former"  # fill that was made of other material


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
    are never back to back. `receipt` is a code to ask by; what came before there were any has none.
    `music` is what they say of music in it: its title and whose it is; empty without any.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        sa.Index("ix_recordings_right_id", "right_id"),
        sa.Index("ix_recordings_account_id", "account_id"),
        sa.Index("uq_recordings_receipt", "receipt", unique=True),
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
    music: Mapped[str] = mapped_column(default="")
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
    receipt: Mapped[str | None]

    master: Mapped[Master | None] = relationship()

    @property
    def chosen(self) -> Treatment:
        """What its member chose about it, parsed."""
        return msgspec.convert(self.treatment, Treatment)

    @property
    def wished(self) -> list[Wish]:
        """Its wishes, parsed."""
        return [msgspec.convert(wish, Wish) for wish in self.wishes]


def stored_at(media_folder: Path, sha256: str, suffix: str = "") -> Path:
    """Where bytes lie on disk: two letters of their hash, then the hash."""
    return media_folder / sha256[:2] / f"{sha256}{suffix}"


def master_at(media_folder: Path, sha256: str) -> Path:
    """Where a master lies on disk."""
    return stored_at(media_folder, sha256, MASTER_SUFFIX)


def recording_at(folder: Path, channel: int, slot_number: int, codec: str) -> Path:
    """Where what went out in a slot is kept; `codec` is `opus` or `mp3`."""
    return folder / str(channel) / f"{slot_number}.{codec}"


def recording_of(folder: Path, channel: int, slot_number: int) -> Path | None:
    """What is kept of a slot that went out, in whichever codec; None when nothing is."""
    files = [recording_at(folder, channel, slot_number, codec) for codec in RECORDED_CODECS]
    return next((file for file in files if file.exists()), None)


def preview_at(media_folder: Path, sha256: str) -> Path:
    """Where a master's low-data preview lies on disk."""
    return stored_at(media_folder, sha256, PREVIEW_SUFFIX)


def waveform_at(media_folder: Path, sha256: str) -> Path:
    """Where a master's waveform lies on disk: 800 pairs of signed bytes, lowest and highest."""
    return stored_at(media_folder, sha256, WAVEFORM_SUFFIX)


def keep_master(session: Session, master: Master) -> Master:
    """Record a master once; the same bytes made again are the same master.

    Fill that was retired is used again when it is made again.
    """
    known = session.get(Master, master.sha256)
    if known is None:
        session.add(master)
        session.flush()
        return master
    if known.kind == MasterKind.FORMER:
        known.kind, known.facts = master.kind, master.facts
    return known


def retire_fill(session: Session, kept: Collection[str]) -> int:
    """Use no other fill than those masters any more; how many were retired."""
    fill = sa.update(Master).where(Master.kind.in_([MasterKind.FILL, MasterKind.EMERGENCY]))
    former = fill.where(Master.sha256.not_in(kept)).values(kind=MasterKind.FORMER)
    return len(session.execute(former.returning(Master.sha256)).all())


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
    findings: Sequence[Mapping[str, Any]] = (),
) -> bool:
    """Write the verdict on a recording that still waits for one: accepted with a master.

    A part that can't air takes its other part with it. False when it waits no longer (withdrawn
    meanwhile, or concluded by another worker).
    """
    state = RecordingState.REJECTED if master is None else RecordingState.ACCEPTED
    concluded = compare_and_set(
        session,
        Recording,
        Recording.id == recording_id,
        Recording.state == RecordingState.RECEIVED,
        state=state,
        codes=codes,
        sentences=sentences,
        findings=[dict(one) for one in findings],
        master_sha256=None if master is None else master.sha256,
        checked_at=now,
    )
    if concluded and master is None:
        _reject_other_part(session, recording_id, codes, sentences, now)
    return concluded


def other_part(session: Session, recording: Recording) -> Recording | None:
    """The other of the two takes that one upload was spread into, as it stands now."""
    if not recording.chosen.part:
        return None
    other = aliased(Recording)
    query = sa.select(other).where(
        Recording.id == recording.id, _spread_with(Recording, other), other.id != recording.id
    )
    return session.scalars(query.execution_options(populate_existing=True)).first()


def being_checked(account_id: int | None = None) -> sa.Select[int]:
    """The rights whose recordings wait for a verdict: their own, or their other part's.

    Those of one account, or of everybody.
    """
    waiting = aliased(Recording)
    unfinished = (RecordingState.RECEIVED, RecordingState.ACCEPTED)
    parts = (
        sa.select(Recording.right_id)
        .join(waiting, _spread_with(waiting, Recording))
        .where(waiting.state == RecordingState.RECEIVED, Recording.state.in_(unfinished))
    )
    whole = sa.select(Recording.right_id).where(Recording.state == RecordingState.RECEIVED)
    if account_id is not None:
        mine = Recording.account_id == account_id
        whole, parts = whole.where(mine), parts.where(mine)
    return sa.select(sa.union(whole, parts).subquery().c.right_id)


def withdraw_waiting(session: Session, right_id: int) -> None:
    """Withdraw each recording of a right that waits for its verdict, with its other part."""
    of_right, unfinished = aliased(Recording), (RecordingState.RECEIVED, RecordingState.ACCEPTED)
    parts = (
        sa.select(Recording.id)
        .join(of_right, _spread_with(of_right, Recording))
        .where(of_right.right_id == right_id, of_right.state.in_(unfinished))
    )
    session.execute(
        sa.update(Recording)
        .where(
            Recording.state == RecordingState.RECEIVED,
            sa.or_(Recording.right_id == right_id, Recording.id.in_(parts)),
        )
        .values(state=RecordingState.WITHDRAWN)
    )


def spread_waits(session: Session, right_id: int) -> bool:
    """Whether a right's recording is one part of two, and either waits for its verdict."""
    of_right, unfinished = aliased(Recording), (RecordingState.RECEIVED, RecordingState.ACCEPTED)
    parts = (
        sa.select(Recording.id)
        .join(of_right, _spread_with(of_right, Recording))
        .where(of_right.right_id == right_id)
        .where(of_right.state.in_(unfinished), Recording.state.in_(unfinished))
        .where(sa.or_(*(one.state == RecordingState.RECEIVED for one in (of_right, Recording))))
    )
    return session.scalars(parts).first() is not None


def is_part(table: type[Recording] = Recording) -> sa.ColumnElement[bool]:
    """Whether a recording is a part of one that was spread over two rights."""
    return sa.type_coerce(table.treatment, sa.Text).contains('"part":', autoescape=True)


def _spread_with(one: type[Recording], other: type[Recording]) -> sa.ColumnElement[bool]:
    """Whether two takes are parts of one upload: they came at one instant, and nothing else did."""
    return sa.and_(
        is_part(one),
        is_part(other),
        other.account_id == one.account_id,
        other.upload_sha256 == one.upload_sha256,
        other.received_at == one.received_at,
        other.right_id != one.right_id,
        sa.type_coerce(other.treatment, sa.Text) != sa.type_coerce(one.treatment, sa.Text),
    )


def _reject_other_part(
    session: Session, recording_id: int, codes: list[str], sentences: list[str], now: datetime
) -> None:
    other = other_part(session, session.get_one(Recording, recording_id))
    if other is None:
        return
    compare_and_set(
        session,
        Recording,
        Recording.id == other.id,
        Recording.state.in_([RecordingState.RECEIVED, RecordingState.ACCEPTED]),
        state=RecordingState.REJECTED,
        codes=[OTHER_PART_CODE, *codes],
        sentences=[OTHER_PART, *sentences],
        # What was found in this part itself is no longer why it can't air.
        findings=[],
        master_sha256=None,
        checked_at=now,
    )
