"""Rights are issued in their week's order, one issuer at a time; a year's for thousands at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.db import Whole
from station.ledger import (
    POSTINGS,
    RIGHTS,
    WEEKS_IN_A_YEAR,
    EntryKind,
    Right,
    append,
    lines_of,
    lock,
)
from station.members import AccountKind, station_account


def issue_years(
    session: Session,
    account_ids: Sequence[int],
    first: Week,
    now: datetime,
    weeks: int = WEEKS_IN_A_YEAR,
) -> list[int]:
    """Issue each account one right for each of the next weeks, in one entry an account.

    Returns the rights' ids, account by account.
    """
    labels = [str(first.plus(n)) for n in range(weeks)]
    return _issue(session, account_ids, labels, EntryKind.ISSUE, now, "")


def issue_one(
    session: Session,
    account_id: int,
    week: Week,
    kind: EntryKind,
    now: datetime,
    reference: str = "",
) -> Right:
    """Issue an account one more right of a week."""
    (right_id,) = _issue(session, [account_id], [str(week)], kind, now, reference)
    return session.get_one(Right, right_id)


def _issue(
    session: Session,
    account_ids: Sequence[int],
    labels: Sequence[str],
    kind: EntryKind,
    now: datetime,
    reference: str,
) -> list[int]:
    """Number each week's new rights in the accounts' order, after those that are there."""
    session.flush()
    lock(session)
    issuance = station_account(session, AccountKind.ISSUANCE)
    used = sa.select(RIGHTS.c.week, sa.func.max(RIGHTS.c.number)).where(RIGHTS.c.week.in_(labels))
    last = dict.fromkeys(labels, 0) | dict(session.execute(used.group_by(RIGHTS.c.week)).all())
    weeks = _rows(last.items(), week=sa.Text, last=Whole)
    given = _rows(enumerate(account_ids, start=1), place=Whole, account_id=Whole)
    made = session.execute(
        sa.insert(RIGHTS)
        .from_select(
            ["week", "number", "origin_account_id", "account_id"],
            sa.select(
                weeks.c.week,
                weeks.c.last + given.c.place,
                given.c.account_id,
                given.c.account_id.label("holder"),
            )
            .select_from(given.join(weeks, sa.true()))
            .order_by(given.c.place, weeks.c.week),
        )
        .returning(RIGHTS.c.id, RIGHTS.c.week, RIGHTS.c.number)
    )
    years: list[list[int]] = [[] for _ in account_ids]
    for right_id, week, number in made:
        years[number - last[week] - 1].append(right_id)
    lines = [lines_of(year, issuance, one) for one, year in zip(account_ids, years, strict=True)]
    newest = append(session, kind, lines, now, reference)
    # From the rights themselves: hundreds of thousands of rows needn't come and go.
    sides = _rows([(-1,), (1,)], amount=Whole)
    session.execute(
        sa.insert(POSTINGS).from_select(
            ["entry_id", "right_id", "account_id", "amount"],
            sa.select(
                RIGHTS.c.number - weeks.c.last + (newest - len(account_ids)),
                RIGHTS.c.id,
                sa.case((sides.c.amount == 1, RIGHTS.c.account_id), else_=issuance),
                sides.c.amount,
            )
            .select_from(RIGHTS.join(weeks, RIGHTS.c.week == weeks.c.week).join(sides, sa.true()))
            .where(RIGHTS.c.number > weeks.c.last)
            .order_by(RIGHTS.c.id),
        )
    )
    return [right_id for year in years for right_id in year]


def _rows(rows: Iterable[tuple[Any, ...]], **columns: Any) -> sa.CTE:
    """Some rows of our own that a statement can read as a table."""
    named = [sa.column(name, kind) for name, kind in columns.items()]
    return sa.values(*named, literal_binds=True).data(list(rows)).cte()
