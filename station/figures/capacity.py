"""A week's capacity is set against what was asked of it and what was placed in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Span, Week
from station.figures.spans import weeks_in
from station.grid import Bump, Grid, GridState, Placement, ReservedBlock, makegood_reserve
from station.ledger import Right
from station.members import Account, AccountKind
from station.rights import Request, RequestState
from station.settings import Settings

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Capacity:
    """A week in starts, over all channels: `starts` are all, `sellable` what members may have.

    `rights` were issued and not given back, `asked` are requests that stand, `placed` and `bumped`
    are of the published version; 0 where none is published.
    """

    week: str
    starts: int
    reserved: int
    sellable: int
    rights: int
    asked: int
    placed: int
    bumped: int

    @property
    def placed_percent(self) -> float:
        """The share of the sellable starts in which a member's piece was placed."""
        return HUNDRED * self.placed / self.sellable if self.sellable else 0.0


def capacity(session: Session, settings: Settings, span: Span) -> list[Capacity]:
    """How full each week was that a span touches."""
    weeks = weeks_in(settings, span)
    count, labels = sa.func.count(), [str(week) for week in weeks]
    kept = sa.select(ReservedBlock.week, sa.func.sum(ReservedBlock.length))
    rights = sa.select(Right.week, count).join(Account, Account.id == Right.account_id)
    rights = rights.where(Account.kind != AccountKind.VOIDED)
    asked = sa.select(Request.week, count).where(Request.state == RequestState.OPEN)
    shown = Grid.state == GridState.PUBLISHED
    placed, bumped = (
        sa.select(Grid.week, count).join(part, part.grid_id == Grid.id).where(shown)
        for part in (Placement, Bump)
    )
    found = [_by_week(session, query, labels) for query in (kept, rights, asked, placed, bumped)]
    return [_capacity(settings, week, [one.get(str(week), 0) for one in found]) for week in weeks]


def _by_week(session: Session, query: sa.Select[str, int], labels: Sequence[str]) -> dict[str, int]:
    """What a query of weeks and numbers comes to for each of some weeks; few have nothing."""
    week = query.selected_columns[0]
    rows = session.execute(query.where(week.between(labels[0], labels[-1])).group_by(week))
    # PostgreSQL sums to a decimal.
    return {label: int(number) for label, number in rows}


def _capacity(settings: Settings, week: Week, found: Sequence[int]) -> Capacity:
    reserved, rights, asked, placed, bumped = found
    starts = week.starts(settings.slots) * settings.channels
    return Capacity(
        week=str(week),
        starts=starts,
        reserved=reserved,
        sellable=starts - reserved - makegood_reserve(week, settings),
        rights=rights,
        asked=asked,
        placed=placed,
        bumped=bumped,
    )
