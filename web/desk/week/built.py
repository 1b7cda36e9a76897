"""What a version of a week reached and proved, and whom it bumps, why, and what would help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from scheduler.change_names import kept
from station.airtime import Week
from station.grid import Bump, Grid, Placement
from station.languages import gettext as _
from station.members import Person
from station.rights import Request
from station.settings import Settings

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Built:
    """What a build reached and proved; None where its certificate does not say.

    `made` says how a version without a score came about; `reason` is why it was put on show, in
    the operator's words.
    """

    version: int
    state: str
    placed: int
    bumped: int
    score: int | None
    gap_percent: float | None
    made: str
    root_hash: str | None
    published_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """One bumped piece, why it is, and the cheapest change that would help, if one is known."""

    request_id: int
    name: str
    email: str
    title: str
    reason: str
    way_out: str


def built(session: Session, version: Grid | None) -> Built | None:
    """What a version of a week reached and proved."""
    if version is None:
        return None
    placed, bumped = (
        session.scalars(sa.select(sa.func.count()).where(part.grid_id == version.id)).one()
        for part in (Placement, Bump)
    )
    proven: Mapping[str, Any] = version.certificate
    gap = proven.get("gap")
    return Built(
        version=version.version,
        state=version.state,
        placed=placed,
        bumped=bumped,
        score=proven.get("score"),
        gap_percent=None if gap is None else float(gap) * HUNDRED,
        made=_made(proven),
        root_hash=version.root_hash,
        published_at=version.published_at,
        reason=version.reason,
    )


def _made(proven: Mapping[str, Any]) -> str:
    """How a version came about that no build or repair made."""
    match proven.get("status"):
        case "by-hand":
            return _("Moved by hand after version %(version)s.", version=proven["edits"])
        case "rollback":
            return _("As version %(version)s was.", version=proven["of_version"])
        case "swap":
            return _("Two members exchanged their places.")
    return ""


def bumped(
    session: Session, settings: Settings, week: Week, version: Grid, first: int, most: int
) -> Sequence[Left]:
    """Who was bumped, by name: at most so many, from the `first` on, which counts from 0."""
    query = (
        sa.select(Request.id, Person.name, Person.email, Request.title, Bump.reason)
        .select_from(Bump)
        .join(Request, Request.id == Bump.request_id)
        .join(Person, Person.account_id == Request.account_id)
        .where(Bump.grid_id == version.id)
        .order_by(Person.name, Request.id)
        .offset(first)
        .limit(most)
    )
    rows = session.execute(query).all()
    ways = kept(session, settings, week, version) if rows else {}
    return [
        Left(number, name, email, title, _(reason), ways.get(number, ""))
        for number, name, email, title, reason in rows
    ]
