"""An alarm is raised once for each trouble on air, acknowledged by a person, ended by itself."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.db import Base


class Alarm(Base):
    """One trouble: since when, where it was heard, and who has taken it on.

    `channel` and `quality` name the mount, where it is one's.
    """

    __tablename__ = "alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    channel: Mapped[int | None]
    quality: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
