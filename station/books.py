"""The books prove that nothing was lost: an audit with one function a rule, and a journal."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.errors import Violation
from station.ledger import FIRST_HASH, Entry, Line, Posting, Right, entry_hash, root_hash
from station.members import Account, AccountKind, Person


def verify(session: Session) -> list[Violation]:
    """Every broken rule of the ledger, as a list; empty when the books are whole."""
    return [
        violation
        for rule in (_unbalanced, _broken_chain, _misplaced, _overdrawn)
        for violation in rule(session)
    ]


def _unbalanced(session: Session) -> Iterator[Violation]:
    """Each right's postings in one entry sum to zero."""
    query = (
        sa.select(Posting.entry_id, Posting.right_id)
        .group_by(Posting.entry_id, Posting.right_id)
        .having(sa.or_(sa.func.sum(Posting.amount) != 0, sa.func.count() != 2))  # noqa: PLR2004
    )
    for entry_id, right_id in session.execute(query):
        yield Violation(
            "unbalanced",
            f"Entry {entry_id} does not sum to zero for right {right_id}.",
            (str(entry_id), str(right_id)),
        )


def _broken_chain(session: Session) -> Iterator[Violation]:
    """Each entry's hash covers its postings and the entry before; none is missing."""
    previous, expected = FIRST_HASH, 1
    for entry, lines in entries_with_lines(session):
        if entry.id != expected or entry.hash != entry_hash(previous, entry, lines):
            yield Violation(
                "chain", f"Entry {entry.id} was changed, or one before it.", (str(entry.id),)
            )
            return
        previous, expected = entry.hash, entry.id + 1
    if root_hash(session) != previous:
        yield Violation("chain", "The newest entries are missing.", (str(expected),))


def _misplaced(session: Session) -> Iterator[Violation]:
    """Each right has exactly one place, and it is where `rights.account_id` says."""
    balance = (
        sa.select(Posting.right_id, Posting.account_id)
        .group_by(Posting.right_id, Posting.account_id)
        .having(sa.func.sum(Posting.amount) == 1)
        .subquery()
    )
    query = (
        sa.select(Right)
        .outerjoin(
            balance,
            sa.and_(
                balance.c.right_id == Right.id,
                balance.c.account_id == Right.account_id,
            ),
        )
        .where(balance.c.right_id.is_(None))
    )
    for right in session.scalars(query):
        yield Violation(
            "misplaced", f"Right {right} is not where its postings put it.", (str(right.id),)
        )


def _overdrawn(session: Session) -> Iterator[Violation]:
    """No account but issuance gave away a right that it did not have."""
    query = (
        sa.select(Posting.account_id, Posting.right_id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.kind != AccountKind.ISSUANCE)
        .group_by(Posting.account_id, Posting.right_id)
        .having(sa.func.sum(Posting.amount) < 0)
    )
    for account_id, right_id in session.execute(query):
        yield Violation(
            "overdrawn",
            f"Account {account_id} gave away right {right_id} without having it.",
            (str(account_id), str(right_id)),
        )


def entries_with_lines(session: Session) -> Iterator[tuple[Entry, list[Line]]]:
    """Every entry with its postings, oldest first, without holding them all in memory."""
    query = (
        sa.select(Entry, Posting.right_id, Posting.account_id, Posting.amount)
        .outerjoin(Posting, Posting.entry_id == Entry.id)
        .order_by(Entry.id)
        .execution_options(yield_per=5000)
    )
    current: Entry | None = None
    lines: list[Line] = []
    for entry, right_id, account_id, amount in session.execute(query):
        if current is not None and entry.id != current.id:
            yield current, lines
            lines = []
        current = entry
        if right_id is not None:
            lines.append(Line(right_id, account_id, amount))
    if current is not None:
        yield current, lines


def journal(session: Session) -> Iterator[str]:
    """The ledger as a plain-text journal that hledger reads, one commodity a right."""
    names = account_names(session)
    weeks = dict(session.execute(sa.select(Right.id, Right.week)).all())
    for entry, lines in entries_with_lines(session):
        reference = f" | {entry.reference}" if entry.reference else ""
        yield f"{entry.at:%Y-%m-%d} ({entry.id}) {entry.kind}{reference}  ; hash:{entry.hash}"
        for line in sorted(lines, key=lambda line: (line.right_id, line.amount)):
            commodity = f'"right {line.right_id} of {weeks[line.right_id]}"'
            yield f"    {names[line.account_id]}  {line.amount} {commodity}"
        yield ""


def account_names(session: Session) -> dict[int, str]:
    """Each account's name in the journal: its kind, and its number where a person owns it."""
    query = sa.select(Account.id, Account.kind, Person.id).outerjoin(
        Person, Person.account_id == Account.id
    )
    return {
        account_id: kind if person_id is None else f"{kind}:{person_id}"
        for account_id, kind, person_id in session.execute(query)
    }
