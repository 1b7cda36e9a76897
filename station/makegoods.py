"""What did not air through no fault of its holder comes back as a right of a later week."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from station.db import Base
from station.ledger import Right


class Makegood(Base):
    """A right given for another; it airs at a start worth `least_worth` points or more.

    `last_week` is its expiry: unused, it comes back in a later week up to that one.
    """

    __tablename__ = "makegoods"

    right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"), primary_key=True)
    for_right_id: Mapped[int] = mapped_column(sa.ForeignKey("rights.id"), unique=True)
    least_worth: Mapped[int]
    last_week: Mapped[str]
    made_at: Mapped[datetime]

    right: Mapped[Right] = relationship(foreign_keys=[right_id])
