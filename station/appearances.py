"""A calendar knows each time a person is on air, and every move and cancellation of it.

All of it is told by the versions of a week that were published, which are kept.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import rights
from station.airtime import Week
from station.grid import Grid, Placement
from station.rights import Request, RequestKind, RequestState
from station.settings import Settings
from station.takedowns import Takedown

# A quarter: every calendar has seen by then what was cancelled.
WEEKS_KEPT = 13
# Deadlines that are further off would only fill a calendar.
DEADLINES_AHEAD = timedelta(weeks=5)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a published version has a request; both are counted from 0."""

    request_id: int
    channel: int
    start: int


@dataclass(frozen=True, slots=True)
class Told:
    """What the published versions tell of one slot: its place, or its last one if cancelled.

    `sequence` rises with each move, cancellation and return (RFC 5545, 3.8.7.4); `changed_at` is
    when the version was published that last changed it.
    """

    place: Place
    sequence: int
    cancelled: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Appearance:
    """One right's slot on air; `channel` counts from 0."""

    right_id: int
    request_id: int
    title: str
    silent: bool
    channel: int
    at: datetime
    told: Told


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when so many rights of a week can be used that nothing was sent for."""

    week: Week
    closes: datetime
    unused: int


def told_by(
    versions: Iterable[tuple[datetime, Place | None]], gone: Collection[int]
) -> Told | None:
    """What a week's published versions, oldest first, tell of one right's slot.

    Each is when it was published, and the slot's place in it. `gone` are the requests that will
    not air though a version still has them. None for a slot that no version has.
    """
    place, last, changes, changed_at = None, None, -1, None
    for published_at, found in versions:
        if found != last:
            last, changes, changed_at = found, changes + 1, published_at
            place = found or place
    if place is None or changed_at is None:
        return None
    withdrawn = last is not None and last.request_id in gone
    # Twice, so that there is a number for what is withdrawn between two versions.
    return Told(place, 2 * changes + withdrawn, last is None or withdrawn, changed_at)


def appearances(
    session: Session, settings: Settings, account_id: int, now: datetime
) -> list[Appearance]:
    """An account's slots in the published weeks that a calendar keeps, earliest first."""
    first = Week.of(now, settings.zone).plus(-WEEKS_KEPT)
    placed = _placed(session, account_id, first)
    requests = {request.id: request for _, _, request in placed}
    versions = _versions(session, {request.week for request in requests.values()})
    gone = _gone(session, requests.values())
    found = []
    for right_id in sorted({request.right_id for request in requests.values()}):
        places = {
            grid_id: place for grid_id, place, request in placed if request.right_id == right_id
        }
        label = next(one.week for one in requests.values() if one.right_id == right_id)
        history = [(at, places.get(grid_id)) for grid_id, at in versions[label]]
        told = told_by(history, gone)
        if told is not None:
            week = Week.parse(label, settings.zone)
            found.append(_appearance(settings, week, requests[told.place.request_id], told))
    return sorted(found, key=lambda one: (one.at, one.right_id))


def deadlines(
    session: Session, settings: Settings, account_id: int, now: datetime
) -> list[Deadline]:
    """The deadlines before an account that it has nothing sent for, of the next few weeks."""
    unused = rights.unused(session, account_id, Week.of(now, settings.zone))
    weeks = [right.parsed_week(settings.zone) for right in unused]
    found = [
        Deadline(week, rights.cutoff(week, settings), weeks.count(week))
        for week in dict.fromkeys(weeks)
    ]
    return [one for one in found if now < one.closes <= now + DEADLINES_AHEAD]


def _appearance(settings: Settings, week: Week, request: Request, told: Told) -> Appearance:
    return Appearance(
        right_id=request.right_id,
        request_id=request.id,
        title=request.title,
        silent=request.kind == RequestKind.SILENCE,
        channel=told.place.channel,
        at=week.instant(told.place.start, settings.slots),
        told=told,
    )


def _placed(session: Session, account_id: int, first: Week) -> Sequence[tuple[int, Place, Request]]:
    """Every place that an account's requests have or had in a published version, by its grid."""
    query = (
        sa.select(Placement, Request)
        .join(Request, Request.id == Placement.request_id)
        .join(Grid, sa.and_(Grid.id == Placement.grid_id, Grid.week == Request.week))
        .where(
            Request.account_id == account_id,
            Request.week >= str(first),
            Grid.published_at.is_not(None),
        )
    )
    return [
        (one.grid_id, Place(one.request_id, one.channel, one.start), request)
        for one, request in session.execute(query)
    ]


def _versions(session: Session, labels: Collection[str]) -> dict[str, list[tuple[int, datetime]]]:
    """Each week's published versions, oldest first: their ids, and when they were published."""
    query = sa.select(Grid.week, Grid.id, Grid.published_at).where(Grid.week.in_(labels))
    found: dict[str, list[tuple[int, datetime]]] = {label: [] for label in labels}
    for label, grid_id, published_at in session.execute(query.order_by(Grid.version)):
        if published_at is not None:
            found[label].append((grid_id, published_at))
    return found


def _gone(session: Session, requests: Iterable[Request]) -> set[int]:
    """Which requests will not air, whatever a version says: withdrawn, or taken off air."""
    asked = {one.id: one for one in requests}
    query = sa.select(Takedown.request_id).where(Takedown.request_id.in_(asked))
    taken = {request_id for request_id in session.scalars(query) if request_id is not None}
    return taken | {key for key, one in asked.items() if one.state != RequestState.OPEN}
