"""A file arrives piece by piece, each taken once, and a person sends only so much in a day."""

from datetime import timedelta

from station import arrivals, attempts
from station.arrivals import MOST_UNUSED

SHA256 = "0" * 64


def test_a_chunk_is_taken_once_and_a_whole_file_waits_until_it_is_used(database, janet, now):
    with database.writing() as session:
        key = arrivals.begin(session, janet.id, "voice.opus", 10, now).key
        assert arrivals.waiting(session, janet.id, now) is None
        assert arrivals.advance(session, key, 0, 10, now)
        assert not arrivals.advance(session, key, 0, 10, now)
        arrivals.store(session, key, SHA256)
    with database.writing() as session:
        assert arrivals.waiting(session, janet.id, now).key == key
        assert arrivals.keep(session, janet.id, "voice.opus", 10, SHA256, now).key == key
        arrivals.use(session, janet.id, SHA256)
        assert arrivals.waiting(session, janet.id, now) is None


def test_the_oldest_that_was_never_used_makes_room(database, janet, now):
    with database.writing() as session:
        keys = [
            arrivals.begin(session, janet.id, "a", 1, now + timedelta(minutes=number)).key
            for number in range(MOST_UNUSED + 1)
        ]
        kept = {one.key for one in session.query(arrivals.Arrival)}
        assert kept == set(keys[1:])


def test_what_is_sent_is_counted_for_a_day(database, janet, peter, now):
    def sends(person, size_bytes, at):
        with database.writing() as session:
            return attempts.count_bytes(session, person.id, size_bytes, 10, at)

    assert sends(janet, 4, now)
    assert sends(janet, 4, now)
    assert not sends(janet, 3, now + timedelta(hours=1))
    assert sends(janet, 2, now + timedelta(hours=1))
    assert sends(peter, 10, now)
    assert not sends(janet, 9, now + timedelta(hours=24))
    assert sends(janet, 8, now + timedelta(hours=24))
