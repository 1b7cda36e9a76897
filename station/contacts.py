"""How a person is reached is theirs to change; a new address counts once its code is typed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station import attempts, codes, messages, ways_in
from station.codes import Purpose
from station.errors import Refusal
from station.languages import gettext as _
from station.members import LONGEST_TEXT, Person, clean_email
from station.rights import clean_text
from station.settings import Settings


@dataclass(frozen=True, slots=True)
class Contact:
    """What a person says about themselves, as it was typed; `language` is a code."""

    name: str
    place: str
    language: str
    email: str
    phone: str


def change(
    session: Session, settings: Settings, person: Person, said: Contact, asking: str, now: datetime
) -> None:
    """Keep what a person says; a new address or number is sent a code first.

    `asking` is the secret of the browser where the codes will be typed. Raises WrongInput
    `text-missing`, `text-long`, `email-wrong` or `phone-wrong`, Refusal `asked-often`.
    """
    person.name = clean_text(said.name, _("name"), LONGEST_TEXT)
    person.place = clean_text(said.place, _("place"), LONGEST_TEXT) if said.place.strip() else ""
    person.language = said.language
    email = clean_email(said.email)
    if email != person.email:
        _count(session, settings, person, email, now)
        ways_in.write_to_new_address(session, settings, person, email, asking, now)
    _change_phone(session, settings, person, said.phone, asking, now)


def confirm(
    session: Session,
    settings: Settings,
    person: Person,
    purpose: Purpose,
    asking: str,
    typed: str,
    now: datetime,
) -> str | None:
    """The address or number that counts from now on; None when the code does not fit.

    A wrong code counts only once the transaction is committed. Raises Refusal `email-taken`.
    """
    code = codes.try_code(session, purpose, asking, typed, now)
    if code is None or code.person_id != person.id:
        return None
    if purpose == Purpose.PHONE:
        person.phone, person.phone_proven = code.address, True
        ways_in.tell_phone(session, settings, person, now)
        return code.address
    old_email, email = person.email, code.address
    person.email = email
    try:
        session.flush()
    except sa.exc.IntegrityError:
        raise Refusal("email-taken", email=email) from None
    ways_in.tell_old_address(session, settings, person, old_email, now)
    return email


def _change_phone(
    session: Session, settings: Settings, person: Person, typed: str, asking: str, now: datetime
) -> None:
    if typed.strip() == person.phone:
        return
    number = messages.clean_phone(typed)
    if number and messages.way_of(settings):
        _count(session, settings, person, number, now)
        made = (person, asking, Purpose.PHONE, now, number)
        ways_in.message_code(session, settings, *made)
    else:
        person.phone, person.phone_proven = number, False


def _count(
    session: Session, settings: Settings, person: Person, address: str, now: datetime
) -> None:
    """Nobody sends strangers code after code, neither to one of them nor to many."""
    for subject in (address, f"person {person.id}"):
        attempts.count(session, attempts.ASKER, subject, settings, now)
