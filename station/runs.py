"""A run is made of the rights that are free in its week, and comes back as one piece if it can."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from station.errors import Refusal
from station.ledger import Right
from station.rights import Request, join, open_request, run_of, unused
from station.settings import Settings


def further(session: Session, settings: Settings, right: Right, slots: int) -> list[int]:
    """The ids of the rights that make a piece of so many slots with one, all of one holder.

    Those come first that air with it already. Raises Refusal `run-short`.
    """
    week, asked = right.parsed_week(settings.zone), open_request(session, right.id)
    with_it = [] if asked is None else [one.right_id for one in run_of(session, asked)]
    free = unused(session, right.account_id, week)
    ids = [*with_it, *(one.id for one in free if one.week == right.week)]
    others = [one for one in dict.fromkeys(ids) if one != right.id]
    if len(others) < slots - 1:
        raise Refusal("run-short", week=week, room=len(others) + 1, slots=slots)
    return others[: slots - 1]


def rejoin(session: Session, again: Mapping[Request, Request]) -> None:
    """Join again what asks for the same as the members of a run, with the masters they had.

    `again` has the new request of each earlier one. A run of which only some come back, or that
    comes back in several weeks, airs in its parts.
    """
    for earlier in again:
        whole = run_of(session, earlier) if earlier.run is not None else []
        fresh = [again[one] for one in whole if one in again]
        weeks = {request.week for request in fresh}
        if earlier.run_place == 0 and len(fresh) == len(whole) > 0 and len(weeks) == 1:
            join(session, fresh)
            for request, one in zip(fresh, whole, strict=True):
                request.title, request.master_sha256 = one.title, one.master_sha256
    session.flush()
