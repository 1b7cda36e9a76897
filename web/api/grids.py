"""A version of a week is told by columns: thousands of places are no objects."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.grid import Bump, Grid, GridState, Placement
from station.members import Person
from station.rights import Request, RequestKind
from station.settings import Settings
from web.api.operator_shapes import BumpedRequest, GridVersion, PlacedRequest


def told(session: Session, settings: Settings, shown: Grid) -> GridVersion:
    """Who is where in a version, and who is nowhere."""
    proven = shown.certificate
    return GridVersion(
        week=shown.week,
        version=shown.version,
        state=GridState(shown.state),
        status=proven.get("status"),
        score=proven.get("score"),
        bound=proven.get("bound"),
        gap=proven.get("gap"),
        placed=tuple(_placed(session, settings, shown)),
        bumped=tuple(_bumped(session, shown)),
    )


def _placed(session: Session, settings: Settings, shown: Grid) -> list[PlacedRequest]:
    week, slots = Week.parse(shown.week, settings.zone), settings.slots
    columns = (Request.id, Placement.channel, Placement.start, Request.kind, Request.title)
    query = _of(Placement, shown, *columns, Person.name, Placement.worth)
    return [
        PlacedRequest(
            request=number,
            channel=channel,
            start=start,
            starts=week.instant(start, slots).astimezone(settings.zone),
            silent=kind == RequestKind.SILENCE,
            title=title,
            holder=holder,
            worth=worth,
        )
        for number, channel, start, kind, title, holder, worth in session.execute(
            query.order_by(Placement.start, Placement.channel)
        )
    ]


def _bumped(session: Session, shown: Grid) -> list[BumpedRequest]:
    query = _of(Bump, shown, Request.id, Request.title, Person.name, Bump.reason)
    return [BumpedRequest(*row) for row in session.execute(query.order_by(Request.id))]


def _of(part: type[Placement | Bump], shown: Grid, *columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .select_from(part)
        .join(Request, Request.id == part.request_id)
        .join(Person, Person.account_id == Request.account_id)
        .where(part.grid_id == shown.id)
    )
