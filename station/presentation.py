"""How a person's pieces are presented: what follows a short one, what is said before each.

A choice holds for what is sent after it. What was sent before keeps the treatment it came with.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base
from station.errors import WrongInput
from station.languages import gettext as _
from station.ledger import lock
from station.recordings import Recording, RecordingState
from station.rights import clean_text
from station.standing import require_accepted
from station.treatment import Ident, Short, Treatment

LONGEST_IDENT_WORDS = 120


class Presentation(Base):
    """One account's choices, taken over into each later upload.

    `recording_id` is the piece that follows a short one; `ident_upload_sha256` names the stored
    bytes of a recorded ident, `ident_words` are spoken (empty: the station's own words).
    """

    __tablename__ = "presentations"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    short: Mapped[str] = mapped_column(default=Short.FILL)
    recording_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recordings.id"))
    ident: Mapped[str] = mapped_column(default=Ident.NONE)
    ident_words: Mapped[str] = mapped_column(default="")
    ident_upload_sha256: Mapped[str | None]
    level: Mapped[bool] = mapped_column(default=False)
    clean: Mapped[bool] = mapped_column(default=False)
    chosen_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose on the form; `ident_sha256` is a newly stored ident, or empty."""

    short: Short = Short.FILL
    recording_id: int | None = None
    ident: Ident = Ident.NONE
    ident_words: str = ""
    ident_sha256: str = ""
    level: bool = False
    clean: bool = False


def choose(session: Session, account_id: int, choice: Choice, now: datetime) -> Presentation:
    """Choose how every later piece is presented; an ident recorded earlier is kept.

    Raises WrongInput `text-long` or `ident-missing`, and Refusal `recording-not-yours` or
    `recording-not-accepted` for the piece that follows.
    """
    # Two choices of one person take turns.
    lock(session)
    chosen = of(session, account_id) or Presentation(account_id=account_id)
    follows = choice.short is Short.PIECE
    words = choice.ident_words.strip()
    recorded = choice.ident_sha256 or chosen.ident_upload_sha256
    if choice.ident is Ident.RECORDED and not recorded:
        raise WrongInput("ident-missing")
    chosen.short = choice.short
    chosen.recording_id = (
        require_accepted(session, account_id, choice.recording_id) if follows else None
    )
    chosen.ident = choice.ident
    chosen.ident_words = clean_text(words, _("announcement"), LONGEST_IDENT_WORDS) if words else ""
    chosen.ident_upload_sha256 = recorded
    chosen.level, chosen.clean = choice.level, choice.clean
    chosen.chosen_at = now
    session.add(chosen)
    session.flush()
    return chosen


def of(session: Session, account_id: int) -> Presentation | None:
    """What an account chose, if it did."""
    return session.get(Presentation, account_id)


def treatment_for(session: Session, account_id: int, usual_words: str) -> Treatment:
    """What is to be made of an account's next upload, all but what its own form says.

    `usual_words` announce whoever has no words of their own. A piece that can no longer follow
    is left out: the station's fill follows instead.
    """
    chosen = of(session, account_id)
    if chosen is None:
        return Treatment()
    short, ident = Short(chosen.short), Ident(chosen.ident)
    piece = session.get(Recording, chosen.recording_id) if chosen.recording_id else None
    usable = piece is not None and piece.state == RecordingState.ACCEPTED
    words = (chosen.ident_words or usual_words) if ident is Ident.SPOKEN else ""
    recorded = chosen.ident_upload_sha256 if ident is Ident.RECORDED else None
    return Treatment(
        short=short if short is not Short.PIECE or usable else Short.FILL,
        piece_sha256=piece.upload_sha256 if piece is not None and usable else "",
        ident=ident,
        ident_words=words,
        ident_sha256=recorded or "",
        level=chosen.level,
        clean=chosen.clean,
    )
