"""A standing choice says what a person's airtime becomes in a week they sent nothing for."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.db import Base


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
