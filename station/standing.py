"""A standing choice says what a person's airtime becomes in a week they sent nothing for."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base
from station.errors import Refusal
from station.languages import gettext as _
from station.ledger import Right, lock
from station.recordings import Master, Recording, RecordingState, is_part
from station.rights import LONGEST_CAUSE, ask, clean_text, for_recording, for_silence
from station.settings import Settings


class StandingKind(StrEnum):
    """What an unused right becomes at the cut-off; without a choice it goes to the pool."""

    POOL = "pool"
    LAST = "last"
    EVERGREEN = "evergreen"
    SILENCE = "silence"


class StandingChoice(Base):
    """One account's choice: silence has a cause, an evergreen its recording."""

    __tablename__ = "standing_choices"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    kind: Mapped[str]
    cause: Mapped[str | None]
    recording_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recordings.id"))
    chosen_at: Mapped[datetime]


def choose(
    session: Session,
    account_id: int,
    kind: StandingKind,
    now: datetime,
    cause: str | None = None,
    recording_id: int | None = None,
) -> StandingChoice:
    """Choose what becomes of every later week that nothing is sent for.

    Raises WrongInput `text-missing` or `text-long` for the cause of a silence, Refusal
    `recording-not-yours` or `recording-not-accepted` for an evergreen piece.
    """
    # Two choices of one person take turns.
    lock(session)
    silent, evergreen = kind == StandingKind.SILENCE, kind == StandingKind.EVERGREEN
    words = clean_text(cause or "", _("cause"), LONGEST_CAUSE) if silent else None
    piece = require_accepted(session, account_id, recording_id) if evergreen else None
    choice = choice_of(session, account_id) or StandingChoice(account_id=account_id)
    choice.kind, choice.cause, choice.recording_id, choice.chosen_at = kind, words, piece, now
    session.add(choice)
    session.flush()
    return choice


def choice_of(session: Session, account_id: int) -> StandingChoice | None:
    """What an account chose, if it did."""
    return session.get(StandingChoice, account_id)


def accepted_recordings(session: Session, settings: Settings, account_id: int) -> list[Recording]:
    """An account's recordings that can air again, newest first."""
    query = _can_air(settings).where(Recording.account_id == account_id)
    return list(session.scalars(query.order_by(Recording.id.desc())))


def require_accepted(session: Session, account_id: int, recording_id: int | None) -> int:
    """The id of a recording that an account may let air again.

    Raises Refusal `recording-not-yours` or `recording-not-accepted`.
    """
    recording = session.get(Recording, recording_id) if recording_id is not None else None
    if recording is None or recording.account_id != account_id:
        raise Refusal("recording-not-yours")
    if recording.state != RecordingState.ACCEPTED:
        raise Refusal("recording-not-accepted", title=recording.title)
    return recording.id


def apply(session: Session, settings: Settings, unused: Sequence[Right], now: datetime) -> set[int]:
    """Let unused rights ask for what their holders chose; returns the ids of those that do.

    Where there is nothing to choose from (no piece was accepted yet), a right stays unused.
    """
    query = sa.select(StandingChoice).where(
        StandingChoice.account_id.in_({right.account_id for right in unused}),
        StandingChoice.kind != StandingKind.POOL,
    )
    choices = {choice.account_id: choice for choice in session.scalars(query)}
    pieces = _pieces(session, settings, list(choices.values()))
    requests = []
    for right in unused:
        choice = choices.get(right.account_id)
        if choice is not None and choice.cause is not None:
            requests.append(for_silence(right, choice.cause, [], now))
        elif right.account_id in pieces:
            requests.append(for_recording(right, pieces[right.account_id], [], now))
    ask(session, requests, now)
    return {request.right_id for request in requests}


def _pieces(
    session: Session, settings: Settings, choices: Sequence[StandingChoice]
) -> dict[int, Recording]:
    """The recording that airs again for each account that chose one, where it still can."""
    last = [one.account_id for one in choices if one.kind == StandingKind.LAST]
    chosen = [one.recording_id for one in choices if one.recording_id is not None]
    query = _can_air(settings).where(
        sa.or_(Recording.account_id.in_(last), Recording.id.in_(chosen))
    )
    # Later ids overwrite earlier ones: the newest piece is left.
    return {piece.account_id: piece for piece in session.scalars(query.order_by(Recording.id))}


def _can_air(settings: Settings) -> sa.Select[Recording]:
    """The recordings whose pieces are whole slots of this station."""
    return (
        sa.select(Recording)
        .join(Master, Master.sha256 == Recording.master_sha256)
        .where(
            Recording.state == RecordingState.ACCEPTED,
            Master.duration_ms == settings.station.slot_seconds * 1000,
            # Half a piece can't stand for itself.
            ~is_part(),
        )
    )
