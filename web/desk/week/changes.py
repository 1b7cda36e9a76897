"""What a version changes against the published one, for whom, and how many are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler import tell
from station.airtime import Week
from station.grid import Grid, Move, Place, differences
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
    moves = sorted(differences(before, after), key=_order)
    gone, come = ([getattr(move, side) for move in moves].count(None) for side in _SIDES)
    return Changes(
        added=come,
        moved=len(moves) - come - gone,
        removed=gone,
        told=tell.people_told(session, tell.concerned(session, before, after)),
        shown=_named(session, settings, week, moves[first : first + most]),
    )


_SIDES = ("after", "before")


def _order(move: Move) -> tuple[int, int, int]:
    place = move.before or move.after
    kind = 0 if move.after is None else 1 if move.before is not None else 2
    return kind, 0 if place is None else place.start, move.request_id


def _named(session: Session, settings: Settings, week: Week, moves: Sequence[Move]) -> list[Change]:
    query = (
        sa.select(Request.id, Request.title, Person.name)
        .outerjoin(Person, Person.account_id == Request.account_id)
        .where(Request.id.in_([move.request_id for move in moves]))
    )
    who = {number: (title, name or "") for number, title, name in session.execute(query)}

    def spot(place: Place | None) -> Spot | None:
        if place is None:
            return None
        return Spot(week.instant(place.start, settings.slots), place.channel)

    return [Change(*who[move.request_id], spot(move.before), spot(move.after)) for move in moves]
