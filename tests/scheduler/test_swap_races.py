"""Whoever answers at once, on either engine: one answer counts, and no exchange is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from scheduler.swap import accept
from station import grid, schema
from station.airtime import Week
from station.db import connect
from station.errors import Refusal
from station.grid import Place
from station.ledger import root_hash
from station.market import swaps
from station.members import open_station_accounts
from tests import postgresql

NAMES = ("Ada", "Ben", "Cleo", "Dora")
ROUNDS = 6


@pytest.fixture(scope="module")
def server():
    with postgresql.started() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, settings):
    url = settings.database_url
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        postgresql.order(server, "CREATE DATABASE races")
        url = server.replace("NAME", "races")
    opened = connect(url)
    schema.upgrade(opened)
    with opened.writing() as session:
        open_station_accounts(session)
    yield opened
    opened.close()
    if request.param == "postgresql":
        postgresql.order(server, "DROP DATABASE races WITH (FORCE)")


@pytest.fixture
def week(settings):
    return Week.parse("2026-W48", settings.zone)


@pytest.fixture
def people(admit_member):
    return [admit_member(name) for name in NAMES]


@pytest.fixture
def asked(ask, people):
    return [ask(person) for person in people]


@pytest.fixture
def fresh(database, week, asked, now):
    """Publishes the four at 100, 200, 300 and 400 of the first channel again."""

    def published():
        with database.writing() as session:
            places = [Place(one, 0, 100 * nth) for nth, one in enumerate(asked, start=1)]
            made = grid.draft(session, week, places, [], {}, now)
            grid.put_on_air(session, made, root_hash(session), now)

    return published


@pytest.fixture
def propose(database, settings, now, people, asked):
    def proposed(mine, wanted):
        def act(session):
            asker = people[mine].account_id
            return swaps.propose(session, settings, asked[mine], asked[wanted], asker, now).id

        return database.do(act)

    return proposed


def at_once(*acts):
    """What each of some acts is answered when all are begun together."""
    together = Barrier(len(acts))

    def begun(act):
        together.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(begun, acts))


def starts_of(database, week, asked):
    with database.reading() as session:
        places = grid.places(grid.published(session, week))
    return [places[one].start for one in asked]


def test_two_swaps_of_one_week_accepted_at_once_are_both_carried_out(
    database, settings, week, now, people, asked, fresh, propose
):
    def accepted(number, person):
        return lambda: database.do(
            lambda session: accept(session, settings, number, person, now).state
        )

    for _ in range(ROUNDS):
        fresh()
        acts = [accepted(propose(0, 1), people[1]), accepted(propose(2, 3), people[3])]
        assert at_once(*acts) == ["accepted", "accepted"]
        assert starts_of(database, week, asked) == [200, 100, 400, 300]


def test_a_swap_that_is_answered_three_times_at_once_has_one_answer(
    database, settings, week, now, people, asked, fresh, propose
):
    for _ in range(ROUNDS):
        fresh()
        number = propose(0, 1)
        answers = (
            lambda session, n=number: accept(session, settings, n, people[1], now).state,
            lambda session, n=number: swaps.refuse(session, n, people[1], now).state,
            lambda session, n=number: swaps.withdraw(session, n, people[0], now).state,
        )
        found = at_once(*(lambda answer=one: database.do(answer) for one in answers))
        assert sorted(found).count("swap-ended") == 2
        moved = "accepted" in found
        expected = [200, 100, 300, 400] if moved else [100, 200, 300, 400]
        assert starts_of(database, week, asked) == expected
