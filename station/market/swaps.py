"""Two holders exchange their published places when every rule of the grid allows it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.db import STRICT, Base
from station.rights import Request


class SwapState(StrEnum):
    """Where a proposed swap stands; only `open` can still change."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Swap(Base):
    """One person asks another to exchange the published places of two requests of one week."""

    __tablename__ = "swaps"
    __table_args__ = (
        sa.Index("ix_swaps_asker_id", "asker_id"),
        sa.Index("ix_swaps_asked_id", "asked_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str]
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"))
    wanted_request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"))
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    asked_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    state: Mapped[str] = mapped_column(default=SwapState.OPEN)
    made_at: Mapped[datetime]
    deadline: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    request: Mapped[Request] = relationship(foreign_keys=[request_id])
    wanted_request: Mapped[Request] = relationship(foreign_keys=[wanted_request_id])
