"""An invitation is a link that shows who invites; it works so often, so long, and not after."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.db import STRICT, Base
from station.members import Person


class Invitation(Base):
    """One link: used `uses` times of at most `most_uses`; only its token's hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("uses >= 0 AND uses <= most_uses", name="uses_within_cap"),
        sa.Index("ix_invitations_inviter_id", "inviter_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    inviter_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    most_uses: Mapped[int] = mapped_column(default=1)
    uses: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    inviter: Mapped[Person] = relationship()
