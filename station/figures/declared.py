"""What a collecting society asks is told slot by slot: what aired, whose, and what was declared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airlog import AirLine, LineKind
from station.airtime import Span
from station.asrun import Outcome
from station.figures.spans import slots_in, weeks_in
from station.recordings import Recording
from station.rights import Request
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Declared:
    """One slot of a channel as it was planned, and how it ended (empty: nobody looked, or not yet).

    `permission` says that its sender declared to have every right to it; None where nobody was
    asked. `music` is what music they say is in it.
    """

    channel: int
    start: datetime
    seconds: int
    kind: str
    title: str
    speaker: str
    language: str
    permission: bool | None
    music: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Declarations:
    """A span's members' pieces: how many, how many with music named, and in which languages."""

    pieces: int
    with_music: int
    languages: tuple[tuple[str, int], ...]


def declared(
    session: Session, settings: Settings, span: Span, limit: int | None = None
) -> Iterator[Declared]:
    """Every slot of a span that was published, in order; at most `limit` of them, if one is given.

    The station's own fill is among them: its music is declared as well.
    """
    same = Outcome.channel == AirLine.channel, Outcome.slot_number == AirLine.slot_number
    query = (
        sa.select(
            AirLine.channel,
            AirLine.slot_number,
            AirLine.kind,
            AirLine.title,
            AirLine.speaker,
            Request.language,
            Recording.permission,
            Recording.music,
            Outcome.kind,
        )
        .outerjoin(Request, Request.id == AirLine.request_id)
        .outerjoin(Recording, Recording.id == Request.recording_id)
        .outerjoin(Outcome, sa.and_(*same))
        .where(*_within(settings, span))
        .order_by(AirLine.slot_number, AirLine.channel)
        .execution_options(yield_per=1000)
    )
    for row in session.execute(query.limit(limit)):
        channel, slot_number, kind, title, speaker, language, permission, music, outcome = row
        yield Declared(
            channel=channel,
            start=settings.slots.start(slot_number),
            seconds=settings.slots.seconds,
            kind=kind,
            title=title,
            speaker=speaker,
            # In a silence the station says in its own language who keeps it.
            language=language or "" if kind == LineKind.SEGMENT else "",
            permission=permission,
            music=music or "",
            outcome=outcome or "",
        )


def declarations(session: Session, settings: Settings, span: Span) -> Declarations:
    """What was declared about the members' pieces of a span, counted."""
    named = sa.func.coalesce(Recording.music, "") != ""
    query = (
        sa.select(Request.language, named, sa.func.count())
        .select_from(AirLine)
        .join(Request, Request.id == AirLine.request_id)
        .outerjoin(Recording, Recording.id == Request.recording_id)
        .where(*_within(settings, span), AirLine.kind == LineKind.SEGMENT)
        .group_by(Request.language, named)
    )
    languages: dict[str, int] = {}
    pieces = with_music = 0
    for language, music, count in session.execute(query):
        languages[language] = languages.get(language, 0) + count
        pieces += count
        with_music += count if music else 0
    order = sorted(languages.items(), key=lambda one: (-one[1], one[0]))
    return Declarations(pieces, with_music, tuple(order))


def _within(settings: Settings, span: Span) -> tuple[sa.ColumnElement[bool], ...]:
    slots, weeks = slots_in(settings.slots, span), weeks_in(settings, span)
    return (
        AirLine.week.between(str(weeks[0]), str(weeks[-1])),
        AirLine.slot_number >= slots.start,
        AirLine.slot_number < slots.stop,
    )
