"""A run that did not air comes back as one piece when all its rights come back in one week."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from station.rights import Request, join, run_of


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
