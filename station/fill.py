"""The station's own fill: beds, idents and promos that the operator brought."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from station.db import Base


class FillKind(StrEnum):
    """What a piece of fill is for; the last two are said around a silence."""

    BED = "bed"
    IDENT = "ident"
    PROMO = "promo"
    OPENING = "opening"
    CLOSE = "close"


class FillState(StrEnum):
    """Whether it is used."""

    USED = "used"
    RETIRED = "retired"


class FillPiece(Base):
    """One piece of fill, of any length; `sound_sha256` names its prepared sound in the store."""

    __tablename__ = "fill_pieces"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    upload_sha256: Mapped[str]
    sound_sha256: Mapped[str]
    duration_ms: Mapped[int]
    facts: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=FillState.USED)
    added_at: Mapped[datetime]
