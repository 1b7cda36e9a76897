"""However many press at once, in many processes of many threads: one wins, others are told so."""

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from station import books, closing, rights
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.ledger import Right, held
from station.makegoods import Makegood
from station.market import gifts, sales
from station.market.limits import closes
from station.market.offers import Offer, OfferedRight
from station.members import Account, AccountKind, Applicant, admit, station_account
from station.membership import applications, invitations
from station.membership.years import Membership
from station.recordings import Master, MasterKind, Recording, conclude
from station.rights import Request, RequestState
from tests.conftest import NOW

HOUSE = Path(__file__).parents[2]
FREE = {"market": {"most_rights_per_week": 0, "cooling_off_hours": 0}}
WEEKS = [f"2026-W{number}" for number in range(49, 54)]


@pytest.fixture(scope="session")
def crowd():
    """People who wait to be told what to press."""
    command = [sys.executable, "-m", "tests.station.crowd"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=HOUSE, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


@pytest.fixture
def race(crowd, database, settings):
    """Lets the crowd press; returns each answer beside its press. Nothing may break."""

    def raced(presses, changes=FREE):
        asked = {
            "home": str(settings.home),
            "url": database.engine.url.render_as_string(hide_password=False),
            "changes": changes,
            "presses": presses,
        }
        crowd.stdin.write(json.dumps(asked) + "\n")
        crowd.stdin.flush()
        answers = json.loads(crowd.stdout.readline())
        broken = [said for said in answers if said.startswith("broke") or said == "busy"]
        assert broken == [], broken[0]
        with database.reading() as session:
            assert books.verify(session) == []
        return list(zip(presses, answers, strict=True))

    return raced


@pytest.fixture
def free(settings):
    return msgspec.structs.replace(
        settings, market=msgspec.structs.replace(settings.market, **FREE["market"])
    )


@pytest.fixture
def janet(admit_member):
    return admit_member("Janet", weeks=10)


@pytest.fixture
def crowded(admit_member):
    """Eight more members."""
    return [admit_member(f"Member{n}") for n in range(8)]


def usable(session, person):
    return [right for right in held(session, person.account_id) if right.week >= WEEKS[0]]


def winners(raced, of):
    """How many presses on each thing were done."""
    counted = Counter({press[of]: 0 for press, _ in raced})
    counted.update(press[of] for press, said in raced if said == "done")
    return set(counted.values())


def codes(raced):
    return {said for _, said in raced}


def test_of_all_who_buy_at_once_one_gets_each(race, database, free, now, janet, crowded):
    with database.writing() as session:
        listed = [
            sales.sell(session, free, [right.id], janet.account_id, 150_00, now).id
            for right in usable(session, janet)
        ]
    raced = race(
        [
            {"verb": "reserve", "offer": offer, "who": buyer.id}
            for offer in listed
            for buyer in crowded
        ]
    )
    assert winners(raced, "offer") == {1}
    assert codes(raced) == {"done", "offer-ended"}


def test_of_accepting_refusing_and_withdrawing_at_once_one_happens(
    race, database, free, now, janet, peter
):
    with database.writing() as session:
        given = [
            gifts.give(session, free, [right.id], janet.account_id, peter.email, now).offer.id
            for right in usable(session, janet)
        ]
    answers = [("accept", peter), ("refuse", peter), ("withdraw", janet)] * 3
    raced = race(
        [{"verb": verb, "offer": offer, "who": who.id} for offer in given for verb, who in answers]
    )
    assert winners(raced, "offer") == {1}
    assert codes(raced) == {"done", "offer-ended"}


def test_a_link_works_once_and_makes_one_person_of_an_address(
    race, database, free, now, janet, crowded
):
    with database.writing() as session:
        tokens = [
            gifts.give_by_link(session, free, [right.id], janet.account_id, "Ama", now).token
            for right in usable(session, janet)
        ]
    people = [{"who": crowded[0].id}, {"who": crowded[1].id}]
    # The same new address opens all the links.
    people += [{"new": "ama@example.org"}] * 3 + [{"new": "kofi@example.org"}] * 2
    raced = race(
        [
            *(
                {"verb": "accept by link", "token": token, **one}
                for token in tokens
                for one in people
            ),
            *({"verb": "refuse by link", "token": token} for token in tokens),
        ]
    )
    assert winners(raced, "token") == {1}
    assert codes(raced) <= {"done", "offer-ended", "email-taken"}


def test_a_right_is_given_or_sold_once_however_bundles_overlap(
    race, database, janet, peter, crowded
):
    with database.reading() as session:
        ids = [right.id for right in usable(session, janet)]
    bundles = [ids[n : n + 3] for n in range(len(ids) - 2)]
    bundles += [bundle[::-1] for bundle in bundles] + [[one] for one in ids]
    raced = race(
        [
            *(
                {"verb": "give", "rights": bundle, "who": janet.id, "to": peter.email}
                for bundle in bundles
            ),
            *({"verb": "sell", "rights": bundle, "who": janet.id} for bundle in bundles),
        ]
    )
    offered = Counter(n for press, said in raced if said == "done" for n in press["rights"])
    assert set(offered.values()) == {1}
    assert codes(raced) <= {"done", "right-not-yours", "right-elsewhere"}
    with database.reading() as session:
        escrow = station_account(session, AccountKind.ESCROW)
        assert {right.id for right in held(session, escrow)} == set(offered)


def test_a_reservation_ends_once(race, database, free, now, janet, peter):
    with database.writing() as session:
        listed = [
            sales.sell(session, free, [right.id], janet.account_id, 150_00, now).id
            for right in usable(session, janet)
        ]
        for offer in listed:
            sales.reserve(session, free, offer, peter, now)
    ends = [("received", janet), ("step back", peter)] * 2
    others = [("paid", peter), ("dispute", peter), ("withdraw", janet)]
    raced = race(
        [
            {"verb": verb, "offer": offer, "who": who.id}
            for offer in listed
            for verb, who in ends + others
        ]
    )
    ended = [(press, said) for press, said in raced if press["verb"] in {"received", "step back"}]
    assert winners(ended, "offer") == {1}
    assert not any(said == "done" for press, said in raced if press["verb"] == "withdraw")
    assert codes(raced) == {"done", "offer-ended"}


def test_nobody_passes_the_most_rights_of_a_week_by_pressing_at_once(
    race, database, free, now, peter, crowded
):
    with database.writing() as session:
        given, listed = [], []
        for n, member in enumerate(crowded):
            ids = [right.id for right in usable(session, member) if right.week == "2026-W49"]
            if n % 2:
                offer = gifts.give(session, free, ids, member.account_id, peter.email, now).offer
                given.append(offer.id)
            else:
                sale = sales.sell(session, free, ids, member.account_id, 150_00, now)
                listed.append(sale.id)
    raced = race(
        [
            *({"verb": "accept", "offer": offer, "who": peter.id} for offer in given),
            *({"verb": "reserve", "offer": offer, "who": peter.id} for offer in listed),
        ]
        * 2,
        changes={"market": {"most_rights_per_week": 3, "cooling_off_hours": 0}},
    )
    # One of that week is Peter's own.
    assert sum(said == "done" for _, said in raced) == 2
    assert codes(raced) == {"done", "offer-ended", "rights-too-many"}


def test_years_begun_at_once_number_their_rights_without_gap_or_repeat(race, database, now):
    with database.writing() as session:
        people = [
            admit(session, Applicant("Ama", f"ama{n}@example.org"), now, AccountKind.BUYER)
            for n in range(12)
        ]
    raced = race([{"verb": "begin a year", "who": person.id} for person in people])
    assert codes(raced) == {"done"}
    with database.reading() as session:
        for week in WEEKS[:4]:
            numbers = session.scalars(sa.select(Right.number).where(Right.week == week))
            assert sorted(numbers) == list(range(1, 13))


def test_whoever_steps_back_while_others_take_their_gifts_loses_nothing_twice(
    race, database, free, now, admit_member, peter
):
    leaving = [admit_member(f"Leaving{n}", weeks=10) for n in range(4)]
    with database.writing() as session:
        given = [
            (
                member,
                gifts.give(session, free, [right.id], member.account_id, peter.email, now).offer.id,
            )
            for member in leaving
            for right in usable(session, member)[:4]
        ]
    raced = race(
        [
            *({"verb": "cancel", "who": member.id, "offer": 0} for member in leaving * 2),
            *({"verb": "accept", "who": peter.id, "offer": offer} for _, offer in given),
            *({"verb": "withdraw", "who": member.id, "offer": offer} for member, offer in given),
        ]
    )
    done = Counter(press["verb"] for press, said in raced if said == "done")
    assert done["cancel"] == len(leaving)
    assert codes(raced) == {"done", "offer-ended", "membership-none"}


def test_weeks_close_once_while_people_still_press(race, database, settings, free, now, crowded):
    closing_at = closes(Week.parse(WEEKS[0], settings.zone), settings)
    late = (closing_at - NOW).total_seconds()
    with database.writing() as session:
        first = {
            member: next(right.id for right in held(session, member.account_id, WEEKS[0]))
            for member in crowded
        }
        later = closing_at - timedelta(seconds=1)
        offered = [
            gifts.give(session, free, [first[one]], one.account_id, crowded[0].email, now).offer.id
            for one in crowded[6:]
        ]
        assert later > now
    raced = race(
        [
            *(
                {"verb": "dedicate", "right": first[one], "who": one.id, "later": late - 1}
                for one in crowded[:6]
            ),
            *({"verb": "close weeks", "later": late} for _ in range(6)),
            *(
                {"verb": "accept", "offer": offer, "who": crowded[0].id, "later": late - 1}
                for offer in offered
            ),
        ]
    )
    assert {said for press, said in raced if press["verb"] == "close weeks"} <= {"done"}
    with database.reading() as session:
        used = set(
            session.scalars(sa.select(Request.right_id).where(Request.state == RequestState.OPEN))
        )
        pool = station_account(session, AccountKind.POOL)
        pooled = {right.id for right in held(session, pool)}
        dedicated = {press["right"] for press, said in raced if said == "done" and "right" in press}
        # What somebody used in time is used, and everything else is pooled.
        assert used == dedicated
        assert not used & pooled
        gone = {
            right.id for right in session.scalars(sa.select(Right).where(Right.week <= WEEKS[0]))
        }
        assert pooled == gone - used


def test_what_is_sent_in_the_last_second_is_not_pooled(database, settings, janet):
    closing_at = closes(Week.parse(WEEKS[0], settings.zone), settings)
    with database.reading() as session:
        (right,) = held(session, janet.account_id, WEEKS[0])
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            in_time = closing_at - timedelta(milliseconds=1)
            rights.dedicate(session, settings, right.id, janet.account_id, "rain", [], in_time)
            pooling = pool.submit(
                database.do, lambda other: closing.close_weeks(other, settings, closing_at)
            )
            # It waits for this transaction, or would have pooled the right by now.
            wait([pooling], timeout=0.5)
        pooled = pooling.result()
    with database.reading() as session:
        assert session.get_one(Right, right.id).account_id == janet.account_id
        assert pooled == len(rights_before(session, WEEKS[0])) - 1


def test_what_is_accepted_while_its_right_is_given_away_is_not_asked_for(
    database, settings, now, janet, peter
):
    with database.writing() as session:
        right = usable(session, janet)[0]
        upload = {"upload_sha256": "ab" * 32, "upload_bytes": 9, "file_name": "note.opus"}
        said = {"title": "The river", "language": "en", "permission": True}
        recording = Recording(account_id=janet.account_id, **said, **upload)
        rights.receive(session, settings, right.id, recording, [], now)
        facts = {"kind": MasterKind.SEGMENT, "duration_ms": 300_000, "facts": {}}
        session.add(Master(sha256="cd" * 32, **facts, preview_sha256=None, made_at=now))
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            master = session.get_one(Master, "cd" * 32)
            verdict = {"codes": [], "sentences": [], "master": master, "now": now}
            assert conclude(session, recording.id, **verdict)
            rights.air(session, session.get_one(Recording, recording.id), now)
            giving = pool.submit(
                database.do,
                lambda other: gifts.give(
                    other, settings, [right.id], janet.account_id, peter.email, now
                ),
            )
            wait([giving], timeout=0.5)
        giving.result()
    with database.reading() as session:
        assert rights.open_request(session, right.id) is None


def rights_before(session, week):
    return session.scalars(sa.select(Right).where(Right.week <= week)).all()


def test_what_is_owed_is_given_once(race, database, settings, now, crowded):
    with database.writing() as session:
        for n, member in enumerate(crowded):
            right = next(iter(held(session, member.account_id, WEEKS[0])))
            asked = rights.dedicate(session, settings, right.id, member.account_id, "rain", [], now)
            kind = OutcomeKind.MISSED if n % 2 else OutcomeKind.AIRED
            slot = {"channel": 0, "slot_number": n, "week": right.week, "kind": kind}
            session.add(Outcome(**slot, request_id=asked.id, decided_at=now))
    raced = race([{"verb": verb} for verb in ("settle", "make good") * 8])
    raced += race([{"verb": "make good"}] * 6)
    assert codes(raced) <= {"done", "right-elsewhere"}
    with database.reading() as session:
        assert len(session.scalars(sa.select(Makegood)).all()) == len(crowded) // 2


def test_a_fee_makes_one_member_and_an_invitation_works_so_often(
    race, database, settings, now, janet
):
    janet.operator = True
    with database.writing() as session:
        _, token = invitations.invite(session, settings, janet, 3, now)
    raced = race(
        [{"verb": "apply", "new": f"ama{n % 6}@example.org", "token": token} for n in range(18)]
    )
    assert sum(said == "done" for _, said in raced) == 3
    assert codes(raced) <= {"done", "email-taken", "invitation-over"}
    with database.reading() as session:
        references = [one.invoice.reference for one in applications.open_applications(session)]
    raced = race([{"verb": "confirm", "reference": one} for one in references * 6])
    assert winners(raced, "reference") == {1}
    assert codes(raced) == {"done", "invoice-paid"}
    with database.reading() as session:
        assert len(session.scalars(sa.select(Membership)).all()) == 4
        kinds = Counter(session.scalars(sa.select(Account.kind)))
        assert kinds[AccountKind.MEMBER] == 4


def test_offers_have_one_end_in_the_books(race, database, free, now, janet, peter):
    with database.writing() as session:
        offer = gifts.give(
            session, free, [usable(session, janet)[0].id], janet.account_id, peter.email, now
        ).offer.id
    race([{"verb": "accept", "offer": offer, "who": peter.id}] * 24)
    with database.reading() as session:
        assert session.get_one(Offer, offer).state == "accepted"
        query = sa.select(OfferedRight.in_escrow).where(OfferedRight.offer_id == offer)
        assert session.scalars(query).all() == [False]
