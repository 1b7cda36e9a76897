"""A form that is sent twice acts once: its first answer is kept under the form's own key.

A key belongs to one person and to one body: whoever sends other words with it is refused.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base
from station.errors import Refusal

LONGEST_KEY = 64
KEPT = timedelta(days=30)


class FormPost(Base):
    """One form that was acted on; `key` was minted with the form, `answer` is what was said.

    `body_hash` is the SHA-256 of what was sent, in hex; one without fits any body.
    """

    __tablename__ = "form_posts"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str]
    body_hash: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


def once(
    session: Session,
    person_id: int,
    key: str,
    body: str,
    act: Callable[[], str],
    now: datetime,
) -> str:
    """What `act` answers, or what it answered when the same form was sent before.

    Whoever sends a form while it is being acted on waits for that answer. What `act` raises
    goes up, and the form may be sent again. Raises Refusal `form-changed` when the key was sent
    before with another body.
    """
    digest = hashlib.sha256(body.encode()).hexdigest()
    post = FormPost(person_id=person_id, key=key[:LONGEST_KEY], body_hash=digest, answer="", at=now)
    try:
        # The key is taken before anything is done: on PostgreSQL whoever sends it at the same
        # time waits here, and finds the answer.
        with session.begin_nested():
            session.add(post)
    except sa.exc.IntegrityError:
        return _answer(session, person_id, key, digest)
    post.answer = act()
    session.flush()
    return post.answer


def answered(session: Session, person_id: int, key: str) -> bool:
    """Whether a form was acted on before."""
    return session.get(FormPost, (person_id, key[:LONGEST_KEY])) is not None


def clear_old(session: Session, now: datetime) -> int:
    """Forget the forms that were acted on so long ago that nobody sends them again."""
    old = sa.delete(FormPost).where(FormPost.at < now - KEPT).returning(FormPost.key)
    return len(session.scalars(old).all())


def _answer(session: Session, person_id: int, key: str, digest: str) -> str:
    before = session.get_one(FormPost, (person_id, key[:LONGEST_KEY]))
    if before.body_hash not in ("", digest):
        raise Refusal("form-changed")
    return before.answer
