"""A short message reaches a phone by the station's gateway, and is sent by a promised job."""

import http.client
import json
import re
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from station.db import Base, Database
from station.errors import Fault, WrongInput
from station.jobs import Duty, JobKind, promise
from station.letters import GONE_OUT
from station.members import Person
from station.settings import Settings

GATEWAY_SECONDS = 20.0
# What a gateway answers when it will never take this message; anything else is tried again.
NEVER = (400, 404, 422)
LONGEST_SHOWN = 40
# ITU-T E.164: a country code and at most 15 digits in all.
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


class Message(Base):
    """One short message to a person's phone; `way` is `sms` or `whatsapp`."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    way: Mapped[str]
    to_phone: Mapped[str]
    body: Mapped[str]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class _Unled(urllib.request.HTTPRedirectHandler):
    """Goes only where the settings say: what is posted may let somebody in."""

    def redirect_request(self, *_: Any) -> None:
        return None


def way_of(settings: Settings) -> str:
    """How phones are reached: `whatsapp` before `sms`; empty where neither is set."""
    chosen = settings.messages
    return "whatsapp" if chosen.whatsapp else "sms" if chosen.sms else ""


def number_in(text: str) -> str:
    """The phone number that a text is; empty when it is none."""
    number = _bare(text)
    return number if _PHONE.fullmatch(number) else ""


def phone_of(settings: Settings, person: Person) -> str:
    """The number that a person's codes go to; empty when they go to none."""
    reached = way_of(settings) and person.phone_proven
    return number_in(person.phone) if reached else ""


def clean_phone(text: str) -> str:
    """A phone number with its country, without blanks; empty stays so.

    Raises WrongInput `phone-wrong`.
    """
    number = number_in(text)
    if not number and text.strip():
        raise WrongInput("phone-wrong", text=text.strip()[:LONGEST_SHOWN])
    return number


def with_phone(session: Session, number: str) -> Person | None:
    """The one person whose phone has a number; nobody when several share it."""
    # However it was written down, it ends alike.
    alike = sa.select(Person).where(Person.phone_proven == 1, Person.phone.endswith(number[-1]))
    found = [one for one in session.scalars(alike) if number_in(one.phone) == number]
    return found[0] if len(found) == 1 else None


def write(
    session: Session, settings: Settings, person: Person, number: str, body: str, now: datetime
) -> Message:
    """Write a message to a number of a person's, and promise that it is sent."""
    message = Message(
        person_id=person.id,
        way=way_of(settings),
        to_phone=number,
        body=body,
        written_at=now,
    )
    session.add(message)
    session.flush()
    promise(session, JobKind.MESSAGE, message.id, now)
    return message


def sender(database: Database, settings: Settings) -> Duty:
    """What is done about promised messages: each is posted to its way's gateway."""

    def deliver(subject: str, now: datetime) -> str:
        with database.reading() as session:
            message = session.get_one(Message, int(subject))
            if message.sent_at is not None:
                return "sent before"
        # Nobody waits for the database while a gateway thinks.
        _post(settings, message)
        with database.writing() as session:
            message = session.get_one(Message, int(subject))
            message.sent_at, message.body = now, GONE_OUT
        return f"sent by {message.way}"

    return deliver


def _post(settings: Settings, message: Message) -> None:
    address = getattr(settings.messages, message.way)
    if not address:
        raise Fault(f"there is no messages.{message.way} in the settings", permanent=True)
    facts = {
        "id": str(message.id),
        "way": message.way,
        "to": message.to_phone,
        "text": message.body,
    }
    head = {"Content-Type": "application/json"}
    if settings.secrets.messages_key:
        head["Authorization"] = f"Bearer {settings.secrets.messages_key}"
    data = json.dumps(facts, ensure_ascii=False).encode()
    request = urllib.request.Request(address, data, head, method="POST")  # noqa: S310  settings
    try:
        with urllib.request.build_opener(_Unled).open(request, timeout=GATEWAY_SECONDS):
            pass
    except urllib.error.HTTPError as refused:
        refused.close()
        never = refused.code in NEVER
        raise Fault(f"the {message.way} gateway answered {refused.code}", permanent=never) from None
    except (OSError, http.client.HTTPException, ValueError) as problem:
        # The address may hold a secret, and so may what is said of it.
        kind = type(problem).__name__
        raise Fault(
            f"the {message.way} gateway can't be reached: {kind}", permanent=False
        ) from None


def _bare(text: str) -> str:
    number = re.sub(r"[\s().-]", "", text)
    return f"+{number[2:]}" if number.startswith("00") else number
