"""What the desk does goes on record, in the transaction that does it."""

from collections.abc import Callable

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import trail
from web.session import act_once, me, now

AREA = "desk."


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
        done = (request.endpoint or "").removeprefix(AREA)
        trail.write(session, me(), done, now(), subject=about, reason=reason, said=said)
        return said

    return act_once(acting, back, file_sha256)
