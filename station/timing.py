"""When a piece would like to air is said anew, and nothing is sent again."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.errors import Refusal
from station.ledger import require_holder
from station.recordings import Recording, RecordingState
from station.rights import Request, open_request, require_open, run_of
from station.settings import Settings
from station.wishes import Wish


def wish_anew(
    session: Session,
    settings: Settings,
    right_id: int,
    account_id: int,
    wishes: Sequence[Wish],
    now: datetime,
) -> None:
    """Exchange the wishes of what a right asks for, and of what is being checked for it.

    The wishes of a run are those of all its rights. Raises Refusal `right-not-yours`,
    `week-closed` or `nothing-sent`, WrongInput `daypart-unknown`, `time-unknown` or
    `wish-elsewhere`.
    """
    right = require_holder(session, right_id, account_id)
    week = require_open(right, settings, now)
    for wish in wishes:
        wish.spans(week, settings)
    asked = open_request(session, right_id)
    takes = sa.select(Recording).where(
        Recording.right_id == right_id,
        Recording.account_id == account_id,
        Recording.state == RecordingState.RECEIVED,
    )
    concerned: list[Request | Recording] = [*session.scalars(takes)]
    if asked is not None:
        concerned += run_of(session, asked)
    if not concerned:
        raise Refusal("nothing-sent", right=right)
    for one in concerned:
        one.wishes = [msgspec.to_builtins(wish) for wish in wishes]
    session.flush()
