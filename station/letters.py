"""A letter is written in the transaction that causes it, and sent by a promised job."""

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, Database
from station.jobs import Duty, JobKind, promise
from station.languages import gettext as _
from station.mail import Mail, send
from station.members import Person
from station.settings import Settings

GONE_OUT = "sent, and not kept here"


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


def greeting(name: str, said: str) -> str:
    """What a letter says, with its greeting, in the language that is spoken."""
    return _("Hello %(name)s,", name=name) + f"\n\n{said}\n"


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
    """What is done about promised letters: each is mailed, or else filed and shown.

    A letter whose sender is killed right after is sent again, as the same mail.
    """

    def deliver(subject: str, now: datetime) -> str:
        with database.reading() as session:
            letter = session.get_one(Letter, int(subject))
            if letter.sent_at is not None:
                return "sent before"
            mail = _mail(session, letter)
        # Nobody waits for the database while a mail server thinks.
        done = send(settings, mail)
        if not settings.mail.host:
            show(f"\nA letter to {mail.to_name} <{mail.to_email}>: {mail.subject}\n{mail.body}\n")
        with database.writing() as session:
            letter = session.get_one(Letter, int(subject))
            letter.sent_at = now
            # It may hold a way in: nobody who reads the database should find one.
            letter.body = GONE_OUT
        return done

    return deliver


def _mail(session: Session, letter: Letter) -> Mail:
    name, email = _addressee(session, letter)
    return Mail(f"{letter.id:06}", name, email, letter.subject, letter.body, letter.written_at)


def _addressee(session: Session, letter: Letter) -> tuple[str, str]:
    if letter.person_id is None:
        return letter.to_name, letter.to_email
    person = session.get_one(Person, letter.person_id)
    return person.name, person.email
