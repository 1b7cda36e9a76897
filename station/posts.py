"""A form that is sent twice acts once: its first answer is kept under the form's own key."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base

LONGEST_KEY = 64


class FormPost(Base):
    """One form that was acted on; `key` was minted with the form, `answer` is what was said."""

    __tablename__ = "form_posts"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str]
    body_hash: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


def answered(session: Session, person_id: int, key: str) -> str | None:
    """What a form was answered, when it was acted on before."""
    post = session.get(FormPost, (person_id, key[:LONGEST_KEY]))
    return None if post is None else post.answer


def keep(session: Session, person_id: int, key: str, answer: str, now: datetime) -> None:
    """Remember a form with its answer, in the transaction that acted on it.

    Raises IntegrityError, which undoes that transaction, when the same form was acted on
    meanwhile.
    """
    session.add(FormPost(person_id=person_id, key=key[:LONGEST_KEY], answer=answer, at=now))
    session.flush()
