"""An account's calendar has one address, and the newest is the one that works."""

from concurrent.futures import ThreadPoolExecutor, wait

from station import calendars

A_MOMENT_SECONDS = 0.3


def test_of_two_first_addresses_at_one_instant_the_later_works(database, janet, now):
    def press():
        with database.writing() as session:
            return calendars.make_address(session, janet.account_id, now).token

    with ThreadPoolExecutor(1) as pressing:
        with database.writing() as session:
            first = calendars.make_address(session, janet.account_id, now).token
            later = pressing.submit(press)
            wait([later], A_MOMENT_SECONDS)
            assert not later.done()
        second = later.result()
    with database.reading() as session:
        assert calendars.owner(session, first) is None
        found = calendars.owner(session, second)
        assert (found.id, calendars.of(session, janet.account_id).token) == (janet.id, second)
