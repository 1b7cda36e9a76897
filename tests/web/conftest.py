"""What the pages' tests may ask for: an application, a browser's client, people signed in."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from station import signin
from station.db import Database
from station.members import Person
from station.recordings import Recording, conclude
from station.settings import Settings
from station.using import air
from tests.web.seed import LOUD, Seeded, fill, finished
from tests.web.seed_membership import Joined, fill_membership
from tests.web.uploads import WEEK, filled, recordings_in
from tests.web.visitor import Visitor
from web.app import create_app


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> Flask:
    return create_app(settings, database, clock)


@pytest.fixture
def seeded(database: Database, settings: Settings, now: datetime) -> Seeded:
    return fill(database, settings, now)


@pytest.fixture
def joined(database: Database, settings: Settings, seeded: Seeded, now: datetime) -> Joined:
    """People who apply, pay and wait; for a station of `MEMBERSHIP`."""
    return fill_membership(database, settings, seeded, now)


@pytest.fixture
def nobody(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def link_of(database: Database, now: datetime) -> Callable[[Person], str]:
    """Makes a person's one-time sign-in path."""

    def make(person: Person) -> str:
        with database.writing() as session:
            return f"/signin/{signin.new_link(session, person, now)}"

    return make


@pytest.fixture
def signed_in(app: Flask, link_of: Callable[[Person], str]) -> Callable[[Person], Visitor]:
    """Signs a person in with a browser of their own."""

    def enter(person: Person) -> Visitor:
        visitor = Visitor(app.test_client())
        visitor.enter(link_of(person))
        return visitor

    return enter


@pytest.fixture
def thandi(admit_member):
    return admit_member("Thandi")


@pytest.fixture
def right(thandi, right_of):
    return right_of(thandi, WEEK)


@pytest.fixture
def sender(thandi, signed_in):
    return signed_in(thandi)


@pytest.fixture
def send(sender, right):
    def sent(**changes):
        return sender.send(f"/member/rights/{right.id}/recording", **filled(**changes))

    return sent


@pytest.fixture
def accept(database, settings, now):
    """Lets the newest upload pass its check, as the worker does."""

    def accepted():
        recording = recordings_in(database)[-1]
        with database.writing() as session:
            master = finished(settings, "The river", now)
            session.add(master)
            session.flush()
            conclude(
                session, recording.id, codes=["quiet"], sentences=[LOUD], master=master, now=now
            )
            air(session, session.get_one(Recording, recording.id), now)
        return recording

    return accepted


@pytest.fixture
def reject(database, now):
    """Lets the newest upload fail its check."""

    def rejected(sentence):
        recording = recordings_in(database)[-1]
        with database.writing() as session:
            found = {"codes": ["x"], "sentences": [sentence]}
            conclude(session, recording.id, **found, master=None, now=now)

    return rejected
