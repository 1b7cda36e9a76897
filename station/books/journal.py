"""The journal tells the ledger and the money book as plain text that hledger reads."""

import json
from collections.abc import Iterator
from contextlib import closing

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.ledger import Entry, Line, Posting, Right
from station.members import Account, Person
from station.money import MoneyEntry, MoneyKind

ENTRIES_AT_ONCE = 500
BANK, FEES, VAT, REFUNDS = "assets:bank", "income:fees", "liabilities:vat", "liabilities:refunds"


def journal(session: Session) -> Iterator[str]:
    """Every entry of the ledger, one commodity a right; then every line of the money book."""
    names = account_names(session)
    weeks = dict(session.execute(sa.select(Right.id, Right.week)).all())
    for entry, lines in entries_with_lines(session):
        reference = f" | {entry.reference}" if entry.reference else ""
        yield f"{entry.at:%Y-%m-%d} ({entry.id}) {entry.kind}{reference}  ; hash:{entry.hash}"
        for line in sorted(lines, key=lambda line: (line.right_id, line.amount)):
            commodity = f'"right {line.right_id} of {weeks[line.right_id]}"'
            yield f"    {names[line.account_id]}  {line.amount} {commodity}"
        yield ""
    for paid in session.scalars(sa.select(MoneyEntry).order_by(MoneyEntry.id)):
        yield f"{paid.at:%Y-%m-%d} (money {paid.id}) {paid.kind} | {paid.reference}"
        for account, cents in _money_lines(paid, names):
            yield f"    {account}  {paid.currency} {decimal(cents)}"
        yield ""


def decimal(cents: int) -> str:
    """Cents as a decimal number: -150 is -1.50."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def account_names(session: Session) -> dict[int, str]:
    """Each account's name in the journal: its kind, and its number where a person owns it."""
    query = sa.select(Account.id, Account.kind, Person.id).outerjoin(
        Person, Person.account_id == Account.id
    )
    return {
        account_id: kind if person_id is None else f"{kind}:{person_id}"
        for account_id, kind, person_id in session.execute(query)
    }


def entries_with_lines(session: Session) -> Iterator[tuple[Entry, list[Line]]]:
    """Every entry with its postings, oldest first, without holding them all in memory."""
    parts = (Posting.right_id, Posting.account_id, Posting.amount)
    right_id, account_id, amount = (sa.cast(part, sa.Text) for part in parts)
    line = "[" + right_id + "," + account_id + "," + amount + "]"
    query = (
        sa.select(Entry, sa.func.aggregate_strings(line, ","))
        .outerjoin(Posting, Posting.entry_id == Entry.id)
        .group_by(Entry.id)
        .order_by(Entry.id)
        .execution_options(yield_per=ENTRIES_AT_ONCE)
    )
    # Closed even when the reader stops early: PostgreSQL keeps a cursor for it.
    with closing(session.execute(query)) as found:
        for entry, lines in found:
            yield entry, [Line(*line) for line in json.loads(f"[{lines or ''}]")]


def _money_lines(paid: MoneyEntry, names: dict[int, str]) -> list[tuple[str, int]]:
    """A line of the money book as accounts and cents that sum to zero."""
    match MoneyKind(paid.kind):
        case MoneyKind.FEE:
            lines = [(BANK, paid.cents), *_income(-paid.cents, -paid.vat_cents)]
        case MoneyKind.REFUND_DUE:
            lines = [*_income(paid.cents, paid.vat_cents), (REFUNDS, -paid.cents)]
        case MoneyKind.REFUND_PAID:
            lines = [(REFUNDS, paid.cents), (BANK, -paid.cents)]
        case MoneyKind.SALE:
            # The seller's gain is the buyer's spending; the station had none of it.
            seller = names[paid.other_account_id or 0]
            lines = [(seller, paid.cents), (names[paid.account_id], -paid.cents)]
    return [(account, cents) for account, cents in lines if cents]


def _income(cents: int, vat_cents: int) -> list[tuple[str, int]]:
    return [(FEES, cents - vat_cents), (VAT, vat_cents)]
