"""Two holders exchange their published places when every rule of the grid allows it.

One asks, the other answers; until then nothing moves. `scheduler.swap` carries an accepted swap
out, because it needs the checker.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from station import grid
from station.airtime import Week
from station.db import STRICT, Base, compare_and_set
from station.errors import Refusal
from station.grid import Place, Placement
from station.languages import speaking
from station.ledger import Right, lock
from station.market.swap_letters import ASKED, LAPSED, REFUSED, page, place_text, tell
from station.members import Person, with_account
from station.moments import deadline_text
from station.rights import Request, RequestState
from station.settings import Settings


class SwapState(StrEnum):
    """Where a proposed swap stands; only `open` can still change."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Swap(Base):
    """One person asks another to exchange the published places of two requests of one week.

    `grid_id` is the version that was published when it was proposed.
    """

    __tablename__ = "swaps"
    __table_args__ = (
        sa.Index("ix_swaps_asker_id", "asker_id"),
        sa.Index("ix_swaps_asked_id", "asked_id"),
        STRICT,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[str]
    grid_id: Mapped[int] = mapped_column(sa.ForeignKey("grids.id"))
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"))
    wanted_request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"))
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    asked_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    state: Mapped[str] = mapped_column(default=SwapState.OPEN)
    made_at: Mapped[datetime]
    deadline: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    request: Mapped[Request] = relationship(foreign_keys=[request_id])
    wanted_request: Mapped[Request] = relationship(foreign_keys=[wanted_request_id])


@dataclass(frozen=True, slots=True)
class Places:
    """The two places of a swap: the asker's and the wanted one."""

    mine: Place
    wanted: Place


def propose(
    session: Session,
    settings: Settings,
    request_id: int,
    wanted_request_id: int,
    asker_id: int,
    now: datetime,
) -> Swap:
    """Ask the holder of a published place to exchange it for one's own.

    Raises Refusal `right-not-yours`, `swap-own`, `swap-not-placed`, `swap-run`, `swap-late` or
    `swap-asked`.
    """
    # Two proposals of one person take turns.
    lock(session)
    mine, wanted = _require_two(session, request_id, wanted_request_id, asker_id)
    week = Week.parse(mine.week, settings.zone)
    shown = grid.published(session, week)
    swap = Swap(
        week=mine.week,
        grid_id=0 if shown is None else shown.id,
        request_id=mine.id,
        wanted_request_id=wanted.id,
        asker_id=asker_id,
        asked_id=wanted.account_id,
        made_at=now,
    )
    found = places(session, swap, swap.grid_id)
    if found is None or not held(session, swap):
        raise Refusal("swap-not-placed")
    swap.deadline = _deadline(settings, week, found)
    if now >= swap.deadline:
        raise Refusal("swap-late")
    if _asked_before(session, swap):
        raise Refusal("swap-asked")
    session.add(swap)
    session.flush()
    _tell_asked(session, settings, swap, found, now)
    return swap


def refuse(session: Session, swap_id: int, who: Person, now: datetime) -> Swap:
    """Refuse a swap that one was asked for. Raises Refusal `swap-not-yours` or `swap-ended`."""
    swap = require_asked(session, swap_id, who)
    end(session, swap, SwapState.REFUSED, now)
    tell(session, REFUSED, swap.asker_id, swap.asked_id, now, week=swap.week)
    return swap


def withdraw(session: Session, swap_id: int, who: Person, now: datetime) -> Swap:
    """Take one's own proposal back. Raises Refusal `swap-not-yours` or `swap-ended`."""
    swap = session.get(Swap, swap_id)
    if swap is None or swap.asker_id != who.account_id:
        raise Refusal("swap-not-yours")
    end(session, swap, SwapState.WITHDRAWN, now)
    return swap


def lapse(session: Session, now: datetime) -> int:
    """End the proposals that nobody answered in time; returns how many."""
    query = sa.select(Swap).where(Swap.state == SwapState.OPEN, Swap.deadline <= now)
    over = list(session.scalars(query.order_by(Swap.id)))
    for swap in over:
        end(session, swap, SwapState.LAPSED, now)
        tell(session, LAPSED, swap.asker_id, swap.asked_id, now, week=swap.week)
    return len(over)


def swaps_of(session: Session, account_id: int) -> list[Swap]:
    """The open proposals that an account made or has to answer."""
    mine = sa.or_(Swap.asker_id == account_id, Swap.asked_id == account_id)
    query = sa.select(Swap).where(Swap.state == SwapState.OPEN, mine)
    return list(session.scalars(query.order_by(Swap.id)))


def places(session: Session, swap: Swap, grid_id: int) -> Places | None:
    """Where a version has a swap's two requests; None unless it has both."""
    query = sa.select(Placement).where(
        Placement.grid_id == grid_id,
        Placement.request_id.in_([swap.request_id, swap.wanted_request_id]),
    )
    found = {
        placed.request_id: Place(placed.request_id, placed.channel, placed.start, placed.worth)
        for placed in session.scalars(query)
    }
    mine, wanted = found.get(swap.request_id), found.get(swap.wanted_request_id)
    return None if mine is None or wanted is None else Places(mine, wanted)


def require_asked(session: Session, swap_id: int, who: Person) -> Swap:
    """A swap that somebody was asked for. Raises Refusal `swap-not-yours`."""
    swap = session.get(Swap, swap_id)
    if swap is None or swap.asked_id != who.account_id:
        raise Refusal("swap-not-yours")
    return swap


def end(session: Session, swap: Swap, state: SwapState, now: datetime) -> None:
    """End an open swap, once; only a lapse may come after its deadline.

    Raises Refusal `swap-ended`.
    """
    where = [Swap.id == swap.id, Swap.state == SwapState.OPEN]
    if state is not SwapState.LAPSED:
        where.append(Swap.deadline > now)
    if not compare_and_set(session, Swap, *where, state=state, ended_at=now):
        raise Refusal("swap-ended")
    session.refresh(swap)


def end_others(session: Session, swap: Swap, now: datetime) -> None:
    """End every other open swap of the two requests: their places are no longer what was asked."""
    moved = [swap.request_id, swap.wanted_request_id]
    session.execute(
        sa.update(Swap)
        .where(
            Swap.state == SwapState.OPEN,
            sa.or_(Swap.request_id.in_(moved), Swap.wanted_request_id.in_(moved)),
        )
        .values(state=SwapState.LAPSED, ended_at=now)
    )


def held(session: Session, swap: Swap) -> bool:
    """Whether both still ask for what they asked, on rights that their holders still have."""
    query = (
        sa.select(sa.func.count())
        .select_from(Request)
        .join(Right, Right.id == Request.right_id)
        .where(
            Request.id.in_([swap.request_id, swap.wanted_request_id]),
            Request.state == RequestState.OPEN,
            Right.account_id == Request.account_id,
        )
    )
    both = 2
    return session.scalars(query).one() == both


def _require_two(
    session: Session, request_id: int, wanted_request_id: int, asker_id: int
) -> tuple[Request, Request]:
    mine, wanted = session.get(Request, request_id), session.get(Request, wanted_request_id)
    if mine is None or mine.account_id != asker_id:
        raise Refusal("right-not-yours")
    if wanted is None or wanted.week != mine.week:
        raise Refusal("swap-not-placed")
    if wanted.account_id == asker_id:
        raise Refusal("swap-own")
    for one in (mine, wanted):
        if one.run is not None:
            raise Refusal("swap-run", title=one.title)
    return mine, wanted


def _deadline(settings: Settings, week: Week, found: Places) -> datetime:
    first = week.instant(min(found.mine.start, found.wanted.start), settings.slots)
    return first - timedelta(seconds=settings.week.notice_seconds)


def _asked_before(session: Session, swap: Swap) -> bool:
    query = sa.select(Swap.id).where(
        Swap.state == SwapState.OPEN,
        Swap.request_id == swap.request_id,
        Swap.wanted_request_id == swap.wanted_request_id,
    )
    return session.scalars(query).first() is not None


def _tell_asked(
    session: Session, settings: Settings, swap: Swap, found: Places, now: datetime
) -> None:
    with speaking(with_account(session, swap.asked_id).language):
        facts = {
            "week": swap.week,
            "theirs": place_text(settings, swap.week, found.mine),
            "yours": place_text(settings, swap.week, found.wanted),
            "until": deadline_text(swap.deadline, settings),
            "page": page(settings),
        }
        tell(session, ASKED, swap.asked_id, swap.asker_id, now, **facts)
