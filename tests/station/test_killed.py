"""Whoever is killed in the middle of a transfer loses nothing that was acknowledged."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from station import books, schema
from station.airtime import Week
from station.db import connect
from station.issuance import issue_years
from station.ledger import Entry, EntryKind, Right
from station.market.offers import OPEN_STATES, Offer, OfferedRight, OfferState
from station.members import Account, AccountKind, Applicant, admit, open_station_accounts
from station.money import MoneyEntry
from tests import postgresql

HOUSE = Path(__file__).parents[2]
TRANSFER_SECONDS = 0.02
ORDER = [OfferState.OPEN, OfferState.RESERVED, OfferState.ACCEPTED]


@dataclass
class Stream:
    """A program that streams transfers, and what it acknowledged: the last state of each offer."""

    process: subprocess.Popen[str]
    acknowledged: dict[int, str] = field(default_factory=dict)

    def hear(self):
        """The next line's two words; what it acknowledges is remembered."""
        first, _, second = next(self.process.stdout).strip().partition(" ")
        if first.isdigit():
            self.acknowledged[int(first)] = second
        return first, second

    def hear_until(self, word):
        """What is said after a word that is still to come."""
        while (heard := self.hear())[0] != word:
            pass
        return heard[1]

    def start(self):
        """Let a child stream; returns its process id."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return int(self.hear_until("started"))

    def kill_one(self):
        """Let a child stream some transfers, and kill it somewhere in the next one."""
        child = self.start()
        for _ in range(random.randint(0, 6)):
            self.hear()
        time.sleep(random.uniform(0, TRANSFER_SECONDS))
        os.kill(child, signal.SIGKILL)
        self.hear_until("ended")


@contextmanager
def streaming(settings, url):
    command = [sys.executable, "-m", "tests.station.streaming", str(settings.home), url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=HOUSE, stdin=pipe, stdout=pipe, text=True) as process:
        stream = Stream(process)
        try:
            stream.hear_until("ready")
            yield stream
        finally:
            process.stdin.close()
            process.wait(20)


def require_whole(database, acknowledged):
    """Everything that was acknowledged is there, and whatever else is there is whole."""
    with database.reading() as session:
        states = dict(session.execute(sa.select(Offer.id, Offer.state)).all())
        lost = {
            offer_id: said
            for offer_id, said in acknowledged.items()
            if offer_id not in states or ORDER.index(states[offer_id]) < ORDER.index(said)
        }
        assert lost == {}
        # What was taken has its entry, and what was sold its money.
        taken = sa.select(Entry.reference).where(Entry.kind.in_([EntryKind.GIFT, EntryKind.SALE]))
        accepted = [offer_id for offer_id, state in states.items() if state == OfferState.ACCEPTED]
        assert sorted(session.scalars(taken)) == sorted(f"offer {n}" for n in accepted)
        sold = sa.select(sa.func.count(Offer.id)).where(
            Offer.state == OfferState.ACCEPTED, Offer.price_cents.is_not(None)
        )
        money = sa.select(sa.func.count(MoneyEntry.id))
        assert session.scalars(money).one() == session.scalars(sold).one()
        # What is offered lies in escrow, and nothing else does.
        waiting = sa.select(OfferedRight.right_id).join(Offer, Offer.id == OfferedRight.offer_id)
        waiting = waiting.where(Offer.state.in_(OPEN_STATES), OfferedRight.in_escrow == 1)
        escrow = sa.select(Right.id).join(Account, Account.id == Right.account_id)
        escrow = escrow.where(Account.kind == AccountKind.ESCROW)
        assert sorted(session.scalars(waiting)) == sorted(session.scalars(escrow))


def require_sound(database):
    with database.reading() as session:
        assert books.verify(session) == []
        if database.engine.dialect.name == "sqlite":
            assert session.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
            assert session.execute(sa.text("PRAGMA foreign_key_check")).all() == []


@pytest.fixture
def people(admit_member):
    return [admit_member(name, weeks=52) for name in ("Janet", "Peter")]


def test_whoever_is_killed_loses_no_acknowledged_transfer(database, settings, people):
    kills = 60 if database.engine.dialect.name == "sqlite" else 25
    url = database.engine.url.render_as_string(hide_password=False)
    with streaming(settings, url) as stream:
        for _ in range(kills):
            stream.kill_one()
            require_whole(database, stream.acknowledged)
    assert len(stream.acknowledged) > kills
    require_sound(database)


def test_a_server_that_goes_down_loses_no_acknowledged_transfer(settings, now):
    with postgresql.running(durable=True) as server:
        url = server.url.replace("NAME", "postgres")
        database = connect(url)
        schema.upgrade(database)
        with database.writing() as session:
            open_station_accounts(session)
            for name in ("Janet", "Peter"):
                person = admit(session, Applicant(name, f"{name.lower()}@example.org"), now)
                issue_years(session, [person.account_id], Week.of(now, settings.zone), now)
        with streaming(settings, url) as stream:
            for _ in range(2):
                stream.start()
                for _ in range(20):
                    stream.hear()
                server.stop()
                stream.hear_until("broke")
                stream.hear_until("ended")
                server.start(durable=True)
                require_whole(database, stream.acknowledged)
        require_sound(database)
        database.close()
