"""A week as the desk needs it: who is ready and who is not, what is wished for, what was built."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airtime import Week
from station.grid import Bump, Grid, Placement
from station.languages import gettext as _
from station.languages import marked
from station.ledger import Right
from station.members import Person
from station.recordings import Recording, RecordingState
from station.rights import Request, RequestState
from station.settings import Settings

SHOWN = 60


@dataclass(frozen=True, slots=True)
class Someone:
    """One member's five minutes, with what is to be known about them."""

    name: str
    email: str
    about: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everybody who holds airtime of a week, by how far they are."""

    ready: tuple[Someone, ...]
    checking: tuple[Someone, ...]
    rejected: tuple[Someone, ...]
    missing: tuple[Someone, ...]

    @property
    def groups(self) -> list[tuple[str, tuple[Someone, ...]]]:
        """The groups with their names, most urgent first."""
        return [
            (marked("Rejected"), self.rejected),
            (marked("Missing"), self.missing),
            (marked("Checking"), self.checking),
            (marked("Ready"), self.ready),
        ]


@dataclass(frozen=True, slots=True)
class Demand:
    """One daypart: how many starts it has, and how many wish for it."""

    daypart: str
    starts: int
    wished: int


@dataclass(frozen=True, slots=True)
class Built:
    """What a build reached and proved; None where its certificate does not say."""

    version: int
    state: str
    status: str
    placed: int
    score: int | None
    gap_percent: float | None
    seconds: float | None
    bumped: tuple[Someone, ...]
    root_hash: str | None


def readiness(session: Session, week: Week) -> Readiness:
    """Sort the holders of a week's rights by how far they are."""
    query = (
        sa.select(
            Right.id, Person.name, Person.email, Request.title, Request.master_sha256, Request.id
        )
        .select_from(Right)
        .join(Person, Person.account_id == Right.account_id)
        .outerjoin(
            Request,
            sa.and_(Request.right_id == Right.id, Request.state == RequestState.OPEN),
        )
        .where(Right.week == str(week))
        .order_by(Person.name, Right.number)
    )
    takes = _latest_takes(session, week)
    groups: dict[str, list[Someone]] = {"ready": [], "checking": [], "rejected": [], "missing": []}
    for right_id, name, email, title, master, request_id in session.execute(query):
        state, sentences = takes.get(right_id, ("", []))
        if request_id is not None:
            group, about = ("ready" if master else "checking"), title
        elif state == RecordingState.RECEIVED:
            group, about = "checking", _("sent, waits for its verdict")
        elif state == RecordingState.REJECTED:
            group, about = "rejected", " ".join(sentences)
        else:
            group, about = "missing", _("sent nothing yet")
        groups[group].append(Someone(name, email, about))
    return Readiness(**{name: tuple(people) for name, people in groups.items()})


def demands(session: Session, settings: Settings, week: Week) -> list[Demand]:
    """How many wish for each daypart, beside how many starts it has on all channels."""
    query = sa.select(Request.wishes).where(
        Request.week == str(week), Request.state == RequestState.OPEN
    )
    wished: dict[str, int] = {}
    for wishes in session.scalars(query):
        for wish in wishes:
            name = wish.get("daypart") or ""
            wished[name] = wished.get(name, 0) + 1
    return [
        Demand(name, _starts(settings, name, week), wished.get(name, 0))
        for name in settings.dayparts
    ]


def built(session: Session, grid: Grid | None) -> Built | None:
    """What a version of a week reached and proved."""
    if grid is None:
        return None
    query = (
        sa.select(Person.name, Person.email, Request.title, Bump.reason)
        .select_from(Bump)
        .join(Request, Request.id == Bump.request_id)
        .join(Person, Person.account_id == Request.account_id)
        .where(Bump.grid_id == grid.id)
        .order_by(Person.name)
    )
    bumped = [
        Someone(name, email, f"“{title}”: {_(reason)}")
        for name, email, title, reason in session.execute(query)
    ]
    placed = sa.select(sa.func.count()).where(Placement.grid_id == grid.id)
    proven: Mapping[str, Any] = grid.certificate
    gap = proven.get("gap")
    return Built(
        version=grid.version,
        state=grid.state,
        status=str(proven.get("status", "")),
        placed=session.scalars(placed).one(),
        score=proven.get("score"),
        gap_percent=None if gap is None else float(gap) * 100,
        seconds=proven.get("seconds"),
        bumped=tuple(bumped),
        root_hash=grid.root_hash,
    )


def _starts(settings: Settings, daypart: str, week: Week) -> int:
    seconds = sum(span.seconds for span in settings.daypart(daypart).spans(week))
    return int(seconds // settings.station.slot_seconds) * settings.channels


def _latest_takes(session: Session, week: Week) -> dict[int, tuple[str, list[str]]]:
    query = (
        sa.select(Recording.right_id, Recording.state, Recording.sentences)
        .join(Right, Right.id == Recording.right_id)
        .where(Right.week == str(week), Right.account_id == Recording.account_id)
        .order_by(Recording.id)
    )
    return {right_id: (state, said) for right_id, state, said in session.execute(query)}
