"""A letter is written in the transaction that causes it, and sent by a promised job."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, Database
from station.jobs import Duty, JobKind, promise
from station.members import Person
from station.settings import Settings

FILED = "filed in the mail folder"

logger = structlog.get_logger()


class Letter(Base):
    """One mail to a person, or to the name and address of somebody who is not here yet."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    to_name: Mapped[str] = mapped_column(default="")
    to_email: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    body: Mapped[str]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def write(session: Session, person: Person, subject: str, body: str, now: datetime) -> Letter:
    """Write a letter and promise that it is sent."""
    return _post(session, Letter(person_id=person.id, subject=subject, body=body, written_at=now))


def write_to(
    session: Session, name: str, email: str, subject: str, body: str, now: datetime
) -> Letter:
    """Write a letter to somebody who is not here yet, and promise that it is sent."""
    letter = Letter(to_name=name, to_email=email, subject=subject, body=body, written_at=now)
    return _post(session, letter)


def _post(session: Session, letter: Letter) -> Letter:
    session.add(letter)
    session.flush()
    promise(session, JobKind.LETTER, letter.id, letter.written_at)
    return letter


def sender(database: Database, settings: Settings, show: Callable[[str], None]) -> Duty:
    """What is done about promised letters: each is filed in the `mail` folder, and shown."""

    def send(subject: str, now: datetime) -> str:
        with database.writing() as session:
            letter = session.get_one(Letter, int(subject))
            if letter.sent_at is not None:
                return "sent before"
            name, email = _addressee(session, letter)
            file = _file(settings, letter, email)
            show(f"\nA letter to {name} <{email}>: {letter.subject}\n{letter.body}\n")
            letter.sent_at = now
            # It may hold a way in: nobody who reads the database should find one.
            letter.body = FILED
        logger.info("letter-filed", file=str(file), to=email, subject=letter.subject)
        return f"filed as {file.name}"

    return send


def _addressee(session: Session, letter: Letter) -> tuple[str, str]:
    if letter.person_id is None:
        return letter.to_name, letter.to_email
    person = session.get_one(Person, letter.person_id)
    return person.name, person.email


def _file(settings: Settings, letter: Letter, email: str) -> Path:
    settings.mail_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = settings.mail_folder / f"{letter.id:06}.txt"
    head = f"From: {settings.mail.sender}\nTo: {email}\nSubject: {letter.subject}\n"
    file.write_text(
        f"{head}Date: {letter.written_at:%a, %d %b %Y %H:%M:%S +0000}\n\n{letter.body}\n"
    )
    return file
