"""What changed between two versions of a week is found by the database, by request."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, object_session

from station.grid import Grid, Place, Placement


@dataclass(frozen=True, slots=True)
class Move:
    """One difference between two versions; None means not in that version."""

    request_id: int
    before: Place | None
    after: Place | None


def differences(before: Grid | None, after: Grid) -> list[Move]:
    """What changed between two versions, by request; a moved worth alone is no change.

    Raises ValueError when `after` is in no session.
    """
    session = object_session(after)
    if session is None:
        raise ValueError(f"version {after.version} of {after.week} is in no session")
    changes = changed(before, after)
    return [
        Move(number, _place(number, *row[:3]), _place(number, *row[3:]))
        for number, *row in session.execute(sa.select(changes).order_by(changes.c.request_id))
    ]


def changed(before: Grid | None, after: Grid) -> sa.Subquery:
    """What changed between two versions, as a table that a query may join and count.

    Its columns are `request_id`, and the `channel`, `start` and `worth` of the place that was and
    of the place that is, each with `old_` or `new_` before it; all three are null for no place.
    """
    old, new = aliased(Placement), aliased(Placement)
    earlier, later = old.grid_id == (before.id if before else None), new.grid_id == after.id
    columns = [
        getattr(part, name).label(f"{which}_{name}")
        for which, part in (("old", old), ("new", new))
        for name in ("channel", "start", "worth")
    ]
    elsewhere = sa.or_(old.channel != new.channel, old.start != new.start)
    here = (
        sa.select(new.request_id, *columns)
        .outerjoin(old, sa.and_(earlier, old.request_id == new.request_id))
        .where(later, sa.or_(old.request_id.is_(None), elsewhere))
    )
    gone = (
        sa.select(old.request_id, *columns)
        .outerjoin(new, sa.and_(later, new.request_id == old.request_id))
        .where(earlier, new.request_id.is_(None))
    )
    return sa.union_all(here, gone).subquery()


def _place(
    request_id: int, channel: int | None, start: int | None, worth: int | None
) -> Place | None:
    if channel is None or start is None or worth is None:
        return None
    return Place(request_id, channel, start, worth)
