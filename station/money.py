"""Money has a book of its own: integer cents, appended and never edited, linked by reference.

The station's own money is fees and refunds. Members settle sales with each other: such a line
says what they told the station, and no money of theirs was ever held here.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import STRICT, Base
from station.lengths import figures

CURRENCY_SIGNS = {"ZAR": "R", "EUR": "€", "GBP": "£", "USD": "$"}


class MoneyKind(StrEnum):
    """What was paid, or is owed."""

    FEE = "fee"
    REFUND_DUE = "refund-due"
    REFUND_PAID = "refund-paid"
    SALE = "sale"


class MoneyEntry(Base):
    """One line of the money book; append-only.

    `cents` is above zero; `account_id` is whose it is (payer of a fee, receiver of a refund,
    buyer of a sale) and `other_account_id` the seller of a sale. `vat_cents` is the part of
    `cents` that is value-added tax. `reference` names the invoice or the offer.
    """

    __tablename__ = "money_entries"
    __table_args__ = (
        sa.CheckConstraint("cents > 0", name="above_zero"),
        sa.CheckConstraint("vat_cents >= 0 AND vat_cents < cents", name="vat_is_a_part"),
        sa.CheckConstraint("(kind = 'sale') = (other_account_id IS NOT NULL)", name="sale_has_two"),
        sa.Index("ix_money_entries_account_id", "account_id"),
        sa.Index("ix_money_entries_reference", "reference"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    other_account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"))
    cents: Mapped[int]
    vat_cents: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str]
    reference: Mapped[str]


def record(
    session: Session,
    kind: MoneyKind,
    account_id: int,
    cents: int,
    currency: str,
    reference: str,
    now: datetime,
    vat_cents: int = 0,
    other_account_id: int | None = None,
) -> MoneyEntry:
    """Append one line to the money book."""
    entry = MoneyEntry(
        at=now,
        kind=kind,
        account_id=account_id,
        other_account_id=other_account_id,
        cents=cents,
        vat_cents=vat_cents,
        currency=currency,
        reference=reference,
    )
    session.add(entry)
    session.flush()
    return entry


def shown(cents: int, currency: str) -> str:
    """A sum in a book or on a receipt, with its cents: R500.00, -R12.50."""
    return f"{'-' if cents < 0 else ''}{_sum(abs(cents), currency, '#,##0.00')}"


def price(cents: int, currency: str) -> str:
    """A price: R150, R99.50, or CHF 20."""
    return _sum(cents, currency, "#,##0.00" if cents % 100 else "#,##0")


def _sum(cents: int, currency: str, pattern: str) -> str:
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    return f"{sign}{figures(Decimal(cents) / 100, pattern)}"
