"""A live show is a presenter's way onto the air, by a password good for one reserved block."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station.airtime import Week
from station.db import Base
from station.grid import ReservedBlock


class LiveShow(Base):
    """Who may be heard live in a reserved block, and by which password; random, never chosen."""

    __tablename__ = "live_shows"

    id: Mapped[int] = mapped_column(primary_key=True)
    block_id: Mapped[int] = mapped_column(sa.ForeignKey("reserved_blocks.id"), index=True)
    presenter: Mapped[str]
    password: Mapped[str]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    block: Mapped[ReservedBlock] = relationship()


def presenters(session: Session, week: Week) -> dict[int, str]:
    """Who may be heard live in a week's blocks, by the block's id."""
    query = (
        sa.select(LiveShow.block_id, LiveShow.presenter)
        .join(ReservedBlock, ReservedBlock.id == LiveShow.block_id)
        .where(ReservedBlock.week == str(week), LiveShow.withdrawn_at.is_(None))
        .order_by(LiveShow.id)
    )
    found = session.execute(query).all()
    return {block_id: presenter for block_id, presenter in found}  # noqa: C416  typed
