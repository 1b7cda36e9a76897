from dataclasses import replace

import msgspec
import pytest
import sqlalchemy as sa

from station import contacts, messages
from station.codes import Purpose
from station.contacts import Contact
from station.errors import Refusal
from station.letters import Letter
from station.members import Person
from station.messages import Message

NEW = "+27829876543"
SAID = Contact("Janet Nkomo", "Harare", "sn", "janet@example.org", NEW)


@pytest.fixture
def by_phone(settings):
    ways = msgspec.structs.replace(settings.messages, sms="https://gateway.example/sms")
    return msgspec.structs.replace(settings, messages=ways)


@pytest.fixture
def change(database, janet, now):
    def changed(settings, said=SAID):
        with database.writing() as session:
            person = session.get_one(Person, janet.id)
            contacts.change(session, settings, person, said, "her session", now)

    return changed


@pytest.fixture
def kept(database, janet):
    def found():
        with database.reading() as session:
            return session.get_one(Person, janet.id)

    return found


def test_a_new_number_gets_codes_once_its_own_code_was_typed(
    by_phone, change, kept, database, janet, now
):
    change(by_phone)
    assert (kept().name, kept().place, kept().language) == ("Janet Nkomo", "Harare", "sn")
    assert messages.phone_of(by_phone, kept()) == ""
    with database.writing() as session:
        (message,) = session.scalars(sa.select(Message))
        assert message.to_phone == NEW
        person = session.get_one(Person, janet.id)
        asked = (session, by_phone, person, Purpose.PHONE, "her session")
        assert contacts.confirm(*asked, message.body[:7], now) == NEW
    assert messages.phone_of(by_phone, kept()) == NEW
    with database.reading() as session:
        assert NEW in session.scalars(sa.select(Letter)).one().body


def test_a_number_is_just_kept_where_no_message_can_prove_it(settings, by_phone, change, kept):
    change(settings)
    assert kept().phone == NEW
    assert messages.phone_of(by_phone, kept()) == ""


def test_nobody_sends_strangers_code_after_code(settings, change, database):
    with pytest.raises(Refusal, match="Too many codes"):
        for number in range(20):
            change(settings, replace(SAID, email=f"{number}@example.org"))
    with database.reading() as session:
        assert session.query(Letter).count() == 6
