"""A run is whole or not there, however many people take its rights at once."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
import sqlalchemy as sa

from station import rights, too_long, using
from station.airtime import Week
from station.issuance import issue_one
from station.ledger import EntryKind, held
from station.recordings import Master, MasterKind, Recording, conclude
from station.rights import Request, RequestState
from tests.station.races.winning import WEEKS, codes

WEEK = WEEKS[2]


@pytest.fixture
def mine(database, settings, now, janet):
    """Janet's three rights of one week."""
    with database.writing() as session:
        for _ in range(2):
            week = Week.parse(WEEK, settings.zone)
            issue_one(session, janet.account_id, week, EntryKind.MAKEGOOD, now, "for the test")
        return held(session, janet.account_id, WEEK)


def test_a_run_is_whole_while_its_rights_are_dedicated_and_given_away(
    race, database, janet, peter, mine
):
    ids = [right.id for right in mine]
    silences = [
        {"verb": "dedicate several", "right": first, "also": ids, "who": janet.id} for first in ids
    ]
    gift = {"verb": "give", "rights": ids[2:], "who": janet.id, "to": peter.email}
    raced = race([*silences * 4, gift, *silences * 2])
    assert codes(raced) <= {"done", "right-not-yours"}
    with database.reading() as session:
        query = sa.select(Request).order_by(Request.run, Request.run_place)
        wholes: dict[str, list[str]] = {}
        for one in session.scalars(query):
            wholes.setdefault(one.run, []).append(one.state)
        assert all(len(states) == 3 and len(set(states)) == 1 for states in wholes.values())
        # The gift took one of them away, and nobody can dedicate all three since.
        assert {states[0] for states in wholes.values()} <= {RequestState.WITHDRAWN}


def test_two_parts_that_are_accepted_at_once_are_asked_for(database, settings, now, janet, mine):
    with database.writing() as session:
        upload = {"upload_sha256": "ab" * 32, "upload_bytes": 9, "file_name": "note.opus"}
        said = {"title": "My whole life", "language": "sn", "permission": True}
        take = Recording(account_id=janet.account_id, **said, **upload)
        using.receive(session, settings, mine[0].id, take, [], now)
        verdict = {"codes": ["too-long"], "sentences": ["Too long."], "master": None, "now": now}
        conclude(session, take.id, **verdict)
        who = janet.account_id
        parts = too_long.spread(session, settings, take.id, mine[1].id, who, now)
        facts = {"kind": MasterKind.SEGMENT, "duration_ms": 300_000, "facts": {}}
        session.add(Master(sha256="cd" * 32, **facts, preview_sha256=None, made_at=now))

    def accept(session, part):
        master = session.get_one(Master, "cd" * 32)
        conclude(session, part.id, codes=[], sentences=[], master=master, now=now)
        using.air(session, session.get_one(Recording, part.id), now)

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            accept(session, parts[0])
            other = pool.submit(database.do, lambda another: accept(another, parts[1]))
            wait([other], timeout=0.5)
        other.result()
    with database.reading() as session:
        asked = rights.requests_of(session, Week.parse(WEEK, settings.zone))
        assert [one.right_id for one in asked] == [mine[0].id, mine[1].id]
