"""Codes and their limits hold however many type at the same moment, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from station import attempts, codes
from station.codes import CODE_LASTS, MOST_TRIES, Code, Purpose
from station.errors import Refusal


@pytest.fixture
def code(database, now, janet):
    with database.writing() as session:
        return codes.new_code(session, Purpose.SIGN_IN, janet.id, "her phone", now)


@pytest.fixture
def type_in(database, now):
    def typed(digits, asking="her phone", at=now, purpose=Purpose.SIGN_IN):
        return database.do(lambda session: codes.try_code(session, purpose, asking, digits, at))

    return typed


def at_once(act, times):
    """What each of several threads gets from doing the same."""
    with ThreadPoolExecutor(times) as crowd:
        return [one.result() for one in [crowd.submit(act) for _ in range(times)]]


def test_of_all_who_type_a_code_at_once_one_is_let_in(code, type_in):
    found = at_once(lambda: type_in(code), MOST_TRIES)
    assert len([one for one in found if one is not None]) == 1


def test_a_code_is_tried_five_times_however_fast(database, code, type_in):
    wrong = "000000" if code != "000000" else "111111"
    assert at_once(lambda: type_in(wrong), 2 * MOST_TRIES) == [None] * 2 * MOST_TRIES
    with database.reading() as session:
        assert session.scalars(sa.select(Code.tries)).one() == MOST_TRIES
    assert type_in(code) is None


def test_a_code_fits_one_browser_one_purpose_and_ten_minutes(code, type_in, now):
    assert type_in(code, asking="a thief's") is None
    assert type_in(code, purpose=Purpose.PROOF) is None
    assert type_in(code, at=now + CODE_LASTS) is None
    spaced = f" {code[:3]} {code[3:]} "
    assert type_in(spaced, at=now + CODE_LASTS - timedelta(seconds=1)) is not None


def test_only_the_newest_code_counts(database, code, type_in, janet, now):
    with database.writing() as session:
        newer = codes.new_code(session, Purpose.SIGN_IN, janet.id, "her phone", now)
    if newer != code:
        assert type_in(code) is None
    assert type_in(newer) is not None


def test_who_reads_the_database_finds_no_code_in_it(database, code):
    with database.reading() as session:
        kept = session.scalars(sa.select(Code)).one()
    # All codes there are, tried against what is kept, without the browser's secret.
    assert kept.code_hash not in {codes.hashed(f"{n:06}") for n in range(0, 10**6, 997)}
    assert kept.code_hash == codes.hashed(f"her phone {code}")


def test_so_many_ask_at_once_and_no_more_get_through(database, settings, now):
    def ask():
        try:
            database.do(
                lambda session: attempts.count(
                    session, attempts.ADDRESS, "janet@example.org", settings, now
                )
            )
        except Refusal as refusal:
            return refusal.code
        return "sent"

    answers = at_once(ask, attempts.ADDRESS.most + 4)
    assert sorted(set(answers)) == ["asked-often", "sent"]
    assert answers.count("sent") == attempts.ADDRESS.most


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("196.25.1.9", "196.25.1.9"),
        ("2c0f:f4c0:1234:5678:9::1", "2c0f:f4c0:1234::/48"),
        ("::ffff:196.25.1.9", "196.25.1.9"),
        ("::ffff:127.0.0.1", ""),
        ("127.0.0.1", ""),
        ("::1", ""),
        (None, ""),
    ],
)
def test_a_visitor_is_counted_by_what_one_subscriber_has(address, network):
    assert attempts.network_of(address) == network


def test_what_is_over_is_forgotten(database, code, settings, now):
    later = now + timedelta(days=2)
    with database.writing() as session:
        attempts.count(session, attempts.NETWORK, "196.25.1.9", settings, now)
        assert (codes.clear_old(session, now), attempts.clear_old(session, now)) == (0, 0)
        assert (codes.clear_old(session, later), attempts.clear_old(session, later)) == (1, 1)
