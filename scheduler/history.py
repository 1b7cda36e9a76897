"""What the published weeks before say about each account."""

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler import carry
from scheduler.carry import Got
from scheduler.clock import Clock, night_windows
from station import grid
from station.airtime import Week
from station.figures import fairness
from station.grid import Grid, Placement
from station.rights import Request

# Who was on air by night only is looked for in so many weeks.
WEEKS_BACK = 8


def got(session: Session, week: Week) -> dict[int, Got]:
    """What each account's starts were worth earlier this year, and how many they were."""
    # ISO week labels sort as their weeks do.
    earlier = Grid.week >= f"{week.year:04}-W01", Grid.week < str(week)
    return {
        one.account_id: Got(float(one.worth), one.starts)
        for one in fairness.shares(session, sa.and_(*earlier))
    }


def tired_of_nights(session: Session, clock: Clock) -> set[int]:
    """The accounts that were on air by night only each of the last times, as often as is enough.

    A week off the air in between changes nothing, if it is not long ago.
    """
    runs, by_day = Counter[int](), set[int]()
    for back in range(1, WEEKS_BACK + 1):
        earlier = Clock(clock.week.plus(-back), clock.settings, 0)
        shown = grid.published(session, earlier.week)
        nights = {start for window in night_windows(earlier) for start in range(*window)}
        places = [] if shown is None else _starts(session, shown)
        by_day |= {account for account, start in places if start not in nights}
        runs.update({account for account, _ in places} - by_day)
    return {account for account, run in runs.items() if run >= carry.MOST_NIGHTS}


def _starts(session: Session, shown: Grid) -> list[tuple[int, int]]:
    """Whose request starts where in a version, in columns: they are thousands."""
    query = sa.select(Request.account_id, Placement.start).join(
        Placement, Placement.request_id == Request.id
    )
    return [
        (account, start)
        for account, start in session.execute(query.where(Placement.grid_id == shown.id))
    ]
