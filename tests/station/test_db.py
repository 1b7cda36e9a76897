"""A transaction that had to make way is done again, and what stays is said in one sentence."""

import threading

import pytest
import sqlalchemy as sa

from station.db import MOST_TRIES, connect
from station.errors import Busy
from station.members import Person


def names(database):
    with database.reading() as session:
        return dict(session.execute(sa.select(Person.name, Person.place)).all())


def rename(session, name, place):
    session.execute(sa.update(Person).where(Person.name == name).values(place=place))


def test_two_transactions_that_lock_each_other_out_both_happen(database, janet, peter):
    for _ in range(3):
        meeting = threading.Barrier(2)
        tries: list[str] = []

        def press(first, second, meeting=meeting, tries=tries):
            def act(session):
                tries.append(first)
                rename(session, first, f"{first} first")
                if len(tries) <= 2 and database.engine.dialect.name == "postgresql":
                    meeting.wait()  # both hold what the other one needs next
                rename(session, second, f"{first} second")

            database.do(act)

        pressing = [
            threading.Thread(target=press, args=order)
            for order in (("Janet", "Peter"), ("Peter", "Janet"))
        ]
        for thread in pressing:
            thread.start()
        for thread in pressing:
            thread.join()
        # Whoever came last wrote both.
        assert names(database) in (
            {"Janet": "Janet first", "Peter": "Janet second"},
            {"Peter": "Peter first", "Janet": "Peter second"},
        )
        if database.engine.dialect.name == "postgresql":
            assert len(tries) == 3


def test_a_transaction_makes_way_so_often_and_then_its_sender_is_told(database):
    tries = []

    def act(session):
        tries.append(session)
        session.execute(sa.text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

    if database.engine.dialect.name == "postgresql":
        with pytest.raises(Busy, match="Nothing was changed: please try again"):
            database.do(act)
        assert len(tries) == MOST_TRIES


def test_who_waited_too_long_for_sqlites_lock_is_told(database, settings):
    if database.engine.dialect.name == "sqlite":
        hasty = connect(settings.database_url)
        sa.event.listen(hasty.engine, "connect", lambda opened, _: impatient(opened))
        with database.writing(), pytest.raises(Busy, match="please try again"):
            hasty.do(lambda session: rename(session, "Janet", "Harare"))
        hasty.close()


def impatient(connection):
    connection.execute("PRAGMA busy_timeout = 20")


def test_what_is_broken_is_not_tried_again(database):
    tries = []

    def act(session):
        tries.append(session)
        session.execute(sa.text("SELECT nothing FROM nowhere"))

    with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
        database.do(act)
    assert len(tries) == 1
