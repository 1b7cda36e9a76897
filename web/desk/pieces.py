"""Pieces as an operator judges them: whose they are, what was declared, and how they sound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import moderation
from station.airtime import Span, Week
from station.grid import Grid, GridState, Placement
from station.members import Person
from station.moderation import Review, Verdict, Which
from station.recordings import Master, Recording
from station.rights import Request, RequestKind, RequestState
from station.settings import Settings
from web.member.cards import findings_of

PAGE = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """What airs as one piece; `slots` is how many in a row, `air` its first one once it is placed.

    `recording` is None for a silence. `word` is the newest that operators said.
    """

    request: Request
    person: Person
    week: Week
    recording: Recording | None
    preview_sha256: str | None
    air: Span | None
    channel: int
    word: Review | None = None

    @property
    def silent(self) -> bool:
        """Whether it is a silence."""
        return self.request.kind == RequestKind.SILENCE

    @property
    def findings(self) -> tuple[str, ...]:
        """What was found in its recording, in sentences."""
        return () if self.recording is None else findings_of(self.recording)

    @property
    def verdict(self) -> str:
        """What operators said last; empty while they said nothing."""
        return "" if self.word is None else self.word.verdict


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of the pieces that wait, or are held back, and how many there are in all."""

    pieces: tuple[Piece, ...]
    count: int


def waiting(session: Session, settings: Settings, page: int, now: datetime) -> Waiting:
    """What waits for approval and can be listened to, the week that airs first at the top."""
    which = _waits(settings, now)
    # Asked once: which wait costs more to find out than what is said of a page of them.
    query = sa.select(Request.id).where(which).order_by(Request.week, Request.id)
    ids = session.scalars(query).all()
    shown = Request.id.in_(ids[page * PAGE : (page + 1) * PAGE])
    return Waiting(tuple(_pieces(session, settings, shown, {})), len(ids))


def count_waiting(session: Session, settings: Settings, now: datetime) -> int:
    """How many wait for approval and can be listened to."""
    return session.scalars(sa.select(sa.func.count(Request.id)).where(_waits(settings, now))).one()


def held(session: Session, settings: Settings, now: datetime) -> Waiting:
    """What is held back of the weeks to come, the first of it."""
    words = moderation.reviewed(session, _to_come(settings, now))
    ids = [one for one, word in words.items() if word.verdict == Verdict.HELD]
    which = sa.and_(Request.id.in_(ids), _first_and_made())
    count = session.scalars(sa.select(sa.func.count(Request.id)).where(which)).one()
    return Waiting(tuple(_pieces(session, settings, which, words)), count)


def one_piece(session: Session, settings: Settings, request_id: int) -> Piece | None:
    """One request's piece, if there is such a request."""
    which = Request.id == request_id
    words = moderation.reviewed(session, which)
    return next(iter(_pieces(session, settings, which, words)), None)


def words_about(session: Session, piece: Piece) -> Sequence[tuple[Review, str]]:
    """Everything that operators said about a piece, newest first, and who did."""
    same = Review.request_id == piece.request.id
    if piece.recording is not None:
        same = sa.or_(same, Review.recording_id == piece.recording.id)
    query = (
        sa.select(Review, Person.name)
        .join(Person, Person.account_id == Review.account_id)
        .where(same)
        .order_by(Review.id.desc())
    )
    return [(review, name) for review, name in session.execute(query)]


def _to_come(settings: Settings, now: datetime) -> Which:
    this = Week.of(now, settings.zone)
    return sa.and_(Request.state == RequestState.OPEN, Request.week >= str(this))


def _waits(settings: Settings, now: datetime) -> Which:
    return sa.and_(_to_come(settings, now), moderation.waits(settings, now), _first_and_made())


def _first_and_made() -> Which:
    return sa.and_(Request.run_place == 0, Request.master_sha256.is_not(None))


def _pieces(
    session: Session,
    settings: Settings,
    which: Which,
    words: Mapping[int, Review],
) -> list[Piece]:
    query = (
        sa.select(Request, Person, Recording, Master.preview_sha256, Placement)
        .join(Person, Person.account_id == Request.account_id)
        .outerjoin(Recording, Recording.id == Request.recording_id)
        .outerjoin(Master, Master.sha256 == Request.master_sha256)
        .outerjoin(Grid, sa.and_(Grid.week == Request.week, Grid.state == GridState.PUBLISHED))
        .outerjoin(
            Placement, sa.and_(Placement.grid_id == Grid.id, Placement.request_id == Request.id)
        )
        .where(which)
        .order_by(Request.week, Request.id)
        .limit(PAGE)
    )
    return [_piece(settings, words, *row) for row in session.execute(query)]


def _piece(
    settings: Settings,
    words: Mapping[int, Review],
    request: Request,
    person: Person,
    recording: Recording | None,
    preview_sha256: str | None,
    placed: Placement | None,
) -> Piece:
    week = Week.parse(request.week, settings.zone)
    air, channel = None, 0
    if placed is not None:
        air = settings.slots.span(week.first_slot(settings.slots) + placed.start)
        channel = placed.channel
    word = words.get(request.id)
    return Piece(request, person, week, recording, preview_sha256, air, channel, word)
