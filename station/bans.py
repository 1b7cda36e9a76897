"""A ban keeps a request out of some starts of its week, whatever a build would rather do."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.airtime import Week, parse_local
from station.db import STRICT, Base
from station.errors import Refusal, WrongInput
from station.rights import Request
from station.settings import Settings


class Ban(Base):
    """Starts in which nothing of a request may air, on one channel or (None) on all."""

    __tablename__ = "bans"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"), index=True)
    channel: Mapped[int | None]
    start: Mapped[int]
    length: Mapped[int]
    made_at: Mapped[datetime]

    @property
    def end(self) -> int:
        """The first start after it."""
        return self.start + self.length


def span_of(settings: Settings, week: Week, first: str, end: str) -> range:
    """The starts of a week from one local time until another, as far as it has them.

    Raises WrongInput `time-unknown`.
    """
    starts = [
        week.start_at(parse_local(one, settings.zone), settings.slots) for one in (first, end)
    ]
    return range(max(0, starts[0]), min(starts[1], week.starts(settings.slots)))


def make(
    session: Session, piece: Sequence[Request], channel: int | None, span: range, now: datetime
) -> Ban:
    """Keep a piece out of a span of starts. Raises WrongInput `ban-empty`."""
    if not span:
        raise WrongInput("ban-empty")
    first = piece[0].id
    ban = Ban(request_id=first, channel=channel, start=span.start, length=len(span), made_at=now)
    session.add(ban)
    session.flush()
    return ban


def of(session: Session, piece: Sequence[Request]) -> list[Ban]:
    """What a piece is kept out of."""
    query = sa.select(Ban).where(Ban.request_id.in_([one.id for one in piece]))
    return list(session.scalars(query.order_by(Ban.start, Ban.id)))


def lift(session: Session, week: Week, ban_id: int) -> Ban:
    """Take a ban of a week away. Raises Refusal `ban-unknown`."""
    query = sa.select(Ban).join(Request, Request.id == Ban.request_id)
    ban = session.scalars(query.where(Ban.id == ban_id, Request.week == str(week))).one_or_none()
    if ban is None:
        raise Refusal("ban-unknown", number=ban_id)
    session.delete(ban)
    session.flush()
    return ban


def in_week(session: Session, week: Week) -> dict[int, list[Ban]]:
    """The bans of a week's requests, by request id."""
    query = sa.select(Ban).join(Request, Request.id == Ban.request_id)
    found: dict[int, list[Ban]] = defaultdict(list)
    for ban in session.scalars(query.where(Request.week == str(week)).order_by(Ban.id)):
        found[ban.request_id].append(ban)
    return found


def shut_out(session: Session, settings: Settings, week: Week) -> set[int]:
    """The requests that bans leave no start of a week at all, on no channel."""
    whole = range(week.starts(settings.slots))
    return {
        number
        for number, mine in in_week(session, week).items()
        if all(
            any(ban.channel in {None, channel} and ban.start <= start < ban.end for ban in mine)
            for channel in range(settings.channels)
            for start in whole
        )
    }
