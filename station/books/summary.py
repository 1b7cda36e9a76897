"""The station's statement: where the rights of each week are, and what money came and went."""

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, fields

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.ledger import Right
from station.members import Account, AccountKind
from station.money import MoneyEntry, shown
from station.settings import Settings

PLACES = {
    AccountKind.MEMBER: "held",
    AccountKind.BUYER: "held",
    AccountKind.ESCROW: "escrow",
    AccountKind.POOL: "pooled",
    AccountKind.AIRED: "aired",
    AccountKind.EXPIRED: "expired",
    AccountKind.VOIDED: "voided",
    AccountKind.MAKEGOOD: "makegood",
}


@dataclass(frozen=True, slots=True)
class WeekLine:
    """How many rights of a week were issued, and where they are: the others add up to `issued`.

    `held` are in people's hands; for each one in `makegood` a later right was or will be given.
    """

    week: str
    issued: int = 0
    held: int = 0
    escrow: int = 0
    pooled: int = 0
    aired: int = 0
    expired: int = 0
    voided: int = 0
    makegood: int = 0


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """All money of one kind: how often, how much, and the value-added tax in it."""

    kind: str
    currency: str
    times: int
    cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True)
class StationStatement:
    """The rights of the weeks from `first` to `last`, and the money of those weeks' days."""

    first: str | None
    last: str | None
    weeks: tuple[WeekLine, ...]
    money: tuple[MoneyLine, ...]

    @property
    def total(self) -> WeekLine:
        """All weeks together."""
        counts: Counter[str] = Counter()
        for line in self.weeks:
            counts.update(counted(line))
        return WeekLine("total", **counts)


COUNTS = tuple(field.name for field in fields(WeekLine) if field.name != "week")


def summary(
    session: Session, settings: Settings, first: str | None = None, last: str | None = None
) -> StationStatement:
    """The statement of a range of weeks, both ends included; without ends, of everything.

    Raises WrongInput `week-unknown`.
    """
    begins = Week.parse(first, settings.zone) if first else None
    ends = Week.parse(last, settings.zone) if last else None
    return StationStatement(
        first=str(begins) if begins else None,
        last=str(ends) if ends else None,
        weeks=_weeks(session, begins, ends),
        money=_money(session, begins, ends),
    )


def counted(line: WeekLine) -> dict[str, int]:
    """A week's counts by their names."""
    return {name: count for name, count in asdict(line).items() if name in COUNTS}


def lines_of(statement: StationStatement) -> list[str]:
    """A station's statement as lines of text."""
    head = f"{'week':8}" + "".join(f"{name:>10}" for name in COUNTS)
    rows = [
        f"{line.week:8}" + "".join(f"{count:10}" for count in counted(line).values())
        for line in (*statement.weeks, statement.total)
    ]
    money = [
        f"{line.kind} ({line.times}): {shown(line.cents, line.currency)}, "
        f"VAT in it {shown(line.vat_cents, line.currency)}"
        for line in statement.money
    ]
    return [head, *rows, "", *(money or ["No money came or went."])]


def _weeks(session: Session, first: Week | None, last: Week | None) -> tuple[WeekLine, ...]:
    query = (
        sa.select(Right.week, Account.kind, sa.func.count())
        .join(Account, Account.id == Right.account_id)
        .group_by(Right.week, Account.kind)
        .order_by(Right.week)
    )
    # ISO week labels sort as their weeks do.
    if first is not None:
        query = query.where(Right.week >= str(first))
    if last is not None:
        query = query.where(Right.week <= str(last))
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for week, kind, rights in session.execute(query):
        found[week].update({"issued": rights, PLACES[AccountKind(kind)]: rights})
    return tuple(WeekLine(week, **counts) for week, counts in found.items())


def _money(session: Session, first: Week | None, last: Week | None) -> tuple[MoneyLine, ...]:
    query = (
        sa.select(
            MoneyEntry.kind,
            MoneyEntry.currency,
            sa.func.count(),
            sa.func.sum(MoneyEntry.cents),
            sa.func.sum(MoneyEntry.vat_cents),
        )
        .group_by(MoneyEntry.kind, MoneyEntry.currency)
        .order_by(MoneyEntry.kind, MoneyEntry.currency)
    )
    if first is not None:
        query = query.where(MoneyEntry.at >= first.span.start)
    if last is not None:
        query = query.where(MoneyEntry.at < last.span.end)
    # PostgreSQL sums whole numbers into decimals.
    return tuple(
        MoneyLine(kind, currency, times, int(cents), int(vat_cents))
        for kind, currency, times, cents, vat_cents in session.execute(query)
    )
