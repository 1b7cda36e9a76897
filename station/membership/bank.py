"""A bank's CSV file is read line by line; a line that names an invoice and its sum pays it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.db import STRICT, Base


class Finding(StrEnum):
    """What became of a line of the bank's file."""

    PAID = "paid"  # it paid its invoice
    UNKNOWN = "unknown"  # it names no invoice of ours
    OTHER_SUM = "other-sum"  # it names an invoice of another sum
    ENDED = "ended"  # its invoice was paid before, or is cancelled
    SETTLED = "settled"  # the operator dealt with it by hand


class BankLine(Base):
    """One payment that the bank told of; `digest` knows it again when it is imported twice."""

    __tablename__ = "bank_lines"
    __table_args__ = (sa.Index("ix_bank_lines_finding", "finding"), STRICT)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    day: Mapped[str]  # ISO date, as the bank says it
    cents: Mapped[int]
    description: Mapped[str]
    finding: Mapped[str]
    invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"))
    imported_at: Mapped[datetime]
