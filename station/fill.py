"""The station's own fill: beds, idents and promos that the operator brought.

What was brought is prepared by the worker, which then makes the station's fill anew; each change
here promises that.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, compare_and_set
from station.errors import Refusal
from station.jobs import JobKind, promise
from station.languages import gettext as _
from station.rights import LONGEST_TITLE, clean_text
from station.treatment import FillKind


class FillState(StrEnum):
    """Whether it waits to be prepared, is used, could not be, or is used no longer."""

    RECEIVED = "received"
    USED = "used"
    REJECTED = "rejected"
    RETIRED = "retired"


class FillPiece(Base):
    """One piece of fill, of any length; `sound_sha256` names its prepared sound in the store.

    Until it is prepared it has no sound and no length. `facts` are what was found in it: at least
    `sentences`, and `preview_sha256` once it can be heard.
    """

    __tablename__ = "fill_pieces"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    upload_sha256: Mapped[str]
    sound_sha256: Mapped[str] = mapped_column(default="")
    duration_ms: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default=FillState.RECEIVED)
    added_at: Mapped[datetime]


def receive(
    session: Session, kind: FillKind, title: str, upload_sha256: str, now: datetime
) -> FillPiece:
    """Take what an operator brought; its bytes are in the store.

    Raises WrongInput `text-missing` or `text-long` for the title.
    """
    title = clean_text(title, _("title"), LONGEST_TITLE)
    piece = FillPiece(kind=kind, title=title, upload_sha256=upload_sha256, added_at=now)
    session.add(piece)
    session.flush()
    promise_stock(session, now)
    return piece


def accept(
    session: Session,
    piece_id: int,
    sound_sha256: str,
    duration_ms: int,
    facts: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Use a piece that was prepared from now on. False when it waits no longer."""
    accepted = _settle(
        session,
        piece_id,
        state=FillState.USED,
        sound_sha256=sound_sha256,
        duration_ms=duration_ms,
        facts=dict(facts),
    )
    if accepted:
        promise_stock(session, now)
    return accepted


def reject(session: Session, piece_id: int, facts: Mapping[str, Any]) -> bool:
    """Say why a piece can't be used. False when it waits no longer."""
    return _settle(session, piece_id, state=FillState.REJECTED, facts=dict(facts))


def retire(session: Session, piece_id: int, now: datetime) -> FillPiece:
    """Use a piece no longer. Raises Refusal `fill-unknown`."""
    if not compare_and_set(
        session,
        FillPiece,
        FillPiece.id == piece_id,
        FillPiece.state != FillState.RETIRED,
        state=FillState.RETIRED,
    ):
        raise Refusal("fill-unknown", number=piece_id)
    promise_stock(session, now)
    return session.get_one(FillPiece, piece_id, populate_existing=True)


def listed(session: Session) -> list[FillPiece]:
    """Every piece that was not retired, oldest first."""
    query = sa.select(FillPiece).where(FillPiece.state != FillState.RETIRED)
    return list(session.scalars(query.order_by(FillPiece.id)))


def in_state(session: Session, state: FillState) -> list[FillPiece]:
    """The pieces in one state, oldest first."""
    query = sa.select(FillPiece).where(FillPiece.state == state)
    return list(session.scalars(query.order_by(FillPiece.id)))


def promise_stock(session: Session, now: datetime) -> None:
    """Promise that what waits is prepared and the station's fill made anew."""
    promise(session, JobKind.STOCK, "fill", now)


def _settle(session: Session, piece_id: int, **values: Any) -> bool:
    return compare_and_set(
        session,
        FillPiece,
        FillPiece.id == piece_id,
        FillPiece.state == FillState.RECEIVED,
        **values,
    )
