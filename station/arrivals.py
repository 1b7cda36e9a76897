"""A file arrives in chunks, over whatever time that takes, and waits whole for its form.

How much of it has arrived is kept here; the bytes lie in the media folder, under its key.
"""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal

# Whoever runs out of data on a Friday has new data on Monday.
KEPT = timedelta(days=3)
# One that is sent, one given up, one on another phone: what began before them goes.
MOST_UNUSED = 4


class Arrival(Base):
    """A file of one person on its way; `upload_sha256` names its bytes once they are stored."""

    __tablename__ = "arrivals"
    __table_args__ = (sa.Index("ix_arrivals_person_id", "person_id"), STRICT)

    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    file_name: Mapped[str]
    size_bytes: Mapped[int]
    arrived_bytes: Mapped[int] = mapped_column(default=0)
    upload_sha256: Mapped[str | None]
    used: Mapped[bool] = mapped_column(default=False)
    touched_at: Mapped[datetime]


def begin(
    session: Session, person_id: int, file_name: str, size_bytes: int, now: datetime
) -> Arrival:
    """Expect a file of so many bytes; the oldest that was never used makes room for it."""
    unused = sa.select(Arrival).where(Arrival.person_id == person_id, Arrival.used == 0)
    newest_first = unused.order_by(Arrival.touched_at.desc(), Arrival.key)
    for old in session.scalars(newest_first.offset(MOST_UNUSED - 1)).all():
        session.delete(old)
    arrival = Arrival(
        key=secrets.token_urlsafe(12),
        person_id=person_id,
        file_name=file_name,
        size_bytes=size_bytes,
        touched_at=now,
    )
    session.add(arrival)
    session.flush()
    return arrival


def keep(
    session: Session,
    person_id: int,
    file_name: str,
    size_bytes: int,
    upload_sha256: str,
    now: datetime,
) -> Arrival:
    """Keep a stored file that came whole with a form that was refused, for the next try."""
    known = session.scalars(_of(person_id, upload_sha256)).first()
    arrival = known or begin(session, person_id, file_name, size_bytes, now)
    arrival.arrived_bytes, arrival.upload_sha256 = size_bytes, upload_sha256
    arrival.used, arrival.touched_at = False, now
    return arrival


def require_mine(session: Session, person_id: int, key: str, now: datetime) -> Arrival:
    """A person's arrival that is still kept. Raises Refusal `arrival-unknown`."""
    arrival = session.get(Arrival, key)
    if arrival is None or arrival.person_id != person_id or arrival.touched_at < now - KEPT:
        raise Refusal("arrival-unknown")
    return arrival


def advance(session: Session, key: str, start: int, end: int, now: datetime) -> bool:
    """Note that the bytes from `start` to `end` have arrived. False when others were quicker."""
    return compare_and_set(
        session,
        Arrival,
        Arrival.key == key,
        Arrival.arrived_bytes == start,
        arrived_bytes=end,
        touched_at=now,
    )


def store(session: Session, key: str, upload_sha256: str) -> None:
    """Note under which hash the bytes of a whole file are stored."""
    session.execute(
        sa.update(Arrival).where(Arrival.key == key).values(upload_sha256=upload_sha256)
    )


def use(session: Session, person_id: int, upload_sha256: str) -> None:
    """Note that a person's file became a recording: it waits no more."""
    session.execute(
        sa.update(Arrival)
        .where(Arrival.person_id == person_id, Arrival.upload_sha256 == upload_sha256)
        .values(used=True)
    )


def waiting(session: Session, person_id: int, now: datetime) -> Arrival | None:
    """The person's newest file that has arrived whole and became no recording yet."""
    query = sa.select(Arrival).where(
        Arrival.person_id == person_id,
        Arrival.arrived_bytes == Arrival.size_bytes,
        Arrival.touched_at >= now - KEPT,
        Arrival.used == 0,
    )
    return session.scalars(query.order_by(Arrival.touched_at.desc(), Arrival.key)).first()


def end(session: Session, person_id: int, key: str, now: datetime) -> None:
    """Forget an arrival. Raises Refusal `arrival-unknown`."""
    session.delete(require_mine(session, person_id, key, now))


def clear_old(session: Session, now: datetime) -> int:
    """Forget what nobody went on with."""
    old = sa.delete(Arrival).where(Arrival.touched_at < now - KEPT).returning(Arrival.key)
    return len(session.scalars(old).all())


def _of(person_id: int, upload_sha256: str) -> sa.Select[Arrival]:
    return sa.select(Arrival).where(
        Arrival.person_id == person_id, Arrival.upload_sha256 == upload_sha256
    )
