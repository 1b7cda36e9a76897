"""Who holds airtime of a week is ready, held back, being checked, rejected, or sent nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from station.airtime import Week
from station.ledger import Right
from station.members import Person
from station.moderation import let_through
from station.recordings import Recording, RecordingState
from station.rights import Request, RequestState
from station.standing import StandingChoice, StandingKind


class Readiness(StrEnum):
    """How far one right of a week is, most urgent first."""

    REJECTED = "rejected"
    MISSING = "missing"
    CHECKING = "checking"
    HELD = "held"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody's five minutes of a week.

    `title` is what they asked for, with its `request_id`, or else what they sent last, `sentences`
    why that can't air. `arranged` says that a standing choice takes care of a right for which
    nothing comes.
    """

    person_id: int
    name: str
    email: str
    title: str
    request_id: int | None
    sentences: tuple[str, ...]
    arranged: bool


_Take = aliased(Recording)
_newest = (
    sa.select(sa.func.max(Recording.id))
    .where(Recording.right_id == Right.id, Recording.account_id == Right.account_id)
    .scalar_subquery()
)
how_far = sa.case(
    (sa.and_(Request.master_sha256.is_not(None), ~let_through()), Readiness.HELD),
    (Request.master_sha256.is_not(None), Readiness.READY),
    (Request.id.is_not(None), Readiness.CHECKING),
    (_Take.state == RecordingState.RECEIVED, Readiness.CHECKING),
    (_Take.state == RecordingState.REJECTED, Readiness.REJECTED),
    else_=Readiness.MISSING,
)
# A right that goes to the pool when nothing comes is nobody's choice to leave empty.
arranged_for = sa.func.coalesce(StandingChoice.kind, StandingKind.POOL) != StandingKind.POOL


def counts(session: Session, week: Week) -> dict[Readiness, int]:
    """How many rights of a week that people hold are how far."""
    query = of_week(week, how_far.label("so_far"), sa.func.count()).group_by("so_far")
    found = {Readiness(state): count for state, count in session.execute(query)}
    return {state: found.get(state, 0) for state in Readiness}


def holders(
    session: Session, week: Week, state: Readiness, first: int, most: int
) -> Sequence[Holder]:
    """Who is so far, by name: at most so many, from the `first` on, which counts from 0."""
    about = (Person.id, Person.name, Person.email)
    columns = (*about, Request.title, _Take.title, Request.id, _Take.sentences)
    query = (
        of_week(week, *columns, arranged_for)
        .where(how_far == state)
        .order_by(Person.name, Right.number)
        .offset(first)
        .limit(most)
    )
    return [
        Holder(number, name, email, asked or sent or "", piece, tuple(said or ()), bool(arranged))
        for number, name, email, asked, sent, piece, said, arranged in session.execute(query)
    ]


def of_week(week: Week, *columns: Any) -> sa.Select[Any]:
    """A query over the rights of a week that people hold, with what was sent and is asked."""
    return (
        sa.select(*columns)
        .select_from(Right)
        .join(Person, Person.account_id == Right.account_id)
        .outerjoin(
            Request, sa.and_(Request.right_id == Right.id, Request.state == RequestState.OPEN)
        )
        .outerjoin(_Take, _Take.id == _newest)
        .outerjoin(StandingChoice, StandingChoice.account_id == Right.account_id)
        .where(Right.week == str(week))
    )
