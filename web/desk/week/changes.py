"""What a version changes against the published one, for whom, and how many are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler import tell
from station.airtime import Week
from station.differences import changed
from station.grid import Grid
from station.members import Person
from station.rights import Request
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as people see it; `channel` counts from 0."""

    at: datetime
    channel: int


@dataclass(frozen=True, slots=True)
class Change:
    """What changes for one piece: None is no place."""

    request_id: int
    title: str
    name: str
    before: Spot | None
    after: Spot | None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many pieces come, move and go, how many people are told, and some of the pieces."""

    added: int
    moved: int
    removed: int
    told: int
    shown: Sequence[Change]

    @property
    def all(self) -> int:
        """How many pieces change."""
        return self.added + self.moved + self.removed


def changes(
    session: Session,
    settings: Settings,
    week: Week,
    before: Grid | None,
    after: Grid,
    first: int,
    most: int,
) -> Changes:
    """What `after` changes, with at most so many pieces from the `first` on, which counts from 0.

    Those who go come first, then those who move, then those who come, each by time.
    """
    table = changed(before, after).c
    was, is_there = table.old_start.is_not(None), table.new_start.is_not(None)
    count = sa.func.count()
    counts = sa.select(count.filter(~was), count.filter(was & is_there), count.filter(~is_there))
    added, moved, removed = session.execute(counts).one()
    return Changes(
        added=added,
        moved=moved,
        removed=removed,
        told=tell.people_told(session, before, after),
        shown=_rows(session, settings, week, table, first, most) if most else (),
    )


def _rows(
    session: Session, settings: Settings, week: Week, table: Any, first: int, most: int
) -> list[Change]:
    kind = sa.case((table.new_start.is_(None), 0), (table.old_start.is_not(None), 1), else_=2)
    places = (table.old_channel, table.old_start, table.new_channel, table.new_start)
    query = (
        sa.select(Request.id, Request.title, Person.name, *places)
        .join(Request, Request.id == table.request_id)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .order_by(kind, sa.func.coalesce(table.old_start, table.new_start), Request.id)
        .offset(first)
        .limit(most)
    )

    def spot(channel: int | None, start: int | None) -> Spot | None:
        if channel is None or start is None:
            return None
        return Spot(week.instant(start, settings.slots), channel)

    return [
        Change(number, title, name or "", spot(old, start), spot(new, then))
        for number, title, name, old, start, new, then in session.execute(query)
    ]
