from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from station import books
from station.errors import Refusal
from station.ledger import held
from station.market import gifts
from station.members import AccountKind, Applicant, Person
from station.membership import applications, bank, fees, upkeep, years

SAID = "I tell stories of our street and want to be heard."
MANY = 8


@pytest.fixture
def settings(make_settings):
    return make_settings("[market]\nmost_rights_per_week = 0\ncooling_off_hours = 0\n")


@pytest.fixture
def applied(database, settings, now):
    """Applications that have a place, by their number."""
    with database.writing() as session:
        return [
            applications.apply(
                session, settings, Applicant(f"M{n}", f"m{n}@example.org"), SAID, None, now
            )
            for n in range(MANY)
        ]


def at_once(database, jobs):
    """Does each job in a transaction of its own, all at once; says what became of each."""

    def press(job):
        try:
            with database.writing() as session:
                job(session)
        except Refusal as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(jobs)) as pool:
        found = list(pool.map(press, jobs))
    with database.reading() as session:
        assert books.verify(session) == []
    return found


def test_a_banks_file_two_operators_import_at_once_and_confirm_by_hand_pays_once(
    database, settings, now, applied
):
    text = "Date,Amount,Description\n" + "".join(
        f"2026-11-20,500.00,{one.invoice.reference}\n" for one in applied
    )
    found = at_once(
        database,
        [
            *[lambda session: bank.import_file(session, settings, text, now)] * 3,
            *[
                lambda session, one=one: fees.confirm(session, settings, one.invoice.reference, now)
                for one in applied[:3]
            ],
        ],
    )
    assert found[:3] == ["done"] * 3
    assert set(found[3:]) <= {"done", "invoice-paid"}
    with database.reading() as session:
        assert fees.due(session) == []
        assert all(years.current(session, one.person_id) for one in applied)


def test_a_fee_and_the_end_of_its_time_at_once_leave_a_member_or_a_free_place(
    database, settings, now, applied
):
    late = now + timedelta(days=14)
    found = at_once(
        database,
        [
            lambda session: upkeep.look_after(session, settings, late),
            *[
                lambda session, one=one: fees.confirm(
                    session, settings, one.invoice.reference, late
                )
                for one in applied[:4]
            ],
            lambda session: upkeep.look_after(session, settings, late),
        ],
    )
    # Whoever came after the end still finds a free place.
    assert found == ["done"] * 6
    with database.reading() as session:
        assert [bool(years.current(session, one.person_id)) for one in applied] == [
            *[True] * 4,
            *[False] * 4,
        ]


def test_members_step_back_while_their_gifts_are_accepted_and_others_join(
    database, settings, now, applied, admit_member
):
    leaving, joining = applied[:4], applied[4:]
    friend = admit_member("Peter")
    given = []
    with database.writing() as session:
        for one in leaving:
            fees.confirm(session, settings, one.invoice.reference, now)
            mine = [right.id for right in held(session, one.person.account_id)]
            for right_id in mine[:3]:
                gift = gifts.give(
                    session, settings, [right_id], one.person.account_id, friend.email, now
                )
                given.append(gift.offer)
    found = at_once(
        database,
        [
            *[
                lambda session, offer=offer: gifts.accept(session, settings, offer.id, friend, now)
                for offer in given
            ],
            *[
                lambda session, one=one: years.cancel(session, settings, one.person, now)
                for one in leaving
            ],
            *[
                lambda session, one=one: fees.confirm(session, settings, one.invoice.reference, now)
                for one in joining
            ],
            lambda session: upkeep.look_after(session, settings, now),
        ],
    )
    assert set(found[:12]) <= {"done", "offer-ended"}
    assert set(found[12:16]) <= {"done", "offer-ended"}
    assert found[16:] == ["done"] * 5
    with database.reading() as session:
        for one, answer in zip(leaving, found[12:16], strict=True):
            kind = session.get_one(Person, one.person_id).account.kind
            assert (kind == AccountKind.BUYER) == (answer == "done")


def test_who_accepts_and_gives_at_once_stands_in_nobodys_way(database, settings, now, admit_member):
    janet, peter = admit_member("Janet", weeks=12), admit_member("Peter", weeks=12)
    jobs = []
    with database.writing() as session:
        mine, theirs = (held(session, one.account_id)[3:] for one in (peter, janet))
        for right, other in zip(mine, theirs, strict=True):
            gift = gifts.give(session, settings, [other.id], janet.account_id, peter.email, now)
            jobs += [
                lambda session, offer=gift.offer: gifts.accept(
                    session, settings, offer.id, peter, now
                ),
                lambda session, right=right: gifts.give(
                    session, settings, [right.id], peter.account_id, janet.email, now
                ),
            ]
    assert set(at_once(database, jobs)) == {"done"}
