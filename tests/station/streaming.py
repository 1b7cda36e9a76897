"""Streams transfers, each acknowledged on stdout once it is committed, until somebody kills it.

`python -m tests.station.streaming HOME URL` gets ready once, and starts one streaming child for
each line on stdin, by forking: so a child streams from its first millisecond on. It says
`started PID`, then what the child acknowledges, then `ended PID`.
"""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import sqlalchemy as sa

from station import settings as station_settings
from station.db import Database, connect
from station.ledger import Right, held
from station.market import gifts, sales
from station.members import Person
from station.settings import Settings
from tests.conftest import NOW

# The first week whose rights still change hands at that instant.
FIRST_OPEN = "2026-W49"


def transfers(database: Database, settings: Settings) -> Iterator[str]:
    """Whoever holds a right gives it to the other one, or sells it to them; and so on."""
    with database.reading() as session:
        one, other = session.scalars(sa.select(Person).order_by(Person.id)).all()
    while True:
        giver, receiver = random.sample([one, other], 2)
        with database.reading() as session:
            rights = [one for one in held(session, giver.account_id) if one.week >= FIRST_OPEN]
        if not rights:
            continue
        transfer = random.choice([gift, sale])
        yield from transfer(database, settings, random.choice(rights), giver, receiver)


def gift(
    database: Database, settings: Settings, right: Right, giver: Person, receiver: Person
) -> Iterator[str]:
    """One gift, offered and accepted."""
    with database.writing() as session:
        ids, who = [right.id], giver.account_id
        offer = gifts.give(session, settings, ids, who, receiver.email, NOW).offer
    yield f"{offer.id} open"
    with database.writing() as session:
        gifts.accept(session, settings, offer.id, receiver, NOW)
    yield f"{offer.id} accepted"


def sale(
    database: Database, settings: Settings, right: Right, seller: Person, buyer: Person
) -> Iterator[str]:
    """One sale, listed, reserved and paid."""
    with database.writing() as session:
        offer = sales.sell(session, settings, [right.id], seller.account_id, 150_00, NOW)
    yield f"{offer.id} open"
    with database.writing() as session:
        sales.reserve(session, settings, offer.id, buyer, NOW)
    yield f"{offer.id} reserved"
    with database.writing() as session:
        sales.received(session, settings, offer.id, seller, NOW)
    yield f"{offer.id} accepted"


def say(line: str) -> None:
    """Tell whoever listens, in one write, whole or not at all."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def stream(database: Database, settings: Settings) -> None:
    """What one child does: never ends by itself, unless the database goes away."""
    try:
        for acknowledged in transfers(database, settings):
            say(acknowledged)
    except sa.exc.DBAPIError as error:
        say(f"broke {type(error).__name__}")


def main(home: str, url: str) -> None:
    """Get ready, and start a child for each line on stdin."""
    settings = unlimited(station_settings.load(Path(home), environment={}))
    database = connect(url)
    # What SQLAlchemy prepares at a statement's first use is inherited by each child.
    warm = transfers(database, settings)
    for acknowledged in (next(warm) for _ in range(30)):
        say(acknowledged)
    database.close()
    say("ready")
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            stream(database, settings)
            os._exit(0)
        say(f"started {child}")
        os.waitpid(child, 0)
        say(f"ended {child}")


def unlimited(settings: Settings) -> Settings:
    """The settings of a station whose rights change hands as often as people like."""
    free = {"most_rights_per_week": 0, "cooling_off_hours": 0}
    return msgspec.structs.replace(
        settings, market=msgspec.structs.replace(settings.market, **free)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
