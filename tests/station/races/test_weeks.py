"""Years begin, weeks close and what is owed is given once, however many see to it at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import sqlalchemy as sa

from station import closing, rights, using
from station.airtime import Week
from station.asrun import Outcome, OutcomeKind
from station.ledger import Right, held
from station.makegoods import Makegood
from station.market import gifts
from station.market.limits import closes
from station.members import Account, AccountKind, Applicant, admit, station_account
from station.membership import applications, invitations
from station.membership.years import Membership
from station.recordings import Master, MasterKind, Recording, conclude
from station.rights import Request, RequestState
from tests.conftest import NOW
from tests.station.races.winning import WEEKS, codes, usable, winners


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
            using.dedicate(session, settings, right.id, janet.account_id, "rain", [], in_time)
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
        using.receive(session, settings, right.id, recording, [], now)
        facts = {"kind": MasterKind.SEGMENT, "duration_ms": 300_000, "facts": {}}
        session.add(Master(sha256="cd" * 32, **facts, preview_sha256=None, made_at=now))
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            master = session.get_one(Master, "cd" * 32)
            verdict = {"codes": [], "sentences": [], "master": master, "now": now}
            assert conclude(session, recording.id, **verdict)
            using.air(session, session.get_one(Recording, recording.id), now)
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
            asked = using.dedicate(session, settings, right.id, member.account_id, "rain", [], now)
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
