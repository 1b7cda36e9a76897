"""A recording's receipt is a short code that can be read out over a telephone."""

import re
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.errors import Refusal
from station.recordings import Recording

# No vowels, so that no word is made; of signs that look or sound alike, one at most.
SIGNS = "3479CDFGHJKMNPQRTVWXY"
HALF = 3


def fresh(session: Session) -> str:
    """A code that no recording has yet, like K7M-4QX."""
    while True:
        half, other = ("".join(secrets.choice(SIGNS) for _ in range(HALF)) for _ in range(2))
        code = f"{half}-{other}"
        known = sa.select(Recording.id).where(Recording.receipt == code)
        if session.scalars(known).first() is None:
            return code


def read(text: str) -> str:
    """A code as it is kept, from how somebody typed it: k7m 4qx is K7M-4QX."""
    signs = re.sub(r"[^A-Z0-9]", "", text.upper())
    return f"{signs[:HALF]}-{signs[HALF:]}"


def find(session: Session, text: str, account_id: int | None) -> Recording:
    """The recording that a receipt is for: an account's own, or anybody's for None.

    Raises Refusal `receipt-unknown`.
    """
    code = read(text)
    query = sa.select(Recording).where(Recording.receipt == code)
    if account_id is not None:
        query = query.where(Recording.account_id == account_id)
    recording = session.scalars(query).first()
    if recording is None:
        raise Refusal("receipt-unknown", receipt=text.strip())
    return recording
