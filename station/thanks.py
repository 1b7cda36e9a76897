"""Whoever listened can say thanks by one press: presses are counted, and nobody is named."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station import attempts
from station.attempts import Limit
from station.db import Base, compare_and_set
from station.rights import Request
from station.settings import Settings

# A mobile network puts thousands of phones behind one address: many of them may like a piece.
FROM_A_NETWORK = Limit("thanks", 20, "thanked-often")


class Thanks(Base):
    """How often listeners said thanks for one request's piece."""

    __tablename__ = "thanks"

    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"), primary_key=True)
    count: Mapped[int]


def thank(
    session: Session, settings: Settings, request_id: int, network: str, now: datetime
) -> None:
    """Count one more press for a piece, from somebody at a network.

    Raises Refusal `thanked-often` when too many came from there in this hour.
    """
    attempts.count(
        session, FROM_A_NETWORK, f"{request_id} {network}" if network else "", settings, now
    )
    try:
        with session.begin_nested():
            session.add(Thanks(request_id=request_id, count=1))
    except sa.exc.IntegrityError:
        compare_and_set(session, Thanks, Thanks.request_id == request_id, count=Thanks.count + 1)


def of_requests(session: Session, request_ids: Collection[int]) -> dict[int, int]:
    """How often thanks were said for each of some pieces; those without any are left out."""
    query = sa.select(Thanks.request_id, Thanks.count).where(Thanks.request_id.in_(request_ids))
    return {request_id: count for request_id, count in session.execute(query)}  # noqa: C416  typed


def of_account(session: Session, account_id: int) -> int:
    """How often thanks were said for all that an account sent."""
    query = (
        sa.select(sa.func.coalesce(sa.func.sum(Thanks.count), 0))
        .join(Request, Request.id == Thanks.request_id)
        .where(Request.account_id == account_id)
    )
    return int(session.scalars(query).one())
