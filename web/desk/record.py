"""What the desk does goes on record, in the transaction that does it."""

from collections.abc import Callable

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import trail
from web.session import act_once, me, now

AREA = "desk."
# What belongs to no part of the desk is about a week, and so is its building.
WEEK, BUILDING = "week", "building"


def act_on_record(
    act: Callable[[Session], str],
    back: str,
    file_sha256: str = "",
    *,
    subject: str = "",
    reason: str = "",
) -> ResponseReturnValue:
    """Do what a form of the desk asks, once, and write down who did what to what, and why.

    The subject is by default what the address names; see `act_once` for the rest.
    """
    about = subject or ", ".join(str(value) for value in (request.view_args or {}).values())

    def acting(session: Session) -> str:
        said = act(session)
        trail.write(session, me(), _act(), now(), subject=about, reason=reason, said=said)
        return said

    return act_once(acting, back, file_sha256)


def _act() -> str:
    """What the address does, by the desk's part and its verb: fees.confirm, week.publish."""
    part, _, verb = (request.endpoint or "").removeprefix(AREA).rpartition(".")
    return f"{WEEK if part in ('', BUILDING) else part}.{verb}"
