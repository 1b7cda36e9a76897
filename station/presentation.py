"""How a person's pieces are presented: what follows a short one, what is said before each."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.db import Base
from station.treatment import Ident, Short


class Presentation(Base):
    """One account's choices, taken over into each later upload.

    `recording_id` is the piece that follows a short one; `ident_upload_sha256` names the stored
    bytes of a recorded ident, `ident_words` are spoken.
    """

    __tablename__ = "presentations"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    short: Mapped[str] = mapped_column(default=Short.FILL)
    recording_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recordings.id"))
    ident: Mapped[str] = mapped_column(default=Ident.NONE)
    ident_words: Mapped[str] = mapped_column(default="")
    ident_upload_sha256: Mapped[str | None]
    level: Mapped[bool] = mapped_column(default=False)
    clean: Mapped[bool] = mapped_column(default=False)
    chosen_at: Mapped[datetime]
