"""The audit tells every broken rule of the ledger, the market and the money; one function a rule.

The database does the work, so that it stays quick when there are hundreds of thousands of rights.
"""

from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.books import market, money
from station.books.journal import entries_with_lines
from station.errors import Violation
from station.ledger import FIRST_HASH, Posting, Right, entry_hash, root_hash
from station.members import Account, AccountKind, station_account
from station.membership import audit as membership

SIDES_OF_A_MOVE = 2


def verify(session: Session) -> list[Violation]:
    """Every broken rule, as a list; empty when the books are whole."""
    return [violation for rule in RULES for violation in rule(session)]


def unbalanced(session: Session) -> Iterator[Violation]:
    """Each right's postings in one entry sum to zero."""
    query = (
        sa.select(Posting.entry_id, Posting.right_id)
        .group_by(Posting.entry_id, Posting.right_id)
        .having(sa.or_(sa.func.sum(Posting.amount) != 0, sa.func.count() != SIDES_OF_A_MOVE))
    )
    for entry_id, right_id in session.execute(query):
        yield Violation(
            "unbalanced",
            f"Entry {entry_id} does not sum to zero for right {right_id}.",
            (str(entry_id), str(right_id)),
        )


def broken_chain(session: Session) -> Iterator[Violation]:
    """Each entry's hash covers its postings and the entry before; none is missing."""
    previous, expected = FIRST_HASH, 1
    for entry, lines in entries_with_lines(session):
        said = (entry.id, entry.at, entry.kind, entry.reference)
        if entry.id != expected or entry.hash != entry_hash(previous, *said, lines):
            yield Violation(
                "chain", f"Entry {entry.id} was changed, or one before it.", (str(entry.id),)
            )
            return
        previous, expected = entry.hash, entry.id + 1
    if root_hash(session) != previous:
        yield Violation("chain", "The newest entries are missing.", (str(expected),))


def misplaced(session: Session) -> Iterator[Violation]:
    """Each right is where `rights.account_id` says."""
    balance = (
        sa.select(Posting.right_id, Posting.account_id)
        .group_by(Posting.right_id, Posting.account_id)
        .having(sa.func.sum(Posting.amount) == 1)
        .subquery()
    )
    there = sa.and_(balance.c.right_id == Right.id, balance.c.account_id == Right.account_id)
    query = sa.select(Right).outerjoin(balance, there).where(balance.c.right_id.is_(None))
    for right in session.scalars(query):
        yield Violation(
            "misplaced", f"Right {right} is not where its postings put it.", (str(right.id),)
        )


def overdrawn(session: Session) -> Iterator[Violation]:
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


def unconserved(session: Session) -> Iterator[Violation]:
    """What a week's postings issued and where they put it are both that week's rights."""
    issuance = station_account(session, AccountKind.ISSUANCE)
    out = sa.case((Posting.account_id == issuance, -Posting.amount), else_=0)
    placed = sa.case((Posting.account_id == issuance, 0), else_=Posting.amount)
    query = (
        sa.select(
            Right.week,
            sa.func.count(sa.distinct(Right.id)),
            sa.func.sum(out),
            sa.func.sum(placed),
        )
        .outerjoin(Posting, Posting.right_id == Right.id)
        .group_by(Right.week)
        .order_by(Right.week)
    )
    for week, rights, issued, places in session.execute(query):
        if not rights == issued == places:
            yield Violation(
                "unconserved",
                f"Week {week} has {rights} rights, of which {issued} were issued and {places} "
                "have a place.",
                (week,),
            )


RULES: tuple[Callable[[Session], Iterable[Violation]], ...] = (
    *(unbalanced, broken_chain, misplaced, overdrawn, unconserved),
    *market.RULES,
    *money.RULES,
    *membership.RULES,
)
