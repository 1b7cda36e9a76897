"""The air log is the ordered intent of each channel: one line a slot, made from the grid."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base


class LineKind(StrEnum):
    """What a slot is meant to carry."""

    SEGMENT = "segment"
    SILENCE = "silence"
    FILL = "fill"
    RESERVED = "reserved"


class AirLine(Base):
    """One slot of one channel: what should air there, and what listeners are told of it.

    `slot_number` counts slots from the Unix epoch. `silence` says that quiet is intended.
    """

    __tablename__ = "air_lines"

    channel: Mapped[int] = mapped_column(primary_key=True)
    slot_number: Mapped[int] = mapped_column(primary_key=True, index=True)
    week: Mapped[str] = mapped_column(index=True)
    grid_id: Mapped[int] = mapped_column(sa.ForeignKey("grids.id"))
    kind: Mapped[str]
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("requests.id"))
    master_sha256: Mapped[str | None]
    silence: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str]
    speaker: Mapped[str]


def write(session: Session, week: str, lines: Iterable[AirLine], from_slot: int) -> None:
    """Replace a week's lines from a slot on; those before it are what was meant then."""
    session.execute(
        sa.delete(AirLine).where(AirLine.week == week, AirLine.slot_number >= from_slot)
    )
    session.add_all(line for line in lines if line.slot_number >= from_slot)
    session.flush()


def lines_between(session: Session, first: int, last: int) -> list[AirLine]:
    """The lines of all channels in slots `first` to `last`, half-open, in order."""
    query = sa.select(AirLine).where(AirLine.slot_number >= first, AirLine.slot_number < last)
    return list(session.scalars(query.order_by(AirLine.slot_number, AirLine.channel)))


def shown_between(session: Session, first: int, last: int) -> list[AirLine]:
    """The same without what was taken off air, held back or refused."""
    query = sa.select(AirLine).where(
        AirLine.slot_number >= first, AirLine.slot_number < last, *_shown()
    )
    return list(session.scalars(query.order_by(AirLine.slot_number, AirLine.channel)))


def lines_of_week(session: Session, week: str) -> list[AirLine]:
    """A week's lines in order."""
    query = sa.select(AirLine).where(AirLine.week == week)
    return list(session.scalars(query.order_by(AirLine.slot_number, AirLine.channel)))


def find(
    session: Session,
    words: Sequence[str],
    first: int,
    last: int,
    most: int,
    *,
    newest: bool = False,
) -> list[AirLine]:
    """Lines in slots `first` to `last`, half-open, that have all words in title and speaker.

    The station's own sound is left out, and what is shown no more; earliest first, or `newest`.
    """
    said = sa.func.lower(AirLine.title + " " + AirLine.speaker)
    query = sa.select(AirLine).where(
        AirLine.slot_number >= first,
        AirLine.slot_number < last,
        AirLine.kind != LineKind.FILL,
        *(_has(said, word) for word in words),
        *_shown(),
    )
    at = AirLine.slot_number.desc() if newest else AirLine.slot_number
    return list(session.scalars(query.order_by(at, AirLine.channel).limit(most)))


def last_slot(session: Session) -> int | None:
    """The last slot that has a line."""
    return session.scalars(sa.select(sa.func.max(AirLine.slot_number))).one()


def changed_at(session: Session) -> datetime | None:
    """When the newest grid was published, to see cheaply whether anything changed."""
    from station.grid import Grid

    return session.scalars(sa.select(sa.func.max(Grid.published_at))).one()


def _shown() -> tuple[sa.ColumnElement[bool], ...]:
    """Whether a line was neither taken off air nor is its piece held back or refused."""
    from station.moderation import let_through
    from station.rights import Request
    from station.takedowns import Takedown

    here = Takedown.channel == AirLine.channel, Takedown.slot_number == AirLine.slot_number
    kept = sa.exists().where(Request.id == AirLine.request_id, ~let_through())
    return ~sa.exists().where(*here), ~kept


def _has(text: sa.ColumnElement[str], word: str) -> sa.ColumnElement[bool]:
    """Whether a lowered text has a word; SQLite lowers no letter beyond ASCII's."""
    spelt = {word.lower(), word.capitalize()}
    return sa.or_(*(text.contains(one, autoescape=True) for one in sorted(spelt)))
