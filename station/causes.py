"""The station keeps a list of causes for silence; its operators moderate it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.db import Base


class CauseState(StrEnum):
    """Whether members may choose it."""

    PROPOSED = "proposed"
    LISTED = "listed"
    DECLINED = "declined"


class Cause(Base):
    """One cause, in the words that are announced; `proposer_id` is the member who asked for it."""

    __tablename__ = "causes"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    proposer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]
